//! A stored value that is kept, and how values are counted in a sentence.

use homeroom_model::{Column, Grade};

use crate::member::Attribute;

/// A stored value that takes the place of the one in the file.
pub(crate) struct Kept {
    /// The position of its person in the file's roster.
    pub(crate) wanted: u32,
    /// What is kept.
    pub(crate) value: KeptValue,
}

/// What is kept.
pub(crate) enum KeptValue {
    /// An attribute of the stored person at this position.
    Text(Attribute, u32),
    /// The grade.
    Grade(Option<Grade>),
}

/// "1 student_email is", "40 values of student_email are".
pub(crate) fn count(count: usize, column: Column, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 value of {} {one}", column.name()),
        _ => format!("{count} values of {} {many}", column.name()),
    }
}
