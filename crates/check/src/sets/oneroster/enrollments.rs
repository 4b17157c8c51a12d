//! OneRoster's enrollments: the teachings and enrollments of a set, and those that a delta ends.

use hashbrown::HashSet;
use homeroom_read::TableRow;

use crate::sets::entities::Entities;
use crate::sets::file_columns::FileColumns;
use crate::sets::links::{KeyCell, LinkRow, Links, RowLink};
use crate::sets::oneroster::delta::EndedLinks;
use crate::sets::oneroster::manifest::is_deleted;
use crate::sets::oneroster::users::Role;
use crate::sets::set_report::SetReport;

/// What a row of `enrollments.csv` is compared with.
pub(super) struct EnrollmentContext<'c> {
    pub(super) entities: &'c Entities,
    /// Users in the set that are not part of the roster.
    pub(super) left_out: &'c HashSet<Box<str>>,
    /// Whether rows may name what no file lists: in a delta that is checked without a stored roster.
    pub(super) allows_unknown: bool,
}

/// The links of `enrollments.csv`.
#[derive(Default)]
pub(super) struct Enrollments {
    pub(super) links: Links,
    /// The links that a delta ends.
    pub(super) ended: EndedLinks,
}

impl Enrollments {
    pub(super) fn add(
        &mut self,
        columns: &FileColumns<'_>,
        row: &TableRow<'_>,
        context: &EnrollmentContext<'_>,
        report: &mut SetReport,
    ) {
        let EnrollmentContext { entities, left_out, allows_unknown } = context;
        let (class, person) = (columns.text(row, "classSourcedId"), columns.text(row, "userSourcedId"));
        let role = Role::parse(&columns.text(row, "role"));
        if role == Role::Other || left_out.contains(person.as_str()) {
            return;
        }
        let link_row = LinkRow {
            file: columns.file,
            line: row.line,
            class: KeyCell { column: "classSourcedId", key: &class },
            person: KeyCell { column: "userSourcedId", key: &person },
        };
        let has_keys = !class.is_empty() && !person.is_empty();
        if is_deleted(columns, row) {
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
