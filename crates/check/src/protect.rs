//! What a rejected row names.

use homeroom_model::protected::{Protected, ProtectedAs};
use homeroom_model::roster::Person;
use homeroom_model::string_arena::StringArena;

use crate::flat::Gathered;
use crate::rows::RowHalves;
use crate::values::{Address, address, clean, means_nothing};

/// Everything that a rejected row with readable cells names.
pub(crate) fn row(protected: &mut Protected, gathered: &Gathered, row: &RowHalves) {
    let Gathered { classes, students, .. } = gathered;
    let half = classes.list[row.class as usize];
    let (school, class) = (classes.texts.get(half.school), classes.texts.get(half.class));
    let student = students.list[row.student as usize].person;
    let (mut has_student, mut has_teacher) = (false, false);
    for student in keys(&students.texts, student) {
        has_student = true;
        protected.name(ProtectedAs::Student, student);
        if class.is_empty() {
            protected.name(ProtectedAs::StudentOfUnknownClass, student);
        } else {
            protected.name_enrollment(class, student);
        }
    }
    for teacher in keys(&classes.texts, half.teacher) {
        has_teacher = true;
        protected.name(ProtectedAs::Teacher, teacher);
        if class.is_empty() {
            protected.name(ProtectedAs::TeacherOfUnknownClass, teacher);
        } else {
            protected.name_teaching(class, teacher);
        }
    }
    if !has_student {
        protected.name(ProtectedAs::ClassOfUnknownStudent, class);
    }
    if !has_teacher {
        protected.name(ProtectedAs::ClassOfUnknownTeacher, class);
    }
    protected.name(ProtectedAs::Class, class);
    protected.name(ProtectedAs::School, school);
}

fn keys(texts: &StringArena, person: Person) -> impl Iterator<Item = &str> {
    [person.sis_id, person.email].into_iter().map(|key| texts.get(key)).filter(|key| !key.is_empty())
}

/// A row whose cells cannot be told: whatever stands between its separators may be the key of anything.
pub(crate) fn damaged_row(protected: &mut Protected, bytes: &[u8], separator: u8) {
    let text = String::from_utf8_lossy(bytes);
    text.split(char::from(separator)).for_each(|cell| of_anything(protected, cell));
}

/// A cell that may be the key of anything.
fn of_anything(protected: &mut Protected, cell: &str) {
    let cleaned = clean(cell.trim_matches(|c: char| c == '"' || c.is_whitespace()).as_bytes());
    if means_nothing(&cleaned.text) {
        return;
    }
    let email = match cleaned.text.contains('@').then(|| address(&cleaned.text)) {
        Some(Address::Fine(email) | Address::Repaired(email)) => Some(email.into_string()),
        _ => None,
    };
    for key in [Some(&*cleaned.text), email.as_deref()].into_iter().flatten() {
        protected.name(ProtectedAs::Anything, key);
    }
}
