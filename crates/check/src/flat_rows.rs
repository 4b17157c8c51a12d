//! The rows of a flat file by their distinct parts.

use homeroom_model::roster::Student;

use crate::people::People;
use crate::row_parts::{ClassPart, PartFinding, PartNotes, RowParts};

/// All rows of a flat file that have cells to judge.
pub(crate) struct FlatRows {
    pub(crate) class_parts: RowParts<ClassPart>,
    /// The teachers that the class parts name.
    pub(crate) teachers: People,
    pub(crate) student_parts: RowParts<Student>,
    /// The students that the student parts name.
    pub(crate) students: People,
    pub(crate) rows: Vec<FlatRow>,
}

/// A row by the numbers of its parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlatRow {
    pub(crate) class_part: u32,
    pub(crate) student_part: u32,
    pub(crate) line: u32,
}

impl FlatRows {
    /// The class id of a row.
    pub(crate) fn class_of(&self, row: &FlatRow) -> &str {
        let RowParts { texts, values, .. } = &self.class_parts;
        texts.get(values[row.class_part as usize].class)
    }

    /// Rejects one row of those with the same class part: it gets a part of its own.
    pub(crate) fn reject_row(&mut self, at: usize, finding: PartFinding) {
        let row = &mut self.rows[at];
        let RowParts { values, notes, .. } = &mut self.class_parts;
        let part = row.class_part as usize;
        notes[part].occurrences.rows -= 1;
        let mut own = PartNotes { findings: notes[part].findings.clone(), ..PartNotes::default() };
        own.occurrences.add(row.line);
        own.add(finding);
        row.class_part = u32::try_from(values.len()).unwrap_or(u32::MAX);
        values.push(values[part]);
        notes.push(own);
        self.teachers.of_part.push(None);
    }
}
