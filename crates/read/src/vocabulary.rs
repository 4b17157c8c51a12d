//! The names by which the columns of a table are recognized.

use std::collections::HashMap;

use homeroom_model::column::{Column, normalized};
use homeroom_model::profile::Profile;

/// The columns of one kind of table: their names, and which are required. A column is identified by its position in the
/// vocabulary.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    names: Vec<&'static str>,
    required: Vec<bool>,
    /// Columns by each of their names, as [`plain`] writes it.
    by_name: HashMap<String, usize>,
    /// Names that a district gives its columns; they take precedence.
    by_district_name: HashMap<String, usize>,
}

impl Vocabulary {
    /// The flat CSV, with the names of a district's profile.
    pub fn flat(profile: &Profile) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for column in Column::ALL {
            vocabulary.add(column.name(), column.synonyms());
            vocabulary.required.push(column.is_required());
        }
        for (cell, name) in &profile.columns {
            if let Some(column) = Column::named(name) {
                vocabulary.by_district_name.insert(normalized(cell), column.into());
            }
        }
        vocabulary
    }

    /// Columns in their order: the names of each, the standard one first, and whether it is required.
    pub fn from_columns(columns: &[(&[&'static str], bool)]) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for (names, is_required) in columns {
            vocabulary.add(names[0], &names[1..]);
            vocabulary.required.push(*is_required);
        }
        vocabulary
    }

    fn add(&mut self, name: &'static str, synonyms: &[&str]) {
        let column = self.names.len();
        for name in [name].iter().chain(synonyms) {
            self.by_name.insert(normalized(name), column);
        }
        self.names.push(name);
    }

    /// The number of columns.
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

    /// The column to which the district gives this name.
    pub(crate) fn by_district_name(&self, plain_cell: &str) -> Option<usize> {
        self.by_district_name.get(plain_cell).copied()
    }

    /// The column with this standard name or synonym.
    pub(crate) fn by_name(&self, plain_cell: &str) -> Option<usize> {
        self.by_name.get(plain_cell).copied()
    }
}
