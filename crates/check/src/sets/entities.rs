//! The schools, classes and people that the files of a set list, each found by its key.

use hashbrown::HashMap;
use homeroom_model::column::Column;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::profile::Profile;
use homeroom_model::roster::{Person, School, Student};
use homeroom_read::TableRow;

use crate::part_reader::{PartCells, PartReader};
use crate::row_parts::{ClassPart, PartFinding, PartNotes, RowParts};
use crate::sets::file_columns::{ColumnNames, FileColumns};

/// All entities of a set, without the links between them.
#[derive(Default)]
pub(super) struct Entities {
    pub(super) schools: EntityRows<School>,
    pub(super) classes: EntityRows<ClassPart>,
    pub(super) teachers: EntityRows<Person>,
    pub(super) students: EntityRows<Student>,
}

/// The rows of one kind of entity. Each is a part of what the flat CSV has in a row.
#[derive(Default)]
pub(super) struct EntityRows<P> {
    pub(super) parts: RowParts<P>,
    pub(super) column_names: ColumnNames,
    /// For each key the first row that has it.
    pub(super) by_key: HashMap<Box<str>, u32>,
}

/// A row of a file, with the key of its entity.
pub(super) struct EntityRow<'r> {
    pub(super) columns: &'r FileColumns<'r>,
    pub(super) row: &'r TableRow<'r>,
    pub(super) key: &'r str,
}

impl<P: Copy> EntityRows<P> {
    /// Adds a row; its cells are those that the flat CSV has, too.
    pub(super) fn add(
        &mut self,
        row: &EntityRow<'_>,
        profile: &Profile,
        read: impl FnOnce(PartReader<'_, '_>) -> (P, PartNotes),
    ) {
        let (columns, cells) = row.columns.flat(row.row);
        self.add_cells(row, PartCells::Listed { columns: &columns, cells: &cells }, profile, read);
    }

    /// Adds a row with these cells.
    pub(super) fn add_cells<'c>(
        &mut self,
        row: &EntityRow<'_>,
        cells: PartCells<'c>,
        profile: &'c Profile,
        read: impl FnOnce(PartReader<'c, '_>) -> (P, PartNotes),
    ) {
        if self.parts.values.is_empty() {
            self.column_names = row.columns.names();
        }
        self.parts.add(cells, profile, read);
        let number = self.parts.values.len() - 1;
        let notes = &mut self.parts.notes;
        notes[number].occurrences.add(row.row.line);
        if !row.key.is_empty() {
            let known = self.by_key.entry(row.key.into()).or_insert(number as u32);
            // If several rows have the same key, the first one that is not rejected counts.
            if notes[*known as usize].rejected {
                *known = number as u32;
            }
        }
    }

    /// Adds a stored entity that a delta does not mention. Its line is 0.
    pub(super) fn add_stored(&mut self, key: &str, part: impl FnOnce(&mut RowParts<P>) -> P) {
        if key.is_empty() || self.by_key.contains_key(key) {
            return;
        }
        let number = self.parts.values.len();
        let part = part(&mut self.parts);
        self.parts.values.push(part);
        self.parts.notes.push(PartNotes::default());
        self.parts.notes[number].occurrences.add(0);
        self.by_key.insert(key.into(), number as u32);
    }

    /// The row with this key.
    pub(super) fn get(&self, key: &str) -> Option<u32> {
        self.by_key.get(key).copied()
    }
}

/// Reports a person without the id by which the other files name them.
pub(super) fn report_missing_id(notes: &mut PartNotes, column: Column, key: &str) {
    let is_reported = notes.rejected && notes.findings.iter().any(|finding| finding.column == column);
    if key.is_empty() && !is_reported && !notes.is_placeholder {
        let message = "The id by which the other files name this person is missing.";
        notes.add(PartFinding::new(FindingCode::PersonIdMissing, column, "", message));
    }
}
