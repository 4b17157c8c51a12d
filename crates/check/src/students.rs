//! The student side of the rows, worked on beside the pass over the file: the machine has a second core.

use std::sync::mpsc::Receiver;

use homeroom_model::roster::Student;
use homeroom_model::texts::{Text, Texts};
use homeroom_read::Column;

use crate::halves::{Cells, HalfReader, Seen};

/// How the bytes of a half begin whose cells do not stand beside each other in the file, and what stands behind each of its
/// cells. Neither byte is ever part of UTF-8 (RFC 3629 section 3).
pub(crate) const APART: u8 = 0xFF;
pub(crate) const PARTED: u8 = 0xFE;

/// Student halves that were seen for the first time, one after the other.
#[derive(Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

/// Halves in a batch.
const HALVES: usize = 1_024;

impl Batch {
    /// Adds a half.
    pub(crate) fn push(&mut self, half: &[u8]) {
        self.bytes.extend_from_slice(half);
        self.ends.push(self.bytes.len() as u32);
    }

    /// Whether it is worth being sent.
    pub(crate) fn is_full(&self) -> bool {
        self.ends.len() >= HALVES
    }
}

/// What the student side of a file holds.
pub(crate) struct Students {
    /// The columns of the half in the order of the file.
    columns: Vec<Column>,
    separator: u8,
    pub(crate) texts: Texts,
    pub(crate) halves: Vec<Student>,
    pub(crate) seen: Vec<Seen>,
    /// Names with letters outside ASCII.
    pub(crate) samples: Vec<Text>,
}

impl Students {
    pub(crate) fn new(columns: Vec<Column>, separator: u8) -> Students {
        Students {
            columns,
            separator,
            texts: Texts::default(),
            halves: vec![],
            seen: vec![],
            samples: vec![],
        }
    }

    /// Takes batches until there are no more.
    pub(crate) fn take_all(mut self, batches: &Receiver<Batch>) -> Students {
        let columns = std::mem::take(&mut self.columns);
        while let Ok(batch) = batches.recv() {
            let mut cells = Vec::with_capacity(columns.len());
            let mut start = 0;
            for end in &batch.ends {
                let end = *end as usize;
                let half = &batch.bytes[start..end];
                let (half, parted) = match half.strip_prefix(&[APART]) {
                    Some(half) => (half, PARTED),
                    None => (half, self.separator),
                };
                cells.clear();
                cells.extend(half.split(|byte| *byte == parted));
                self.add(&columns, &cells);
                start = end;
            }
        }
        self
    }

    fn add(&mut self, columns: &[Column], cells: &[&[u8]]) {
        let cells = Cells::Listed { columns, cells };
        let reader = HalfReader { cells, texts: &mut self.texts, seen: Seen::default() };
        let (half, seen) = reader.student_half();
        self.halves.push(half);
        self.seen.push(seen);
        for name in [half.person.last_name, half.person.first_name] {
            if self.samples.len() < 3 && !self.texts.get(name).is_ascii() {
                self.samples.push(name);
            }
        }
    }
}
