//! The student side of the rows, worked on beside the pass over the file: the machine has a second core.

use std::sync::mpsc::Receiver;

use homeroom_model::column::Column;
use homeroom_model::profile::Profile;
use homeroom_model::protected::Protected;
use homeroom_model::roster::Student;
use homeroom_model::string_arena::StrId;

use crate::flat::SAMPLES;
use crate::half_table::HalfTable;
use crate::halves::{Cells, Halves};
use crate::people;
use crate::protect;

/// How the bytes of a half begin whose cells do not stand beside each other in the file, and what stands behind each of its
/// cells. Neither byte is ever part of UTF-8 (RFC 3629 section 3).
pub(crate) const APART: u8 = 0xFF;
pub(crate) const PARTED: u8 = 0xFE;

/// The student halves of some rows, one after the other, and the rows among them whose cells cannot be told.
#[derive(Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    halves: Vec<RowHalf>,
    damaged: Vec<Box<[u8]>>,
    damaged_bytes: usize,
}

/// Where a half ends in the bytes of its batch, and the line of its row.
struct RowHalf {
    end: u32,
    line: u32,
}

/// Rows in a batch, and bytes of them: several batches wait for each other, and a row may have a megabyte.
const ROWS: usize = 1_024;
const BYTES: usize = 1 << 20;

impl Batch {
    /// Adds the half of a row.
    pub(crate) fn push(&mut self, half: &[u8], line: u32) {
        self.bytes.extend_from_slice(half);
        self.halves.push(RowHalf { end: self.bytes.len() as u32, line });
    }

    /// Adds a damaged row.
    pub(crate) fn push_damaged(&mut self, row: &[u8]) {
        self.damaged.push(row.into());
        self.damaged_bytes += row.len();
    }

    /// Whether it is worth being sent.
    pub(crate) fn is_full(&self) -> bool {
        self.halves.len() + self.damaged.len() >= ROWS || self.bytes.len() + self.damaged_bytes >= BYTES
    }

    /// Gives what it holds away and begins again, expecting as much.
    pub(crate) fn take(&mut self) -> Batch {
        let next = Batch {
            bytes: Vec::with_capacity(self.bytes.len()),
            halves: Vec::with_capacity(self.halves.len()),
            damaged: vec![],
            damaged_bytes: 0,
        };
        std::mem::replace(self, next)
    }
}

/// What the student side of a file holds.
pub(crate) struct Students<'p> {
    profile: &'p Profile,
    /// The columns of the half in the order of the file.
    columns: Vec<Column>,
    separator: u8,
    table: HalfTable,
    pub(crate) halves: Halves<Student>,
    /// For each row the number of its half.
    pub(crate) of_rows: Vec<u32>,
    /// What the damaged rows name.
    pub(crate) protected: Protected,
    /// Names with letters outside ASCII.
    pub(crate) samples: Vec<StrId>,
}

impl<'p> Students<'p> {
    pub(crate) fn new(columns: Vec<Column>, separator: u8, profile: &'p Profile) -> Students<'p> {
        Students {
            profile,
            columns,
            separator,
            table: HalfTable::default(),
            halves: Halves::default(),
            of_rows: vec![],
            protected: Protected::default(),
            samples: vec![],
        }
    }

    /// Takes batches until there are no more, then resolves who is named.
    pub(crate) fn take_all(mut self, batches: &Receiver<Batch>) -> Students<'p> {
        let columns = std::mem::take(&mut self.columns);
        while let Ok(batch) = batches.recv() {
            for row in &batch.damaged {
                protect::damaged_row(&mut self.protected, row, self.separator);
            }
            let mut cells = Vec::with_capacity(columns.len());
            let mut start = 0;
            for RowHalf { end, line } in &batch.halves {
                let end = *end as usize;
                let half = &batch.bytes[start..end];
                start = end;
                let (number, new) = self.table.number(half);
                if new {
                    let (half, parted) = match half.strip_prefix(&[APART]) {
                        Some(half) => (half, PARTED),
                        None => (half, self.separator),
                    };
                    cells.clear();
                    cells.extend(half.split(|byte| *byte == parted));
                    self.add(&columns, &cells);
                }
                self.halves.seen[number as usize].uses.count(*line);
                self.of_rows.push(number);
            }
        }
        // The bytes of the halves are not needed any more, and telling people apart takes memory of its own.
        self.table = HalfTable::default();
        self.halves.resolve(|half| half.person, &people::STUDENTS);
        self
    }

    fn add(&mut self, columns: &[Column], cells: &[&[u8]]) {
        let half =
            self.halves.add(Cells::Listed { columns, cells }, self.profile, |reader| reader.student_half());
        for name in [half.person.last_name, half.person.first_name] {
            let text = |name| self.halves.texts.get(name);
            let is_new = || !self.samples.iter().any(|known| text(*known) == text(name));
            if self.samples.len() < SAMPLES && !text(name).is_ascii() && is_new() {
                self.samples.push(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Batch;

    #[test]
    fn a_few_long_rows_fill_a_batch_as_many_short_ones_do() {
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
