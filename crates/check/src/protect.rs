//! What a rejected row names.

use homeroom_model::protected::Protected;
use homeroom_model::roster::Person;
use homeroom_model::texts::{Text, Texts};

use crate::flat::Gathered;
use crate::rows::RowHalves;
use crate::values::{Address, address, clean, means_nothing};

/// Everything that a rejected row with readable cells names.
pub(crate) fn row(protected: &mut Protected, gathered: &Gathered, row: &RowHalves) {
    let get = |texts: &Texts, text: Text| Box::<str>::from(texts.get(text));
    let keys = |texts: &Texts, person: Person| {
        let keys = [person.sis_id, person.email].map(|key| get(texts, key));
        keys.into_iter().filter(|key| !key.is_empty()).collect::<Vec<_>>()
    };
    let Gathered { classes, students, .. } = gathered;
    let half = classes.list[row.class as usize];
    let teachers = keys(&classes.texts, half.teacher);
    let (school, class) = (get(&classes.texts, half.school), get(&classes.texts, half.class));
    let students = keys(&students.texts, students.list[row.student as usize].person);
    let has_class = !class.is_empty();
    for student in &students {
        protected.students.insert(student.clone());
        if has_class {
            protected.enrollments.insert((class.clone(), student.clone()));
        } else {
            protected.students_with_unknown_class.insert(student.clone());
        }
    }
    for teacher in &teachers {
        protected.teachers.insert(teacher.clone());
        if has_class {
            protected.teachings.insert((class.clone(), teacher.clone()));
        } else {
            protected.teachers_with_unknown_class.insert(teacher.clone());
        }
    }
    if has_class {
        if students.is_empty() {
            protected.classes_with_unknown_student.insert(class.clone());
        }
        if teachers.is_empty() {
            protected.classes_with_unknown_teacher.insert(class.clone());
        }
        protected.classes.insert(class);
    }
    if !school.is_empty() {
        protected.schools.insert(school);
    }
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
        protected.of_anything.get_or_insert_with(key, |key| key.into());
    }
}
