//! The things of a roster, as the files of a set list them: schools, classes and people, each found by its key.

use hashbrown::HashMap;
use homeroom_model::column::Column;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::profile::Profile;
use homeroom_model::roster::{Person, School, Student};
use homeroom_read::TableRow;

use crate::halves::{Cells, ClassHalf, HalfReader, Halves, Seen};
use crate::sets::tables::{ColumnNames, Fields};

/// The rows of one kind of thing. A half is what the flat CSV has of it in one row.
#[derive(Default)]
pub(super) struct Rows<H> {
    pub(super) halves: Halves<H>,
    pub(super) names: ColumnNames,
    /// For each key the first row that has it.
    pub(super) by_key: HashMap<Box<str>, u32>,
}

impl<H: Copy> Rows<H> {
    /// Adds a row of a file.
    pub(super) fn add<'c>(
        &mut self,
        fields: &Fields<'_>,
        row: &TableRow<'_>,
        key: &str,
        cells: Cells<'c>,
        profile: &'c Profile,
        read: impl FnOnce(HalfReader<'c, '_>) -> (H, Seen),
    ) {
        if self.halves.list.is_empty() {
            self.names = fields.names();
        }
        self.halves.add(cells, profile, read);
        let number = self.halves.list.len() - 1;
        self.halves.seen[number].uses.count(row.line);
        if !key.is_empty() {
            let seen = &self.halves.seen;
            let row = self.by_key.entry(key.into()).or_insert(number as u32);
            // Of two rows with one key the others mean the one that is good.
            if seen[*row as usize].rejected {
                *row = number as u32;
            }
        }
    }

    /// Adds what is stored and no row of a delta speaks of. Its line is 0.
    pub(super) fn add_stored(&mut self, key: &str, half: impl FnOnce(&mut Halves<H>) -> H) {
        let number = self.halves.list.len();
        if key.is_empty() || self.by_key.contains_key(key) {
            return;
        }
        let half = half(&mut self.halves);
        self.halves.list.push(half);
        self.halves.seen.push(Seen::default());
        self.halves.seen[number].uses.count(0);
        self.by_key.insert(key.into(), number as u32);
    }

    /// The row with this key.
    pub(super) fn get(&self, key: &str) -> Option<u32> {
        self.by_key.get(key).copied()
    }
}

/// Everything but the links between them.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) schools: Rows<School>,
    pub(super) classes: Rows<ClassHalf>,
    pub(super) teachers: Rows<Person>,
    pub(super) students: Rows<Student>,
}

/// A person without the id that all other files name it by.
pub(super) fn id_missing(seen: &mut Seen, column: Column, key: &str) {
    let said = |seen: &Seen| seen.issues.iter().any(|issue| issue.column == column && seen.rejected);
    if key.is_empty() && !said(seen) && !seen.nobody {
        seen.say(
            column,
            FindingCode::PersonIdMissing,
            "",
            "The id is missing, by which the other files name this person.",
        );
    }
}
