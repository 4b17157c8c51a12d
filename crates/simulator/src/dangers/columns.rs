//! Columns that went wrong in a spreadsheet, or for a part of the rows.

use std::collections::BTreeMap;

use super::SpoiledNight;
use crate::truth::PersonId;
use homeroom_model::Column;

const STUDENT_KEYS: [Column; 4] =
    [Column::StudentEmail, Column::StudentId, Column::StudentCleverId, Column::StudentUsername];
const TEACHER: [Column; 5] = [
    Column::TeacherId,
    Column::TeacherEmail,
    Column::TeacherFirstName,
    Column::TeacherLastName,
    Column::TeacherCleverId,
];
const TEACHER_KEYS: [Column; 3] = [Column::TeacherEmail, Column::TeacherId, Column::TeacherCleverId];

impl SpoiledNight<'_> {
    fn any_of(&self, columns: &[Column]) -> Option<Column> {
        let present = columns.iter().copied().filter(|column| self.file.has(*column)).collect::<Vec<_>>();
        present.get(self.dice.below(present.len())).copied()
    }
}

/// A cell was deleted: from a row on, each row has the value of the next one.
pub(super) fn slipped(night: &mut SpoiledNight<'_>) -> Option<String> {
    let columns = [
        &STUDENT_KEYS[..],
        &TEACHER_KEYS[..1],
        &[Column::StudentFirstName, Column::StudentLastName, Column::ClassId],
    ]
    .concat();
    let column = night.any_of(&columns)?;
    let rows = night.file.rows.len();
    let from = night.dice.below(rows / 2);
    let to = if night.dice.one_in(2) { rows } else { from + 40 + night.dice.below(rows / 4) };
    for at in from..to.min(rows) - 1 {
        let next = night.file.rows[at + 1].cell(column).to_owned();
        night.file.rows[at].set(column, next);
    }
    Some(format!("{} slips by one row from row {from} to row {to}", column.name()))
}

pub(super) fn sorted(night: &mut SpoiledNight<'_>) -> Option<String> {
    let columns = [&STUDENT_KEYS[..], &[Column::TeacherEmail, Column::StudentLastName]].concat();
    let column = night.any_of(&columns)?;
    let mut values = night.file.rows.iter().map(|row| row.cell(column).to_owned()).collect::<Vec<_>>();
    values.sort();
    night.file.rows.iter_mut().zip(values).for_each(|(row, value)| row.set(column, value));
    Some(format!("{} is sorted alone", column.name()))
}

/// A SIS gives each student of a stretch the value of the next one.
pub(super) fn slipped_among_people(night: &mut SpoiledNight<'_>) -> Option<String> {
    let columns = [&STUDENT_KEYS[..], &[Column::StudentFirstName, Column::StudentLastName]].concat();
    let column = night.any_of(&columns)?;
    let people = night.some_students(6);
    let values = values_of(night, column);
    let slipped = people.iter().zip(people.iter().cycle().skip(1));
    let slipped = slipped.map(|(one, next)| (*one, values[next].clone())).collect::<BTreeMap<_, _>>();
    set(night, column, &slipped);
    Some(format!("{} slips by one among {} students", column.name(), people.len()))
}

pub(super) fn exchanged(night: &mut SpoiledNight<'_>) -> Option<String> {
    let pairs = [
        (Column::StudentFirstName, Column::StudentLastName),
        (Column::TeacherEmail, Column::StudentEmail),
        (Column::ClassId, Column::ClassName),
        (Column::StudentId, Column::StudentCleverId),
        (Column::TeacherId, Column::StudentId),
    ];
    let present = pairs
        .into_iter()
        .filter(|(one, other)| night.file.has(*one) && night.file.has(*other))
        .collect::<Vec<_>>();
    let (one, other) = *night.dice.pick(&present);
    for row in &mut night.file.rows {
        row.cells.swap(one as usize, other as usize);
    }
    Some(format!("{} and {} are exchanged", one.name(), other.name()))
}

pub(super) fn exchanged_in_a_school(night: &mut SpoiledNight<'_>) -> Option<String> {
    let school = night.dice.pick(&night.file.rows).cell(Column::SchoolId).to_owned();
    for row in night.file.rows.iter_mut().filter(|row| row.cell(Column::SchoolId) == school) {
        row.cells.swap(Column::StudentFirstName as usize, Column::StudentLastName as usize);
    }
    Some(format!("first and last names are exchanged in school {school}"))
}

pub(super) fn emptied(night: &mut SpoiledNight<'_>) -> Option<String> {
    let columns = [
        Column::StudentEmail,
        Column::StudentLastName,
        Column::StudentFirstName,
        Column::StudentGradeLevel,
        Column::StudentCleverId,
        Column::StudentUsername,
        Column::StudentId,
        Column::TeacherLastName,
    ];
    let column = night.any_of(&columns)?;
    night.file.rows.iter_mut().for_each(|row| row.set(column, ""));
    Some(format!("{} is empty", column.name()))
}

