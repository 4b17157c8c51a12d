//! Matches the entities of one kind, one key after the other.

use homeroom_model::rekey::MatchedBy;

use super::key_index::KeyIndex;
use super::matches::{Match, Matches};

/// The matches found so far, and which stored entities are free.
pub(super) struct Finder {
    taken: Vec<bool>,
    matches: Matches,
}

impl Finder {
    pub(super) fn new(stored: usize, wanted: usize) -> Finder {
        Finder { taken: vec![false; stored], matches: vec![None; wanted] }
    }

    /// Matches each wanted entity that has no match yet to the first free one under its key that `fits`: it gets the positions of
    /// the wanted and the stored one.
    pub(super) fn match_by<'k>(
        &mut self,
        by: MatchedBy,
        index: &KeyIndex<'_>,
        key: impl Fn(usize) -> &'k str,
        mut fits: impl FnMut(usize, usize) -> bool,
    ) {
        for at in 0..self.matches.len() {
            if self.matches[at].is_none() {
                let mut free = index.find(key(at)).filter(|position| !self.taken[*position]);
                if let Some(position) = free.find(|position| fits(at, *position)) {
                    self.taken[position] = true;
                    self.matches[at] = Some(Match { position, by });
                }
            }
        }
    }

    pub(super) fn into_matches(self) -> Matches {
        self.matches
    }
}
