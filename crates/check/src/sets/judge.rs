//! Judges the rows of a set: groups them by person, finds contradictions, and rejects what cannot be used.

use hashbrown::HashSet;
use homeroom_model::column::Column;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::ids::EntityKind;
use homeroom_model::named::NamedPerson;
use homeroom_model::protected::{Protected, ProtectedAs};
use homeroom_model::roster::Student;
use homeroom_model::string_arena::{StrId, StringArena};

use crate::people::{self, People};
use crate::places;
use crate::protect::{named_class, named_person};
use crate::row_parts::{PartFinding, RowParts};
use crate::sets::entities::{Entities, EntityRows};
use crate::sets::set_report::SetReport;
use crate::shared_ids;

/// The people that the rows of a set name.
pub(super) struct SetPeople {
    pub(super) teachers: People,
    pub(super) students: People,
}

/// Groups rows by person and finds contradictions; then reports all findings and rejects rows.
pub(super) fn judge(entities: &mut Entities, report: &mut SetReport) -> SetPeople {
    let teachers = people::resolve(&mut entities.teachers.parts, |teacher| *teacher, &people::TEACHER);
    let students = people::resolve(&mut entities.students.parts, |student| student.person, &people::STUDENT);
    shared_ids::leave_out_of_students(&mut entities.students.parts, &students);
    reject_shared_addresses(entities);
    places::reject_classes_in_two_schools(&mut entities.classes.parts);
    reject_classes_without_school(entities);
    report_rows(&entities.schools, report, |protected, texts, school| {
        protect(protected, &[ProtectedAs::School], texts, [school.key]);
    });
    report_rows(&entities.classes, report, |protected, texts, class| {
        let as_class =
            [ProtectedAs::Class, ProtectedAs::ClassOfUnknownStudent, ProtectedAs::ClassOfUnknownTeacher];
        protect(protected, &[ProtectedAs::School], texts, [class.school]);
        protect(protected, &as_class, texts, [class.class]);
        protected.protect_class(named_class(texts, class));
    });
    report_rows(&entities.teachers, report, |protected, texts, teacher| {
        let as_teacher = [ProtectedAs::Teacher, ProtectedAs::TeacherOfUnknownClass];
        protect(protected, &as_teacher, texts, [teacher.sis_id, teacher.email, teacher.clever_id]);
        protected.protect_person(named_person(texts, EntityKind::Teacher, *teacher));
    });
    report_rows(&entities.students, report, |protected, texts, Student { person, username, grade }| {
        let as_student = [ProtectedAs::Student, ProtectedAs::StudentOfUnknownClass];
        protect(protected, &as_student, texts, [person.sis_id, person.email, person.clever_id, *username]);
        let student = named_person(texts, EntityKind::Student, *person);
        protected.protect_person(NamedPerson { grade: *grade, ..student });
    });
    SetPeople { teachers, students }
}

fn protect<const N: usize>(
    protected: &mut Protected,
    protected_as: &[ProtectedAs],
    texts: &StringArena,
    keys: [StrId; N],
) {
    for key in keys.iter().map(|key| texts.get(*key)) {
        protected_as.iter().for_each(|protected_as| protected.protect(*protected_as, key));
    }
}

/// Reports the findings of each row of a file; what a rejected row names is protected.
fn report_rows<P: Copy>(
    rows: &EntityRows<P>,
    report: &mut SetReport,
    protect: impl Fn(&mut Protected, &StringArena, &P),
) {
    let RowParts { texts, values, notes } = &rows.parts;
    for (part, notes) in values.iter().zip(notes) {
        let line = notes.occurrences.first_line;
        // A stored entity has no line: if a row of a file contradicts it, the finding is reported for that row.
        let is_in_file = line > 0;
        for finding in notes.findings.iter().filter(|_| is_in_file) {
            report.findings.add(finding.code, || rows.column_names.finding(finding, line));
        }
        if notes.rejected {
            report.rejected += u64::from(is_in_file);
            protect(&mut report.protected, texts, part);
        }
    }
}

fn reject_shared_addresses(entities: &mut Entities) {
    let Entities { teachers, students, .. } = entities;
    let RowParts { texts, values, notes } = &mut students.parts;
    let of_students = values.iter().map(|student| texts.get(student.person.email));
    let of_students = of_students.filter(|email| !email.is_empty()).collect::<HashSet<_>>();
    let mut shared = HashSet::new();
    let code = FindingCode::TeacherIsStudent;
    for (teacher, notes) in teachers.parts.values.iter().zip(&mut teachers.parts.notes) {
        let email = teachers.parts.texts.get(teacher.email);
        if of_students.contains(email) {
            let message = format!("'{email}' is a teacher's address here and a student's elsewhere.");
            notes.add(PartFinding::new(code, Column::TeacherEmail, email, message));
            shared.insert(email);
        }
    }
    for (student, notes) in values.iter().zip(notes) {
        let email = texts.get(student.person.email);
        if shared.contains(email) {
            let message = format!("'{email}' is a student's address here and a teacher's elsewhere.");
            notes.add(PartFinding::new(code, Column::StudentEmail, email, message));
        }
    }
}

fn reject_classes_without_school(entities: &mut Entities) {
    let Entities { schools, classes, .. } = entities;
    let RowParts { texts, values, notes } = &mut classes.parts;
    for (class, notes) in values.iter().zip(notes).filter(|(class, _)| !class.school.is_empty()) {
        let key = texts.get(class.school);
        let message = match schools.get(key) {
            None => format!("The class names school '{key}', which is not in any of the files."),
            Some(row) if schools.parts.notes[row as usize].rejected => {
                format!("The class names school '{key}', whose row is rejected.")
            }
            Some(_) => continue,
        };
        notes.add(PartFinding::new(FindingCode::ReferenceUnknown, Column::SchoolId, key, message));
    }
}
