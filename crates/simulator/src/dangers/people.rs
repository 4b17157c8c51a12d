//! Single people who would get another's account.

use super::SpoiledNight;
use super::columns::{set, values_of};
use homeroom_model::Column;

pub(super) fn teacher_gets_students_address(night: &mut SpoiledNight<'_>) -> Option<String> {
    let teacher = *night.dice.pick(&night.file.teachers());
    let student = *night.dice.pick(&night.file.students());
    let address = values_of(night, Column::StudentEmail)[&student].clone();
    for row in night.file.rows.iter_mut().filter(|row| row.teacher == Some(teacher)) {
        row.set(Column::TeacherEmail, address.clone());
    }
    Some(format!("teacher {teacher} has the address of student {student}"))
}

/// A student stands as the teacher of a class, and no longer as a student.
pub(super) fn student_becomes_teacher(night: &mut SpoiledNight<'_>) -> Option<String> {
    let student = *night.dice.pick(&night.file.students());
    let of_student = night.file.rows.iter().find(|row| row.student == Some(student))?.clone();
    let class = night.file.rows.iter().find(|row| row.class != of_student.class)?.class;
    night.file.rows.retain(|row| row.student != Some(student));
    let pairs = [
        (Column::TeacherId, Column::StudentId),
        (Column::TeacherEmail, Column::StudentEmail),
        (Column::TeacherFirstName, Column::StudentFirstName),
        (Column::TeacherLastName, Column::StudentLastName),
        (Column::TeacherCleverId, Column::StudentCleverId),
    ];
    for row in night.file.rows.iter_mut().filter(|row| row.class == class) {
        pairs.iter().for_each(|(to, from)| row.set(*to, of_student.cell(*from)));
        row.teacher = Some(student);
    }
    Some(format!("student {student} stands as a teacher"))
}

/// Two students who are no twins have each other's keys.
pub(super) fn exchange_keys(night: &mut SpoiledNight<'_>) -> Option<String> {
    let columns = [Column::StudentEmail, Column::StudentId, Column::StudentCleverId];
    let columns = columns.into_iter().filter(|column| night.file.has(*column)).collect::<Vec<_>>();
    let column = *night.dice.pick(&columns);
    let students = night.file.students();
    let (one, other) = (*night.dice.pick(&students), *night.dice.pick(&students));
    let (of_one, of_other) = (&night.world.people[one], &night.world.people[other]);
    if one == other || of_one.last == of_other.last || of_one.first == of_other.first {
        return None;
    }
    let values = values_of(night, column);
    let exchanged = [(one, values[&other].clone()), (other, values[&one].clone())].into_iter().collect();
    set(night, column, &exchanged);
    Some(format!("students {one} and {other} have each other's {}", column.name()))
}
