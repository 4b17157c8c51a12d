//! People who stand in the place of others.

use homeroom_model::Column;

use super::column::STUDENT;
use super::district::District;
use super::sheet::{PersonId, Role, Sheet};

/// Nobody of the district has such a number.
const STRANGERS: PersonId = 100_000;

/// A stranger with the keys of a student, except for these columns, which get values of their own.
pub(super) fn replace(sheet: &mut Sheet, columns: &[Column], who: PersonId) {
    for at in sheet.rows_of(Role::Student, who) {
        let row = &mut sheet.rows[at];
        row.student = STRANGERS + who;
        row.set(Column::StudentFirstName, "Quentin");
        row.set(Column::StudentLastName, "Featherstonehaugh");
        columns.iter().for_each(|column| row.set(*column, strange(*column, who, row.cell(*column))));
    }
}

/// A newcomer in the place of a row, who has these values of somebody who has left.
pub(super) fn reuse(sheet: &mut Sheet, columns: &[Column], leaver: PersonId, at: usize, district: &District) {
    let mut row = sheet.rows[at].clone();
    row.student = 2 * STRANGERS + leaver;
    row.set(Column::StudentFirstName, "Xanthe");
    row.set(Column::StudentLastName, "Yarborough");
    for column in STUDENT {
        let value = match column {
            _ if columns.contains(&column) => district.people[leaver].value(column),
            column => strange(column, 500 + leaver, row.cell(column)),
        };
        row.set(column, value);
    }
    sheet.rows.push(row);
}

/// A student stands as the teacher of all rows of another teacher.
pub(super) fn teach(sheet: &mut Sheet, student: PersonId, teacher: PersonId) {
    let source = sheet.rows[sheet.rows_of(Role::Student, student)[0]].clone();
    let pairs = [
        (Column::StudentId, Column::TeacherId),
        (Column::StudentEmail, Column::TeacherEmail),
        (Column::StudentCleverId, Column::TeacherCleverId),
        (Column::StudentFirstName, Column::TeacherFirstName),
        (Column::StudentLastName, Column::TeacherLastName),
    ];
    for at in sheet.rows_of(Role::Teacher, teacher) {
        pairs.iter().for_each(|(from, to)| sheet.rows[at].set(*to, source.cell(*from)));
    }
}

/// A value that nobody else has; names stay.
fn strange(column: Column, who: PersonId, present: &str) -> String {
    match column {
        Column::StudentId => format!("{:06}", 777_000 + who),
        Column::StudentEmail => format!("quentin.f{who}@stu.oak.org"),
        Column::StudentCleverId => format!("5c{:022x}", 0xFACE_0000_usize + who),
        Column::StudentUsername => format!("quentin.f{who}"),
        Column::StudentGradeLevel => "12".to_owned(),
        _ => present.to_owned(),
    }
}
