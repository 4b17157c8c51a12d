//! Which wanted entity is which stored one.

use std::collections::BTreeMap;

use homeroom_model::PerKind;
use homeroom_model::counts::Counts;
use homeroom_model::rekey::MatchedBy;

/// A stored entity, and how it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    /// Position in the stored list.
    pub(crate) position: usize,
    pub(crate) by: MatchedBy,
}

/// For each wanted entity of a kind the stored one that it is.
pub(crate) type Matches = Vec<Option<Match>>;

/// The matches of all four kinds.
pub(crate) type MatchesByKind = PerKind<Matches>;

/// How many entities were matched in which way.
pub(crate) fn count_matches(matches: &MatchesByKind) -> BTreeMap<MatchedBy, Counts> {
    let mut counts = BTreeMap::<MatchedBy, Counts>::new();
    for (kind, matches) in matches.iter() {
        for found in matches.iter().flatten() {
            *counts.entry(found.by).or_default().get_mut(kind) += 1;
        }
    }
    counts
}
