//! Protects from removal everything that a rejected row names.

use homeroom_model::ids::EntityKind;
use homeroom_model::named::{NamedClass, NamedPerson};
use homeroom_model::protected::{Protected, ProtectedAs};
use homeroom_model::roster::{Person, Student};
use homeroom_model::string_arena::StringArena;

use crate::row_parts::ClassPart;

use crate::flat_rows::{FlatRow, FlatRows};
use crate::values::{Address, clean, is_empty_value, parse_address};

/// Protects everything that a rejected row with readable cells names.
pub(crate) fn row(protected: &mut Protected, rows: &FlatRows, row: &FlatRow) {
    let FlatRows { class_parts, student_parts, .. } = rows;
    let class_part = class_parts.values[row.class_part as usize];
    let (school, class) = (class_parts.texts.get(class_part.school), class_parts.texts.get(class_part.class));
    let student = student_parts.values[row.student_part as usize].person;
    by_name(protected, rows, row);
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

/// Protects what a rejected row names by name, for when one of its keys is the thing in doubt.
fn by_name(protected: &mut Protected, rows: &FlatRows, row: &FlatRow) {
    let FlatRows { class_parts, student_parts, .. } = rows;
    let class_part = class_parts.values[row.class_part as usize];
    let class = named_class(&class_parts.texts, &class_part);
    let Student { person, grade, .. } = student_parts.values[row.student_part as usize];
    protected.protect_class(class);
    let teacher = named_person(&class_parts.texts, EntityKind::Teacher, class_part.teacher);
    protected.protect_person(NamedPerson { class, ..teacher });
    let student = named_person(&student_parts.texts, EntityKind::Student, person);
    protected.protect_person(NamedPerson { class, grade, ..student });
}

/// A class as a row describes it.
pub(crate) fn named_class<'t>(texts: &'t StringArena, part: &ClassPart) -> NamedClass<&'t str> {
    let ClassPart { school, school_name, class, class_name, .. } = *part;
    NamedClass { school, school_name, key: class, name: class_name }.map(|text| texts.get(text))
}

/// A person as a row describes them, without a class.
pub(crate) fn named_person(texts: &StringArena, kind: EntityKind, person: Person) -> NamedPerson<&str> {
    let Person { sis_id, email, first_name, last_name, .. } = person;
    let class = NamedClass::default();
    NamedPerson { kind, sis_id, email, first_name, last_name, grade: None, class }.map(|text| texts.get(text))
}

fn keys(texts: &StringArena, person: Person) -> impl Iterator<Item = &str> {
    [person.sis_id, person.email].into_iter().map(|key| texts.get(key)).filter(|key| !key.is_empty())
}

/// Protects everything that a damaged row may name: each text between its separators may be the key of anything.
pub(crate) fn damaged_row(protected: &mut Protected, bytes: &[u8], separator: u8) {
    let text = String::from_utf8_lossy(bytes);
    text.split(char::from(separator)).for_each(|cell| cell_of_damaged_row(protected, cell));
}

/// Longer cells of damaged rows are no keys.
const MAX_KEY_BYTES: usize = 1_000;

fn cell_of_damaged_row(protected: &mut Protected, cell: &str) {
    if cell.len() > MAX_KEY_BYTES {
        return;
    }
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
