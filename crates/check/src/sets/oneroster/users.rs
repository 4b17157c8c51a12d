//! OneRoster's users by role: teachers, students and others.

use hashbrown::{HashMap, HashSet};
use homeroom_model::column::Column;
use homeroom_model::finding::Finding;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::profile::Profile;
use homeroom_model::roster::{Person, Student};
use homeroom_read::TableRow;

use crate::part_reader::PartCells;
use crate::sets::entities::{EntityRow, EntityRows, report_missing_id};
use crate::sets::file_columns::{FileColumns, teacher_column};
use crate::sets::oneroster::manifest::is_deleted;
use crate::sets::set_report::SetReport;

/// What a user is in a roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Student,
    Teacher,
    /// A guardian, an administrator, a proctor …
    Other,
}

impl Role {
    pub(super) fn parse(text: &str) -> Role {
        match text.to_lowercase().as_str() {
            "student" => Role::Student,
            "teacher" => Role::Teacher,
            _ => Role::Other,
        }
    }
}

/// The roles in `roles.csv` (1.2): one or several for each user.
#[derive(Default)]
pub(super) struct Roles(HashMap<Box<str>, Vec<Role>>);

impl Roles {
    pub(super) fn add(&mut self, columns: &FileColumns<'_>, row: &TableRow<'_>) {
        if !is_deleted(columns, row) {
            let role = Role::parse(&columns.text(row, "role"));
            self.0.entry(columns.text(row, "userSourcedId").into()).or_default().push(role);
        }
    }

    /// A user's role: from `roles.csv`, else the one in `users.csv` (1.1). A teacher with other roles is a teacher.
    fn of(&self, user: &str, role_in_users: &str) -> Role {
        match self.0.get(user).map(Vec::as_slice).unwrap_or_default() {
            [] => Role::parse(role_in_users),
            roles if roles.contains(&Role::Teacher) => Role::Teacher,
            roles if roles.contains(&Role::Student) => Role::Student,
            _ => Role::Other,
        }
    }
}

/// A row of `users.csv`, and the roles from `roles.csv`.
pub(super) struct UserRow<'r> {
    pub(super) columns: &'r FileColumns<'r>,
    pub(super) row: &'r TableRow<'r>,
    pub(super) roles: &'r Roles,
}

/// A user who is neither a student nor a teacher by their role.
pub(super) struct WithoutPart {
    pub(super) line: u32,
    /// The role in `users.csv`; empty when there is none.
    pub(super) role: String,
}

/// The users of `users.csv`.
#[derive(Default)]
pub(super) struct Users {
    pub(super) teachers: EntityRows<Person>,
    pub(super) students: EntityRows<Student>,
    /// Users in the file that are not part of the roster.
    pub(super) left_out: HashSet<Box<str>>,
    /// Those of them who are enabled, but neither students nor teachers by their role.
    pub(super) without_part: HashMap<Box<str>, WithoutPart>,
    pub(super) deleted: HashSet<Box<str>>,
    /// Whether the file has no column for the role.
    pub(super) lacks_role: bool,
}

impl Users {
    pub(super) fn add(&mut self, user: &UserRow<'_>, profile: &Profile, report: &mut SetReport) {
        let UserRow { columns, row, roles } = *user;
        let key = columns.text(row, "sourcedId");
        if is_deleted(columns, row) {
            self.deleted.insert(key.into());
            return;
        }
        let role_in_users = columns.text(row, "role");
        self.lacks_role |= !columns.has("role");
        let role = roles.of(&key, &role_in_users);
        let disabled = why_disabled(columns, row);
        let is_disabled = disabled.is_some();
        if role == Role::Other || is_disabled {
            let why = disabled.unwrap_or("neither a student nor a teacher");
            let code = FindingCode::PersonLeftOut;
            report.add(columns.file, code, || {
                let message = format!("The user is left out: {why}.");
                Finding::of_line(code, row.line, role_in_users.as_str(), message)
            });
            // In a delta this is how a person leaves.
            self.deleted.insert(key.as_str().into());
            if role == Role::Other && !is_disabled {
                self.without_part
                    .insert(key.as_str().into(), WithoutPart { line: row.line, role: role_in_users });
            }
            self.left_out.insert(key.into());
            return;
        }
        let (mut flat_columns, mut cells) = columns.flat(row);
        adapt_cells(&flat_columns, &mut cells);
        let entity_row = EntityRow { columns, row, key: &key };
        if role == Role::Student {
            let cells = PartCells::Listed { columns: &flat_columns, cells: &cells };
            self.students.add_cells(&entity_row, cells, profile, |reader| {
                let (student, mut notes) = reader.student();
                report_missing_id(&mut notes, Column::StudentId, &key);
                (student, notes)
            });
        } else {
            flat_columns.iter_mut().for_each(|column| *column = teacher_column(*column));
            let cells = PartCells::Listed { columns: &flat_columns, cells: &cells };
            self.teachers.add_cells(&entity_row, cells, profile, |reader| {
                let (teacher, mut notes) = reader.teacher();
                report_missing_id(&mut notes, Column::TeacherId, &key);
                (teacher, notes)
            });
        }
    }
}

/// Why a user has no access, if so. `inactive` is a status of OneRoster 1.0 that some exporters still write.
fn why_disabled(columns: &FileColumns<'_>, row: &TableRow<'_>) -> Option<&'static str> {
    if columns.text(row, "enabledUser").eq_ignore_ascii_case("false") {
        return Some("enabledUser is false");
    }
    columns.text(row, "status").eq_ignore_ascii_case("inactive").then_some("the status is 'inactive'")
}

/// Adapts a user's cells to the flat CSV.
fn adapt_cells(columns: &[Column], cells: &mut [&[u8]]) {
    let position = |column| columns.iter().position(|known| *known == column);
    // Districts whose users sign in by address often have the address only as the user name.
    if let (Some(email), Some(username)) = (position(Column::StudentEmail), position(Column::StudentUsername))
        && cells[email].trim_ascii().is_empty()
        && cells[username].contains(&b'@')
    {
        cells[email] = cells[username];
    }
    // A cell may hold several grades; the first counts.
    if let Some(grades) = position(Column::StudentGradeLevel) {
        cells[grades] = cells[grades].split(|byte| *byte == b',').next().unwrap_or_default();
    }
}
