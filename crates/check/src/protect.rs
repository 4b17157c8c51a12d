//! What a rejected row names.

use homeroom_model::protected::Protected;
use homeroom_model::roster::Student;
use homeroom_model::texts::Texts;

use crate::halves::ClassHalf;
use crate::values::{Address, address, clean, means_nothing};

/// Everything that a rejected row with readable cells names.
pub(crate) fn row(protected: &mut Protected, texts: &Texts, class: &ClassHalf, student: &Student) {
    let get = |text| Box::<str>::from(texts.get(text));
    let teacher_keys = [class.teacher.sis_id, class.teacher.email].map(get);
    let student_keys = [student.person.sis_id, student.person.email].map(get);
    let teachers = teacher_keys.into_iter().filter(|key| !key.is_empty()).collect::<Vec<_>>();
    let students = student_keys.into_iter().filter(|key| !key.is_empty()).collect::<Vec<_>>();
    let (school, class) = (get(class.school), get(class.class));
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
pub(crate) fn damaged_row(protected: &mut Protected, bytes: &[u8], separator: char) {
    let text = String::from_utf8_lossy(bytes);
    for cell in text.split(separator) {
        let cleaned = clean(cell.trim_matches(|c: char| c == '"' || c.is_whitespace()).as_bytes());
        if means_nothing(&cleaned.text) {
            continue;
        }
        let email = match address(&cleaned.text) {
            Address::Fine(email) | Address::Repaired(email) => Some(email.into_string()),
            Address::Missing | Address::Invalid => None,
        };
        for key in
            [Some(cleaned.text.clone().into_owned()), email].into_iter().flatten().map(Box::<str>::from)
        {
            protected.schools.insert(key.clone());
            protected.classes.insert(key.clone());
            protected.teachers.insert(key.clone());
            protected.students.insert(key.clone());
            // Which of them belong together is not known: every link of each is kept.
            protected.classes_with_unknown_student.insert(key.clone());
            protected.classes_with_unknown_teacher.insert(key.clone());
            protected.students_with_unknown_class.insert(key.clone());
            protected.teachers_with_unknown_class.insert(key);
        }
    }
}
