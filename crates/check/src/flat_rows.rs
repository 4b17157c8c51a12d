//! The rows of a flat file by their distinct parts.

use homeroom_model::roster::Student;

use crate::people::People;
use crate::row_parts::{ClassPart, RowParts};

/// All rows of a flat file that have cells to judge.
pub(crate) struct FlatRows {
    pub(crate) class_parts: RowParts<ClassPart>,
    /// The teachers that the class parts name.
    pub(crate) teachers: People,
    pub(crate) student_parts: RowParts<Student>,
    /// The students that the student parts name.
    pub(crate) students: People,
    pub(crate) rows: Vec<FlatRow>,
}

/// A row by the numbers of its parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlatRow {
    pub(crate) class_part: u32,
    pub(crate) student_part: u32,
    pub(crate) line: u32,
}
