//! A student of the simulated district.

use std::collections::BTreeSet;

use super::names::{FIRST, LAST};

/// A student under their present name and keys.
#[derive(Clone, Debug)]
pub(super) struct Student {
    /// Stays the same through changes of name and keys.
    pub(super) identity: usize,
    /// Position in [`FIRST`].
    pub(super) first: usize,
    /// Position in [`LAST`].
    pub(super) last: usize,
    /// The address before the `@`.
    pub(super) local: String,
    pub(super) number: u32,
    pub(super) grade: u8,
    /// Numbers of classes.
    pub(super) classes: BTreeSet<u8>,
}

impl Student {
    /// `ava.lindqvist.7`
    pub(super) fn local_part(identity: usize, first: usize, last: usize) -> String {
        format!("{}.{}.{identity}", FIRST[first], LAST[last]).to_lowercase()
    }

    /// Takes another last name, and an address with it.
    pub(super) fn rename(&mut self, last: usize) {
        self.last = last;
        self.local = Student::local_part(self.identity, self.first, last);
    }

    /// Goes from the first class to another.
    pub(super) fn move_to(&mut self, class: u8) {
        self.classes.pop_first();
        self.classes.insert(class);
    }
}
