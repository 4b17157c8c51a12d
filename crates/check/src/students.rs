//! The student side of the rows, worked on beside the pass over the file: the machine has a second core.

use std::sync::mpsc::Receiver;

use homeroom_model::texts::{Text, Texts};
use homeroom_read::Column;

use crate::half_table::HalfTable;
use crate::halves::{Cells, HalfReader, Seen, StudentHalf};

/// How the cells of a half are parted when they do not stand beside each other in the file. A cell that holds this
/// control character itself is rejected for it, whatever it is then taken for.
pub(crate) const PARTED: u8 = 0x1F;

/// The student halves of some rows, one after the other.
#[derive(Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    lines: Vec<u32>,
}

/// Rows in a batch.
const ROWS: usize = 4_096;
/// The first byte of a half: whether its cells are parted as in the file, or by [`PARTED`].
const AS_IN_FILE: u8 = 0;
const APART: u8 = 1;

impl Batch {
    /// Adds the half of a row.
    pub(crate) fn push(&mut self, half: &[u8], as_in_file: bool, line: u32) {
        self.bytes.push(if as_in_file { AS_IN_FILE } else { APART });
        self.bytes.extend_from_slice(half);
        self.ends.push(self.bytes.len() as u32);
        self.lines.push(line);
    }

    /// Whether it is worth being sent.
    pub(crate) fn is_full(&self) -> bool {
        self.lines.len() >= ROWS
    }
}

/// What the student side of a file holds.
pub(crate) struct Students {
    table: HalfTable,
    /// The columns of the half in the order of the file.
    columns: Vec<Column>,
    separator: u8,
    pub(crate) texts: Texts,
    pub(crate) halves: Vec<StudentHalf>,
    pub(crate) seen: Vec<Seen>,
    /// For each row the number of its half.
    pub(crate) of_row: Vec<u32>,
    /// Names with letters outside ASCII.
    pub(crate) samples: Vec<Text>,
}

impl Students {
    pub(crate) fn new(columns: Vec<Column>, separator: u8) -> Students {
        Students {
            table: HalfTable::default(),
            columns,
            separator,
            texts: Texts::default(),
            halves: vec![],
            seen: vec![],
            of_row: vec![],
            samples: vec![],
        }
    }

    /// Takes batches until there are no more.
    pub(crate) fn take_all(mut self, batches: &Receiver<Batch>) -> Students {
        while let Ok(batch) = batches.recv() {
            let mut start = 0;
            for (end, line) in batch.ends.iter().zip(&batch.lines) {
                let end = *end as usize;
                self.take(&batch.bytes[start..end], *line);
                start = end;
            }
        }
        self.table = HalfTable::default();
        self
    }

    fn take(&mut self, half: &[u8], line: u32) {
        let (number, new) = self.table.number(half);
        if new {
            self.add(half, line);
        }
        let seen = &mut self.seen[number as usize];
        seen.rows += 1;
        seen.last_line = line;
        self.of_row.push(number);
    }

    fn add(&mut self, half: &[u8], line: u32) {
        let parted = if half[0] == AS_IN_FILE { self.separator } else { PARTED };
        let cells = half[1..].split(|byte| *byte == parted).collect::<Vec<_>>();
        let cells = Cells::Listed { columns: &self.columns, cells: &cells };
        let reader = HalfReader { cells, texts: &mut self.texts, seen: Seen::default() };
        let (half, mut seen) = reader.student_half();
        seen.first_line = line;
        self.halves.push(half);
        self.seen.push(seen);
        for name in [half.person.last_name, half.person.first_name] {
            if self.samples.len() < 3 && !self.texts.get(name).is_ascii() {
                self.samples.push(name);
            }
        }
    }
}
