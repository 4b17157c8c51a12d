//! A position in a list. An `Option` of it takes four bytes, as the hot lists need.

use std::num::NonZeroU32;

/// A position in a list of fewer than `u32::MAX` items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position(NonZeroU32);

impl Position {
    /// The position at this index.
    pub(crate) fn new(index: u32) -> Position {
        Position(NonZeroU32::MIN.saturating_add(index))
    }

    /// The index, counted from 0.
    pub(crate) fn as_u32(self) -> u32 {
        self.0.get() - 1
    }

    /// The same for indexing.
    pub(crate) fn index(self) -> usize {
        self.as_u32() as usize
    }
}
