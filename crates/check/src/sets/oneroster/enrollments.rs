//! OneRoster's enrollments: the teachings and enrollments of a set, and those that a delta ends.

use hashbrown::{HashMap, HashSet};
use homeroom_model::finding::Finding;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::protected::ProtectedAs;
use homeroom_read::TableRow;
use jiff::civil::Date;

use crate::sets::entities::Entities;
use crate::sets::file_columns::FileColumns;
use crate::sets::links::{KeyCell, LinkRow, Links, RowLink};
use crate::sets::oneroster::delta::EndedLinks;
use crate::sets::oneroster::manifest::is_deleted;
use crate::sets::oneroster::users::{Role, WithoutPart};
use crate::sets::set_report::SetReport;

/// What a row of `enrollments.csv` is compared with.
pub(super) struct EnrollmentContext<'c> {
    pub(super) entities: &'c Entities,
    /// Users in the set that are not part of the roster.
    pub(super) left_out: &'c HashSet<Box<str>>,
    pub(super) without_part: &'c HashMap<Box<str>, WithoutPart>,
    /// The day in the district, if it is known.
    pub(super) today: Option<Date>,
    /// Whether rows may name what no file lists: in a delta that is checked without a stored roster.
    pub(super) allows_unknown: bool,
}

/// Why an enrollment is over: OneRoster says that it is no longer active after its `endDate`, and version 1.0 that it is not when its
/// status is `inactive`.
fn why_over(columns: &FileColumns<'_>, row: &TableRow<'_>, today: Option<Date>) -> Option<String> {
    if columns.text(row, "status").eq_ignore_ascii_case("inactive") {
        return Some("its status is 'inactive'".into());
    }
    let text = columns.text(row, "endDate");
    let end = text.get(..10).and_then(|date| date.parse::<Date>().ok())?;
    (end < today?).then(|| format!("it ended on {end}"))
}

/// The links of `enrollments.csv`.
#[derive(Default)]
pub(super) struct Enrollments {
    pub(super) links: Links,
    /// The links that a delta ends.
    pub(super) ended: EndedLinks,
}

/// An enrollment, as a student or as a teacher, of a user who is neither by their role.
struct Contradicting<'r> {
    role: Role,
    class: &'r str,
    person: &'r str,
}

impl Contradicting<'_> {
    /// Reports it; the person and the class stay as they are.
    fn report(&self, user: &WithoutPart, file: &str, line: u32, report: &mut SetReport) {
        let Contradicting { role, class, person } = *self;
        let protected = &mut report.protected;
        let noun = match role {
            Role::Student => {
                protected.protect(ProtectedAs::Student, person);
                protected.protect_enrollment(class, person);
                "student"
            }
            Role::Teacher => {
                protected.protect(ProtectedAs::Teacher, person);
                protected.protect_teaching(class, person);
                "teacher"
            }
            Role::Other => return,
        };
        protected.protect(ProtectedAs::Class, class);
        let code = FindingCode::RoleContradictsEnrollment;
        report.add(file, code, || {
            let has = match user.role.as_str() {
                "" => "has neither role".to_owned(),
                role => format!("has the role {role}"),
            };
            let message = format!(
                "User '{person}' is enrolled as a {noun} in class '{class}', but {has} in the set (users.csv, line {}). \
                 Person and class are kept as they are.",
                user.line
            );
            Finding::of_line(code, line, person, message).in_column("userSourcedId")
        });
    }
}

impl Enrollments {
    pub(super) fn add(
        &mut self,
        columns: &FileColumns<'_>,
        row: &TableRow<'_>,
        context: &EnrollmentContext<'_>,
        report: &mut SetReport,
    ) {
        let EnrollmentContext { entities, left_out, allows_unknown, .. } = context;
        let (class, person) = (columns.text(row, "classSourcedId"), columns.text(row, "userSourcedId"));
        let role = Role::parse(&columns.text(row, "role"));
        if role == Role::Other || left_out.contains(person.as_str()) {
            if let Some(user) =
                context.without_part.get(person.as_str()).filter(|_| !is_deleted(columns, row))
            {
                let enrollment = Contradicting { role, class: &class, person: &person };
                enrollment.report(user, columns.file, row.line, report);
            }
            return;
        }
        let link_row = LinkRow {
            file: columns.file,
            line: row.line,
            class: KeyCell { column: "classSourcedId", key: &class },
            person: KeyCell { column: "userSourcedId", key: &person },
        };
        let has_keys = !class.is_empty() && !person.is_empty();
        let over = why_over(columns, row, context.today);
        if let Some(why) = &over {
            let code = FindingCode::EnrollmentEnded;
            report.add(columns.file, code, || {
                let message = format!("The enrollment of '{person}' in class '{class}' is left out: {why}.");
                Finding::of_line(code, row.line, person.as_str(), message).in_column("endDate")
            });
        }
        if over.is_some() || is_deleted(columns, row) {
            if has_keys {
                self.ended.entry(class.into()).or_default().insert(person.into());
            } else {
                link_row.find_class(entities, &mut self.links, report);
            }
            return;
        }
        let is_unknown = entities.classes.get(&class).is_none()
            || entities.students.get(&person).or_else(|| entities.teachers.get(&person)).is_none();
        if *allows_unknown && is_unknown && has_keys {
            return;
        }
        let links = &mut self.links;
        let line = row.line;
        let Some(class) = link_row.find_class(entities, links, report) else { return };
        if role == Role::Student {
            if let Some(person) = link_row.find_person(&entities.students, "student", links, report) {
                links.enrollments.push(RowLink { class, person, line });
            }
        } else if let Some(person) = link_row.find_person(&entities.teachers, "teacher", links, report) {
            links.teachings.push(RowLink { class, person, line });
        }
    }
}
