//! Protects from removal everything that a rejected row names.

use homeroom_model::protected::{Protected, ProtectedAs};
use homeroom_model::roster::Person;
use homeroom_model::string_arena::StringArena;

use crate::flat_rows::{FlatRow, FlatRows};
use crate::values::{Address, clean, is_empty_value, parse_address};

/// Protects everything that a rejected row with readable cells names.
pub(crate) fn row(protected: &mut Protected, rows: &FlatRows, row: &FlatRow) {
    let FlatRows { class_parts, student_parts, .. } = rows;
    let class_part = class_parts.values[row.class_part as usize];
    let (school, class) = (class_parts.texts.get(class_part.school), class_parts.texts.get(class_part.class));
    let student = student_parts.values[row.student_part as usize].person;
    let (mut has_student, mut has_teacher) = (false, false);
    for student in keys(&student_parts.texts, student) {
        has_student = true;
        protected.protect(ProtectedAs::Student, student);
        if class.is_empty() {
            protected.protect(ProtectedAs::StudentOfUnknownClass, student);
        } else {
            protected.protect_enrollment(class, student);
        }
    }
    for teacher in keys(&class_parts.texts, class_part.teacher) {
        has_teacher = true;
        protected.protect(ProtectedAs::Teacher, teacher);
        if class.is_empty() {
            protected.protect(ProtectedAs::TeacherOfUnknownClass, teacher);
        } else {
            protected.protect_teaching(class, teacher);
        }
    }
    if !has_student {
        protected.protect(ProtectedAs::ClassOfUnknownStudent, class);
    }
    if !has_teacher {
        protected.protect(ProtectedAs::ClassOfUnknownTeacher, class);
    }
    protected.protect(ProtectedAs::Class, class);
    protected.protect(ProtectedAs::School, school);
}

fn keys(texts: &StringArena, person: Person) -> impl Iterator<Item = &str> {
    [person.sis_id, person.email].into_iter().map(|key| texts.get(key)).filter(|key| !key.is_empty())
}

/// Protects everything that a damaged row may name: each text between its separators may be the key of anything.
pub(crate) fn damaged_row(protected: &mut Protected, bytes: &[u8], separator: u8) {
    let text = String::from_utf8_lossy(bytes);
    text.split(char::from(separator)).for_each(|cell| cell_of_damaged_row(protected, cell));
}

fn cell_of_damaged_row(protected: &mut Protected, cell: &str) {
    let cell = clean(cell.trim_matches(|c: char| c == '"' || c.is_whitespace()).as_bytes());
    if is_empty_value(&cell.text) {
        return;
    }
    let email = match cell.text.contains('@').then(|| parse_address(&cell.text)) {
        Some(Address::Valid(email) | Address::Repaired(email)) => Some(email.into_string()),
        _ => None,
    };
    for key in [Some(&*cell.text), email.as_deref()].into_iter().flatten() {
        protected.protect(ProtectedAs::Anything, key);
    }
}
