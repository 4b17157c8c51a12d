//! The file of a night: rows of cells, and the people that each row is about, whatever its cells say.

use homeroom_model::Column;

use super::column::{STUDENT, Style};

/// A person of the district, by position; nobody has it after them.
pub type PersonId = usize;

/// A row, and whom it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The student.
    pub student: PersonId,
    /// The teacher.
    pub teacher: PersonId,
    /// A cell for each column, also for those that the file does not have.
    pub cells: [String; 16],
    /// Written as it is, in place of the cells.
    pub raw: Option<String>,
}

impl Row {
    /// A cell.
    pub fn cell(&self, column: Column) -> &str {
        &self.cells[column as usize]
    }

    /// Writes a cell.
    pub fn set(&mut self, column: Column, value: impl Into<String>) {
        self.cells[column as usize] = value.into();
    }

    /// Whom the row is about, in a role.
    pub fn person(&self, of_teacher: Role) -> PersonId {
        match of_teacher {
            Role::Teacher => self.teacher,
            Role::Student => self.student,
        }
    }
}

/// What someone is in the district.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A teacher.
    Teacher,
    /// A student.
    Student,
}

impl Role {
    /// Of whom a column is; a column of schools and classes counts as one of teachers.
    pub fn of(column: Column) -> Role {
        if STUDENT.contains(&column) { Role::Student } else { Role::Teacher }
    }
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Which columns it has.
    pub style: Style,
    /// Its rows.
    pub rows: Vec<Row>,
}

impl Sheet {
    /// As a CSV.
    pub fn csv(&self) -> String {
        let columns = Column::ALL.into_iter().filter(|column| self.style.has(*column)).collect::<Vec<_>>();
        let mut text = columns.iter().map(|column| column.name()).collect::<Vec<_>>().join(",");
        text.push('\n');
        for row in &self.rows {
            let line = row.raw.clone().unwrap_or_else(|| {
                columns.iter().map(|column| quoted(row.cell(*column))).collect::<Vec<_>>().join(",")
            });
            text.push_str(&line);
            text.push('\n');
        }
        text
    }

    /// The rows of a person.
    pub fn rows_of(&self, role: Role, person: PersonId) -> Vec<usize> {
        let rows = self.rows.iter().enumerate();
        rows.filter(|(_, row)| row.person(role) == person).map(|(at, _)| at).collect()
    }

    /// Everyone of a role in it, each once, in the order of the rows.
    pub fn people(&self, role: Role) -> Vec<PersonId> {
        let mut people = Vec::new();
        for row in &self.rows {
            let person = row.person(role);
            if !people.contains(&person) {
                people.push(person);
            }
        }
        people
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
