//! Protects from removal everything that a rejected row names.

use homeroom_model::finding_code::FindingCode;
use homeroom_model::ids::EntityKind;
use homeroom_model::named::{NamedClass, NamedPerson};
use homeroom_model::protected::{Protected, ProtectedAs};
use homeroom_model::roster::{Person, Student};
use homeroom_model::string_arena::StringArena;

use crate::flat_rows::{FlatRow, FlatRows};
use crate::row_parts::{ClassPart, PartFinding, PartNotes, RowParts};
use crate::values::{Address, clean, is_empty_value, parse_address};

/// Protects everything that a rejected row with readable cells names.
pub(crate) fn row(protected: &mut Protected, rows: &FlatRows, row: &FlatRow) {
    let FlatRows { class_parts, student_parts, .. } = rows;
    let class_part = class_parts.values[row.class_part as usize];
    let (school, class) = (class_parts.texts.get(class_part.school), class_parts.texts.get(class_part.class));
    let Student { person: student, username, .. } = student_parts.values[row.student_part as usize];
    by_name(protected, rows, row);
    for student in keys(&student_parts.texts, student).chain([student_parts.texts.get(username)]) {
        protected.protect(ProtectedAs::Student, student);
        if class.is_empty() {
            protected.protect(ProtectedAs::StudentOfUnknownClass, student);
        } else {
            protected.protect_enrollment(class, student);
        }
    }
    for teacher in keys(&class_parts.texts, class_part.teacher) {
        protected.protect(ProtectedAs::Teacher, teacher);
        if class.is_empty() {
            protected.protect(ProtectedAs::TeacherOfUnknownClass, teacher);
        } else {
            protected.protect_teaching(class, teacher);
        }
    }
    if student.key().is_empty() {
        protected.protect(ProtectedAs::ClassOfUnknownStudent, class);
    }
    if class_part.teacher.key().is_empty() {
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

/// Protects those whose Clever id or user name stands on another person as well: whoever has it may be meant by the row.
pub(crate) fn shared_keys(protected: &mut Protected, rows: &FlatRows, row: &FlatRow) {
    let FlatRows { class_parts, student_parts, .. } = rows;
    let class = class_parts.texts.get(class_parts.values[row.class_part as usize].class);
    for key in shared(&class_parts.notes[row.class_part as usize]) {
        protected.protect(ProtectedAs::Teacher, key);
        protected.protect_teaching(class, key);
    }
    for key in shared(&student_parts.notes[row.student_part as usize]) {
        protected.protect(ProtectedAs::Student, key);
        protected.protect_enrollment(class, key);
    }
}

fn shared(notes: &PartNotes) -> impl Iterator<Item = &str> {
    let is_shared = |finding: &&PartFinding| {
        matches!(finding.code, FindingCode::CleverIdShared | FindingCode::UsernameShared)
    };
    notes.findings.iter().filter(is_shared).map(|finding| &*finding.value)
}

/// Protects those whose Clever id stands in a teacher's rows beside another one: they may be meant by these rows.
pub(crate) fn teachers_of_two_clever_ids(protected: &mut Protected, rows: &FlatRows) {
    let RowParts { texts, values, .. } = &rows.class_parts;
    let clever_id = |part: &u32| texts.get(values[*part as usize].teacher.clever_id);
    for parts in rows.teachers.parts.iter() {
        let with_id = || parts.iter().filter(|part| !clever_id(part).is_empty());
        let Some(first) = with_id().next() else { continue };
        if with_id().all(|part| clever_id(part) == clever_id(first)) {
            continue;
        }
        for part in with_id() {
            protected.protect(ProtectedAs::Teacher, clever_id(part));
            protected.protect_teaching(texts.get(values[*part as usize].class), clever_id(part));
        }
    }
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
    [person.sis_id, person.email, person.clever_id]
        .into_iter()
        .map(|key| texts.get(key))
        .filter(|key| !key.is_empty())
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
