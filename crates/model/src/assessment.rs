//! What is wrong with a whole column of a file, as a comparison with the stored roster shows.

use crate::column::Column;
use crate::entity::EntityRef;

/// What happened to a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ColumnFault {
    /// Its values stand beside other people than before: it slipped by some rows, or was sorted without the others.
    Moved,
    /// It holds the values of the other column.
    Exchanged,
    /// It is empty for many who had a value.
    Emptied,
    /// Many of its values are damaged or empty. The stored ones are kept, and nobody new comes with such a value.
    Kept,
    /// It holds one value for many who had different ones, or a series.
    Filled,
    /// Its values are those of an earlier school year, and so is the whole file.
    EarlierYear,
}

/// A column that went wrong, and whom it concerns. Changes that follow from it wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnVerdict {
    /// What happened.
    pub fault: ColumnFault,
    /// The column; of two that are exchanged the first.
    pub column: Column,
    /// The stored people whose values the column changes; the classes, when teachers stand beside other classes.
    pub entities: Vec<EntityRef>,
    /// The numbers and the cause, in a sentence or two.
    pub message: String,
}

impl ColumnVerdict {
    /// Whether nothing of the file can be believed.
    pub fn is_about_whole_file(&self) -> bool {
        self.fault == ColumnFault::EarlierYear
    }
}