pub(super) fn emptied_for_some(night: &mut SpoiledNight<'_>) -> Option<String> {
    let columns = [
        Column::StudentEmail,
        Column::StudentLastName,
        Column::StudentGradeLevel,
        Column::StudentCleverId,
        Column::StudentUsername,
    ];
    let column = night.any_of(&columns)?;
    let people = night.some_students(12);
    let empty = people.iter().map(|id| (*id, String::new())).collect();
    set(night, column, &empty);
    Some(format!("{} is empty for {} students", column.name(), people.len()))
}

/// Every other student has an empty cell.
pub(super) fn emptied_here_and_there(night: &mut SpoiledNight<'_>) -> Option<String> {
    let columns = [
        Column::StudentEmail,
        Column::StudentFirstName,
        Column::StudentLastName,
        Column::StudentId,
        Column::StudentGradeLevel,
    ];
    let column = night.any_of(&columns)?;
    let people = night.file.students().into_iter().step_by(2).collect::<Vec<_>>();
    let empty = people.iter().map(|id| (*id, String::new())).collect();
    set(night, column, &empty);
    Some(format!("{} is empty for every other student", column.name()))
}

/// From a class on, each class has the teacher of the next one.
pub(super) fn teachers_shifted(night: &mut SpoiledNight<'_>) -> Option<String> {
    let mut classes = night.file.rows.iter().map(|row| row.class).collect::<Vec<_>>();
    classes.dedup();
    let from = night.dice.below(classes.len() / 2);
    let classes = &classes[from..from + classes.len() / 3];
    let row_of = |class: &usize| night.file.rows.iter().find(|row| row.class == *class).cloned();
    let next = classes.iter().zip(classes.iter().cycle().skip(1));
    let teachers = next.filter_map(|(class, next)| Some((*class, row_of(next)?))).collect::<BTreeMap<_, _>>();
    for row in &mut night.file.rows {
        if let Some(other) = teachers.get(&row.class) {
            TEACHER.into_iter().for_each(|column| row.set(column, other.cell(column)));
            row.teacher = other.teacher;
        }
    }
    Some(format!("{} classes have the teacher of the next one", classes.len()))
}

/// One value stands in many rows.
pub(super) fn dragged_down(night: &mut SpoiledNight<'_>) -> Option<String> {
    let columns = [
        Column::StudentEmail,
        Column::StudentLastName,
        Column::TeacherEmail,
        Column::ClassId,
        Column::StudentId,
    ];
    let column = night.any_of(&columns)?;
    let rows = night.file.rows.len();
    let count = 20 + night.dice.below(rows / 4);
    let from = night.dice.below(rows - count);
    let value = night.file.rows[from].cell(column).to_owned();
    night.file.rows[from..from + count].iter_mut().for_each(|row| row.set(column, value.clone()));
    Some(format!("{} is dragged down over {count} rows", column.name()))
}

pub(super) fn clever_dragged_down(night: &mut SpoiledNight<'_>) -> Option<String> {
    one_value_for_many(night, Column::StudentCleverId)
}

pub(super) fn user_name_for_many(night: &mut SpoiledNight<'_>) -> Option<String> {
    one_value_for_many(night, Column::StudentUsername)
}

fn one_value_for_many(night: &mut SpoiledNight<'_>, column: Column) -> Option<String> {
    night.any_of(&[column])?;
    let people = night.some_students(4);
    let value = values_of(night, column)[&people[0]].clone();
    let same = people.iter().map(|id| (*id, value.clone())).collect();
    set(night, column, &same);
    Some(format!("{} of one student stands at {} students", column.name(), people.len()))
}

/// The teacher's columns were sorted without the others.
pub(super) fn sorted_teachers(night: &mut SpoiledNight<'_>) -> Option<String> {
    let cells = |row: &crate::file::Row| TEACHER.map(|column| row.cell(column).to_owned());
    let mut teachers = night.file.rows.iter().map(cells).collect::<Vec<_>>();
    teachers.sort_by(|one, other| one[3].cmp(&other[3]).then_with(|| one[1].cmp(&other[1])));
    for (row, cells) in night.file.rows.iter_mut().zip(teachers) {
        for (column, cell) in TEACHER.into_iter().zip(cells) {
            row.set(column, cell);
        }
    }
    Some("the teachers' columns are sorted without the others".to_owned())
}

/// The value of each student.
pub(super) fn values_of(night: &SpoiledNight<'_>, column: Column) -> BTreeMap<PersonId, String> {
    let rows = night.file.rows.iter();
    rows.filter_map(|row| Some((row.student?, row.cell(column).to_owned()))).collect()
}

/// Gives students other values, in all their rows.
pub(super) fn set(night: &mut SpoiledNight<'_>, column: Column, values: &BTreeMap<PersonId, String>) {
    for row in &mut night.file.rows {
        if let Some(value) = row.student.and_then(|student| values.get(&student)) {
            row.set(column, value.clone());
        }
    }
}
