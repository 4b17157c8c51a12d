//! A permanent person: what is true of them now, and what ever was.

use std::collections::BTreeSet;

/// The position of a person in the truth's list; it never changes.
pub(crate) type PersonId = usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Student,
    Teacher,
}

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) role: Role,
    pub(crate) first: String,
    pub(crate) last: String,
    /// The names in Latin letters, for addresses and for a SIS that writes no others.
    pub(crate) latin: (String, String),
    pub(crate) sis_id: String,
    pub(crate) email: String,
    pub(crate) clever_id: String,
    pub(crate) username: String,
    pub(crate) grade: u8,
    pub(crate) school: usize,
    /// A student's classes; those of a teacher are in [`super::Class::teachers`].
    pub(crate) classes: BTreeSet<usize>,
    pub(crate) here: bool,
    pub(crate) twin: Option<PersonId>,
    /// Every name that was ever theirs.
    pub(crate) names_ever: BTreeSet<(String, String)>,
    /// Every key that was ever theirs, in lower case.
    pub(crate) keys_ever: BTreeSet<String>,
}

impl Person {
    /// The keys in force, in lower case.
    pub(crate) fn keys(&self) -> impl Iterator<Item = String> {
        let keys = [&self.sis_id, &self.email, &self.clever_id, &self.username];
        keys.into_iter().filter(|key| !key.is_empty()).map(|key| key.to_lowercase())
    }

    /// Adds today's names and keys to those that ever were.
    pub(crate) fn remember(&mut self) {
        let keys = self.keys().collect::<Vec<_>>();
        self.keys_ever.extend(keys);
        self.names_ever.insert((self.first.clone(), self.last.clone()));
    }
}
