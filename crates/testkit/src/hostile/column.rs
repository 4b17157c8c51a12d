//! The columns of a flat file with everything in it.

use homeroom_model::Column;

/// Those that are about a student.
pub const STUDENT: [Column; 7] = [
    Column::StudentId,
    Column::StudentEmail,
    Column::StudentCleverId,
    Column::StudentUsername,
    Column::StudentFirstName,
    Column::StudentLastName,
    Column::StudentGradeLevel,
];

/// Those that are about a teacher.
pub const TEACHER: [Column; 5] = [
    Column::TeacherId,
    Column::TeacherEmail,
    Column::TeacherCleverId,
    Column::TeacherFirstName,
    Column::TeacherLastName,
];

/// Which columns a district's files have, apart from those that all have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Numbers of the SIS.
    pub ids: bool,
    /// Clever ids.
    pub clever: bool,
    /// User names.
    pub usernames: bool,
}

impl Style {
    /// Whether files have this column.
    pub fn has(self, column: Column) -> bool {
        match column {
            Column::TeacherId | Column::StudentId => self.ids,
            Column::TeacherCleverId | Column::StudentCleverId => self.clever,
            Column::StudentUsername => self.usernames,
            _ => true,
        }
    }
}
