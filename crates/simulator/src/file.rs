//! The file of a night: rows of cells, with the people that each row is about.

use std::collections::BTreeSet;

use crate::form::Form;
use crate::style::Style;
use crate::truth::{PersonId, World};
use homeroom_model::Column;

/// A row, and whom it is about, whatever its cells say; `None` for people who are not of the district.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) cells: [String; 16],
    pub(crate) student: Option<PersonId>,
    pub(crate) teacher: Option<PersonId>,
    pub(crate) class: usize,
}

impl Row {
    pub(crate) fn cell(&self, column: Column) -> &str {
        &self.cells[column as usize]
    }

    pub(crate) fn set(&mut self, column: Column, to: impl Into<String>) {
        self.cells[column as usize] = to.into();
    }
}

/// A file before it is bytes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NightFile {
    pub(crate) style: Style,
    pub(crate) rows: Vec<Row>,
    /// Bytes that are missing at the end.
    pub(crate) cut: usize,
    pub(crate) form: Form,
}

impl NightFile {
    /// What the SIS exports tonight.
    pub(crate) fn export(world: &World) -> NightFile {
        let mut members = vec![vec![]; world.classes.len()];
        for student in world.students() {
            for class in &world.people[student].classes {
                members[*class].push(student);
            }
        }
        let mut rows = Vec::new();
        for (at, class) in world.classes.iter().enumerate().filter(|(_, class)| class.open) {
            for teacher in class.teachers.iter().filter(|teacher| world.people[**teacher].here) {
                for student in &members[at] {
                    rows.push(row(world, at, *teacher, *student));
                }
            }
        }
        NightFile { style: world.style, rows, cut: 0, form: Form::Plain }
    }

    /// The bytes to upload.
    pub(crate) fn csv(&self) -> Vec<u8> {
        let columns = Column::ALL.into_iter().filter(|column| self.style.has(*column)).collect::<Vec<_>>();
        let header = columns.iter().map(|column| column.name().to_owned()).collect();
        let cells = |row: &Row| columns.iter().map(|column| row.cell(*column).to_owned()).collect();
        let table = std::iter::once(header).chain(self.rows.iter().map(cells)).collect();
        let mut bytes = self.form.bytes(&columns, table);
        bytes.truncate(bytes.len().saturating_sub(self.cut));
        bytes
    }

    /// Whether the file has this column.
    pub(crate) fn has(&self, column: Column) -> bool {
        self.style.has(column)
    }

    /// Everybody of the district in it.
    pub(crate) fn people(&self) -> BTreeSet<PersonId> {
        self.rows.iter().flat_map(|row| [row.student, row.teacher]).flatten().collect()
    }

    /// Its students, in the order of their first rows.
    pub(crate) fn students(&self) -> Vec<PersonId> {
        let mut seen = BTreeSet::new();
        self.rows.iter().filter_map(|row| row.student).filter(|id| seen.insert(*id)).collect()
    }

    /// Its teachers, in the order of their first rows.
    pub(crate) fn teachers(&self) -> Vec<PersonId> {
        let mut seen = BTreeSet::new();
        self.rows.iter().filter_map(|row| row.teacher).filter(|id| seen.insert(*id)).collect()
    }
}

fn row(world: &World, class: usize, teacher: PersonId, student: PersonId) -> Row {
    let (in_class, of_teacher, of_student) =
        (&world.classes[class], &world.people[teacher], &world.people[student]);
    let school = &world.schools[in_class.school];
    let grade = if of_student.grade == 0 { "KG".to_owned() } else { format!("{:02}", of_student.grade) };
    let cells = [
        &school.key,
        &school.name,
        &of_teacher.email,
        &of_teacher.first,
        &of_teacher.last,
        &of_teacher.sis_id,
        &of_teacher.clever_id,
        &in_class.key,
        &in_class.name,
        &of_student.first,
        &of_student.last,
        &of_student.email,
        &grade,
        &of_student.sis_id,
        &of_student.clever_id,
        &of_student.username,
    ];
    Row { cells: cells.map(Clone::clone), student: Some(student), teacher: Some(teacher), class }
}
