//! The student parts of the rows, numbered and validated on a thread of their own while the file is read.

use std::sync::mpsc::Receiver;

use homeroom_model::column::Column;
use homeroom_model::profile::Profile;
use homeroom_model::protected::Protected;
use homeroom_model::roster::Student;

use crate::part_index::{PartIndex, PartNumber};
use crate::part_reader::PartCells;
use crate::people::{self, People};
use crate::protect;
use crate::row_parts::RowParts;
use crate::shared_ids;

/// Marker bytes for a part built from non-adjacent cells: `CELLS_APART` comes first, `AFTER_CELL` after each cell. Neither
/// byte ever occurs in UTF-8 (RFC 3629 section 3).
pub(crate) const CELLS_APART: u8 = 0xFF;
pub(crate) const AFTER_CELL: u8 = 0xFE;

/// The student parts of some rows, one after the other, and the damaged rows among them.
#[derive(Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    parts: Vec<BatchedPart>,
    damaged: Vec<Box<[u8]>>,
    damaged_bytes: usize,
}

/// Where a part ends in the bytes of its batch, and the line of its row.
struct BatchedPart {
    end: u32,
    line: u32,
}

/// How many rows a batch has.
const BATCH_ROWS: usize = 1_024;
/// How many bytes a batch has: several batches wait at once, and a row may have a megabyte.
const BATCH_BYTES: usize = 1 << 20;

impl Batch {
    /// Adds the part of a row.
    pub(crate) fn push(&mut self, part: &[u8], line: u32) {
        self.bytes.extend_from_slice(part);
        self.parts.push(BatchedPart { end: self.bytes.len() as u32, line });
    }

    /// Adds a damaged row.
    pub(crate) fn push_damaged(&mut self, row: &[u8]) {
        self.damaged.push(row.into());
        self.damaged_bytes += row.len();
    }

    /// Whether it is large enough to be sent.
    pub(crate) fn is_full(&self) -> bool {
        self.parts.len() + self.damaged.len() >= BATCH_ROWS
            || self.bytes.len() + self.damaged_bytes >= BATCH_BYTES
    }

    /// Takes the content; the batch is then empty, with the same capacity.
    pub(crate) fn take(&mut self) -> Batch {
        let next = Batch {
            bytes: Vec::with_capacity(self.bytes.len()),
            parts: Vec::with_capacity(self.parts.len()),
            damaged: vec![],
            damaged_bytes: 0,
        };
        std::mem::replace(self, next)
    }
}

/// The student parts of a file.
pub(crate) struct StudentParts<'p> {
    profile: &'p Profile,
    /// The columns of the part in the order of the file.
    columns: Vec<Column>,
    separator: u8,
    index: PartIndex,
    pub(crate) parts: RowParts<Student>,
    /// For each row the number of its part.
    pub(crate) of_rows: Vec<u32>,
    /// What the damaged rows name.
    pub(crate) protected: Protected,
}

impl<'p> StudentParts<'p> {
    pub(crate) fn new(columns: Vec<Column>, separator: u8, profile: &'p Profile) -> StudentParts<'p> {
        StudentParts {
            profile,
            columns,
            separator,
            index: PartIndex::default(),
            parts: RowParts::default(),
            of_rows: vec![],
            protected: Protected::default(),
        }
    }

    /// Reads batches until there are no more, then groups the parts by the student that they name.
    pub(crate) fn read_all(mut self, batches: &Receiver<Batch>) -> (StudentParts<'p>, People) {
        let columns = std::mem::take(&mut self.columns);
        while let Ok(batch) = batches.recv() {
            self.read(&batch, &columns);
        }
        // The bytes of the parts are not needed any more, and grouping takes memory of its own.
        self.index = PartIndex::default();
        let people = people::resolve(&mut self.parts, |student| student.person, &people::STUDENT);
        shared_ids::leave_out_of_students(&mut self.parts, &people);
        (self, people)
    }

    fn read(&mut self, batch: &Batch, columns: &[Column]) {
        for row in &batch.damaged {
            protect::damaged_row(&mut self.protected, row, self.separator);
        }
        let mut cells = Vec::with_capacity(columns.len());
        let mut start = 0;
        for BatchedPart { end, line } in &batch.parts {
            let end = *end as usize;
            let part = &batch.bytes[start..end];
            start = end;
            let number = self.index.number(part);
            if let PartNumber::New(_) = number {
                let (part, separator) = match part.strip_prefix(&[CELLS_APART]) {
                    Some(part) => (part, AFTER_CELL),
                    None => (part, self.separator),
                };
                cells.clear();
                cells.extend(part.split(|byte| *byte == separator));
                let cells = PartCells::Listed { columns, cells: &cells };
                self.parts.add(cells, self.profile, |reader| reader.student());
            }
            let number = number.as_u32();
            self.parts.notes[number as usize].occurrences.add(*line);
            self.of_rows.push(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Batch;

    #[test]
    fn a_batch_is_full_after_a_few_long_rows() {
        let long = vec![b'x'; 600_000];
        let mut batch = Batch::default();
        batch.push(&long, 2);
        assert!(!batch.is_full());
        batch.push_damaged(&long);
        assert!(batch.is_full());
        batch.take();
        assert!(!batch.is_full());
    }
}
