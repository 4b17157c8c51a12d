//! The names by which the columns of a table are known.

use std::collections::HashMap;

use homeroom_model::column::{Column, plain};
use homeroom_model::profile::Profile;

/// The columns of one kind of table: how they are called, and which must be there.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    names: Vec<&'static str>,
    required: Vec<bool>,
    /// Columns by each of their names, written as [`plain`] gives it.
    by_name: HashMap<String, usize>,
    /// Names that a district gives its columns: they count before all others.
    own: HashMap<String, usize>,
}

impl Vocabulary {
    /// The flat CSV, with the names of a district's profile.
    pub fn flat(profile: &Profile) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for column in Column::ALL {
            vocabulary.add(column.name(), column.synonyms(), column.is_required());
        }
        for (cell, name) in &profile.columns {
            if let Some(column) = Column::named(name) {
                vocabulary.own.insert(plain(cell), column.into());
            }
        }
        vocabulary
    }

    /// Columns in their order, each with its names; the first is its standard name.
    pub fn of(columns: &[(&[&'static str], bool)]) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for (names, required) in columns {
            vocabulary.add(names[0], &names[1..], *required);
        }
        vocabulary
    }

    fn add(&mut self, name: &'static str, synonyms: &[&str], required: bool) {
        let number = self.names.len();
        for name in [name].iter().chain(synonyms) {
            self.by_name.insert(plain(name), number);
        }
        self.names.push(name);
        self.required.push(required);
    }

    /// How many columns there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The column's standard name.
    pub(crate) fn name(&self, column: usize) -> &'static str {
        self.names[column]
    }

    pub(crate) fn is_required(&self, column: usize) -> bool {
        self.required[column]
    }

    /// The column that the district means by a header cell.
    pub(crate) fn own(&self, plain_cell: &str) -> Option<usize> {
        self.own.get(plain_cell).copied()
    }

    /// The column that everybody means by a header cell.
    pub(crate) fn known(&self, plain_cell: &str) -> Option<usize> {
        self.by_name.get(plain_cell).copied()
    }
}
