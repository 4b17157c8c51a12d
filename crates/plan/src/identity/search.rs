//! What evidence is searched in: both rosters, and their entities that keys left unmatched.

use hashbrown::HashSet;
use homeroom_model::PerKind;
use homeroom_model::entity::Entity;
use homeroom_model::roster::Roster;
use homeroom_model::stored::{Stored, StoredRoster};

use super::distrust::Distrust;
use super::known::Known;
use super::matches::{Matches, MatchesByKind};
use super::pairing::LikelyMatch;
use crate::protection::ProtectedNumbers;

/// Both rosters, and what is known so far about which entity is which.
pub(super) struct Search<'s> {
    pub(super) stored: &'s StoredRoster,
    pub(super) wanted: &'s Roster,
    pub(super) matches: &'s mut MatchesByKind,
    pub(super) protected: &'s ProtectedNumbers,
    /// Columns that went wrong.
    pub(super) distrust: &'s Distrust,
    pub(super) unmatched: PerKind<Unmatched>,
    /// What people decided, or will.
    pub(super) known: PerKind<Known>,
}

/// What a search found, and what it took.
#[derive(Default)]
pub(super) struct Found {
    pub(super) likely: Vec<LikelyMatch>,
    /// How many stored ones were not found, and share a name, or a part of a key, with too many others to be compared by it.
    pub(super) alike: usize,
    /// How many pairs were compared.
    pub(super) compared: usize,
}

impl From<Vec<LikelyMatch>> for Found {
    fn from(likely: Vec<LikelyMatch>) -> Found {
        Found { likely, ..Found::default() }
    }
}

/// Records of one kind that have no match.
pub(super) struct Unmatched {
    /// Positions of active stored entities that the file does not list.
    pub(super) gone: Vec<usize>,
    /// Positions of wanted entities that are not stored; left empty when none is gone.
    pub(super) new: Vec<usize>,
}

impl Unmatched {
    /// Those without a match; `excluded` are stored ones that no evidence may match.
    pub(super) fn new<V: Entity>(
        stored: &[Stored<V>],
        excluded: &HashSet<V::Number>,
        matches: &Matches,
    ) -> Unmatched {
        let mut is_matched = vec![false; stored.len()];
        matches.iter().flatten().for_each(|found| is_matched[found.position] = true);
        let is_gone = |position: &usize| {
            let old = &stored[*position];
            old.active && !is_matched[*position] && !excluded.contains(&old.number)
        };
        let gone = (0..stored.len()).filter(is_gone).collect::<Vec<_>>();
        let new = if gone.is_empty() {
            vec![]
        } else {
            (0..matches.len()).filter(|at| matches[*at].is_none()).collect()
        };
        Unmatched { gone, new }
    }

    /// Whether there is nothing to compare.
    pub(super) fn is_empty(&self) -> bool {
        self.gone.is_empty() || self.new.is_empty()
    }
}

/// For each wanted entity the number of the stored one that it is.
pub(super) fn matched_numbers<V: Entity>(matches: &Matches, stored: &[Stored<V>]) -> Vec<Option<V::Number>> {
    matches.iter().map(|found| found.map(|found| stored[found.position].number)).collect()
}
