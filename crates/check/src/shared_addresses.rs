//! Addresses that appear both as a teacher's and as a student's.

use hashbrown::{HashMap, HashSet};
use homeroom_model::column::Column;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::stored::StoredRoster;

use crate::flat_rows::{FlatRow, FlatRows};
use crate::row_parts::PartFinding;

/// Addresses in both e-mail columns of a flat file, and in which of the columns they reject their rows.
pub(crate) struct SharedAddresses {
    rejected: HashMap<String, RejectedUse>,
    /// For each class part whether its address is one of them.
    pub(crate) in_class_part: Vec<bool>,
    /// For each student part whether its address is one of them.
    pub(crate) in_student_part: Vec<bool>,
}

#[derive(Clone, Copy, Default)]
struct RejectedUse {
    as_teacher: bool,
    as_student: bool,
}

/// How many rows have an address in only one of the columns; with the same address in both, a row is rejected anyway.
#[derive(Clone, Copy, Default)]
struct UseCounts {
    as_teacher: u64,
    as_student: u64,
}

impl UseCounts {
    /// The rarer use is the mistake: a whole class is not lost because its teacher's address slipped into a row.
    fn rejected(self) -> RejectedUse {
        RejectedUse {
            as_teacher: self.as_teacher <= self.as_student,
            as_student: self.as_student <= self.as_teacher,
        }
    }
}

impl SharedAddresses {
    pub(crate) fn find(flat: &FlatRows, stored: Option<&StoredRoster>) -> SharedAddresses {
        let FlatRows { class_parts, student_parts, .. } = flat;
        let teachers = || class_parts.values.iter().map(|part| class_parts.texts.get(part.teacher.email));
        let students = || student_parts.values.iter().map(|part| student_parts.texts.get(part.person.email));
        let of_teachers = teachers().filter(|email| !email.is_empty()).collect::<HashSet<_>>();
        let in_student_part = students().map(|email| of_teachers.contains(email)).collect::<Vec<_>>();
        let shared = students().zip(&in_student_part).filter(|(_, shared)| **shared);
        let mut uses = shared.map(|(email, _)| (email, UseCounts::default())).collect::<HashMap<_, _>>();
        let in_class_part =
            teachers().map(|email| !uses.is_empty() && uses.contains_key(email)).collect::<Vec<_>>();
        for row in &flat.rows {
            if !in_class_part[row.class_part as usize] && !in_student_part[row.student_part as usize] {
                continue;
            }
            let (teacher, student) = emails(flat, row);
            if teacher != student {
                if let Some(uses) = uses.get_mut(teacher) {
                    uses.as_teacher += 1;
                }
                if let Some(uses) = uses.get_mut(student) {
                    uses.as_student += 1;
                }
            }
        }
        let mut rejected = uses
            .into_iter()
            .map(|(email, uses)| (email.to_owned(), uses.rejected()))
            .collect::<HashMap<_, _>>();
        if let Some(stored) = stored.filter(|_| !rejected.is_empty()) {
            follow_stored(&mut rejected, stored);
        }
        SharedAddresses { rejected, in_class_part, in_student_part }
    }

    /// The finding that rejects a row because of its addresses.
    pub(crate) fn finding(&self, flat: &FlatRows, row: &FlatRow) -> Option<PartFinding> {
        let (teacher, student) = emails(flat, row);
        let rejected = |email: &str| self.rejected.get(email).copied().unwrap_or_default();
        let (column, email, message) = if teacher == student && !teacher.is_empty() {
            let message =
                format!("'{teacher}' is the address of both the teacher and the student in this row.");
            (Column::StudentEmail, student, message)
        } else if rejected(teacher).as_teacher {
            let message = format!("'{teacher}' is a teacher's address here and a student's in other rows.");
            (Column::TeacherEmail, teacher, message)
        } else if rejected(student).as_student {
            let message = format!("'{student}' is a student's address here and a teacher's in other rows.");
            (Column::StudentEmail, student, message)
        } else {
            return None;
        };
        Some(PartFinding::new(FindingCode::TeacherIsStudent, column, email, message))
    }
}

/// Whoever had the address in the last good file keeps it: the other use is the mistake. A student's own rows are few, and are left out
/// as well until somebody has looked.
fn follow_stored(rejected: &mut HashMap<String, RejectedUse>, stored: &StoredRoster) {
    for student in stored.students.iter().filter(|student| student.active) {
        if let Some(uses) = rejected.get_mut(stored.texts.get(student.values.person.email)) {
            *uses = RejectedUse { as_teacher: true, as_student: true };
        }
    }
    for teacher in stored.teachers.iter().filter(|teacher| teacher.active) {
        if let Some(uses) = rejected.get_mut(stored.texts.get(teacher.values.person.email)) {
            *uses = RejectedUse { as_teacher: false, as_student: true };
        }
    }
}

/// The addresses of a row's teacher and student.
fn emails<'r>(flat: &'r FlatRows, row: &FlatRow) -> (&'r str, &'r str) {
    let FlatRows { class_parts, student_parts, .. } = flat;
    let teacher = class_parts.values[row.class_part as usize].teacher.email;
    let student = student_parts.values[row.student_part as usize].person.email;
    (class_parts.texts.get(teacher), student_parts.texts.get(student))
}
