//! Makes one-to-one matches out of all pairs that could be the same.

use std::cmp::Reverse;
use std::hash::Hash;

use hashbrown::{HashMap, HashSet};
use homeroom_model::rekey::{Confidence, Evidence, MatchedBy};

/// A pair that could be the same entity.
pub(super) struct Pair {
    /// Position in the stored list.
    pub(super) old: usize,
    /// Position in the wanted list.
    pub(super) new: usize,
    pub(super) confidence: Confidence,
    /// Of two pairs with the same confidence the heavier one is more likely.
    pub(super) weight: u32,
    pub(super) evidence: Vec<Evidence>,
}

/// A pair that is more likely than any other of its two sides.
#[derive(Clone)]
pub(super) struct LikelyMatch {
    /// Position in the stored list.
    pub(super) old: usize,
    /// Position in the wanted list.
    pub(super) new: usize,
    pub(super) confidence: Confidence,
    pub(super) evidence: Vec<Evidence>,
    /// By a key that agrees, if the match is certain; else by evidence.
    pub(super) by: MatchedBy,
}

/// Picks the most certain pairs, each side once. A pair is doubtful if one of its sides has an equally good alternative.
pub(super) fn pair_up(mut pairs: Vec<Pair>) -> Vec<LikelyMatch> {
    pairs.sort_unstable_by_key(|pair| (Reverse((pair.confidence, pair.weight)), pair.old, pair.new));
    let mut best_of_old = HashMap::new();
    let mut best_of_new = HashMap::new();
    for pair in &pairs {
        for (best, position) in [(&mut best_of_old, pair.old), (&mut best_of_new, pair.new)] {
            let entry = best.entry(position).or_insert(((pair.confidence, pair.weight), 0_u32));
            entry.1 += u32::from(entry.0 == (pair.confidence, pair.weight));
        }
    }
    let mut likely = Vec::new();
    let (mut old_taken, mut new_taken) = (HashSet::new(), HashSet::new());
    for pair in pairs {
        if old_taken.contains(&pair.old) || new_taken.contains(&pair.new) {
            continue;
        }
        old_taken.insert(pair.old);
        new_taken.insert(pair.new);
        let strength = (pair.confidence, pair.weight);
        let is_only_choice = [best_of_old[&pair.old], best_of_new[&pair.new]]
            .iter()
            .all(|(best, count)| *best != strength || *count == 1);
        let Pair { old, new, mut confidence, mut evidence, .. } = pair;
        if !is_only_choice {
            confidence = Confidence::Doubtful;
            evidence.push(Evidence::NotTheOnlyOne);
        }
        likely.push(LikelyMatch { old, new, confidence, evidence, by: MatchedBy::Evidence });
    }
    likely.sort_unstable_by_key(|found| found.old);
    likely
}

/// Pairs of positions whose key occurs exactly once on each side.
pub(super) fn once_on_both_sides<'k, K: Hash + Eq + 'k>(
    old: impl Iterator<Item = (K, usize)>,
    new: impl Iterator<Item = (K, usize)>,
) -> Vec<(usize, usize)> {
    let mut sides = HashMap::<K, [Option<Result<usize, ()>>; 2]>::new();
    let mut note = |key: K, position: usize, side: usize| {
        let place = &mut sides.entry(key).or_default()[side];
        *place = Some(if place.is_none() { Ok(position) } else { Err(()) });
    };
    old.for_each(|(key, position)| note(key, position, 0));
    new.for_each(|(key, position)| note(key, position, 1));
    let mut pairs =
        sides.into_values().filter_map(|[old, new]| Some((old?.ok()?, new?.ok()?))).collect::<Vec<_>>();
    pairs.sort_unstable();
    pairs
}
