//! Recognizes schools under another `school_id`.

use std::collections::BTreeSet;

use hashbrown::HashMap;
use homeroom_model::entity::{ByNumber, SchoolNumber};
use homeroom_model::name::folded;
use homeroom_model::rekey::{Confidence, Evidence};

use super::pairing::{LikelyMatch, Pair, pair_up};
use super::search::Search;
use super::similar_ids::similarity;

/// The most schools of one name that are compared with each other.
const MAX_NAMESAKES: usize = 60;

/// Compares schools that are gone with new ones of the same name, or with classes of theirs.
pub(super) fn find(search: &Search<'_>) -> Vec<LikelyMatch> {
    let Search { stored, wanted, unmatched, .. } = search;
    if unmatched.schools.is_empty() {
        return vec![];
    }
    let moved = MovedClasses::new(search);
    let namesakes = namesakes(search);
    let mut pairs = Vec::new();
    for (old, new) in moved.counts.keys().chain(&namesakes).copied().collect::<BTreeSet<_>>() {
        if !search.known.schools.allows(old, new) {
            continue;
        }
        let (old_school, new_school) = (&stored.schools[old].values, &wanted.schools[new]);
        let same_name =
            folded(stored.texts.get(old_school.name)) == folded(wanted.texts.get(new_school.name));
        let similar = similarity(stored.texts.get(old_school.key), wanted.texts.get(new_school.key));
        let (moved, percent) = moved.between(search, old, new);
        let confidence = match (same_name, similar.is_some(), percent) {
            (true, _, _) => Confidence::Certain,
            // A single class says little: it may have gone to another school.
            (false, true, 50..) | (false, false, 80..) if moved > 1 => Confidence::Probable,
            _ => continue,
        };
        let evidence = same_name.then_some(Evidence::SameName).into_iter().chain(similar);
        let evidence = evidence.chain((percent >= 50).then_some(Evidence::SameClasses)).collect();
        let weight = percent + u32::from(similar.is_some()) * 100;
        pairs.push(Pair { old, new, confidence, weight, evidence });
    }
    pair_up(pairs)
}

/// Pairs of positions of schools with the same name.
fn namesakes(search: &Search<'_>) -> Vec<(usize, usize)> {
    let Search { stored, wanted, unmatched, .. } = search;
    let mut gone = HashMap::<String, Vec<usize>>::new();
    for old in &unmatched.schools.gone {
        gone.entry(folded(stored.texts.get(stored.schools[*old].values.name))).or_default().push(*old);
    }
    let mut pairs = Vec::new();
    for new in &unmatched.schools.new {
        let of_name = gone.get(&folded(wanted.texts.get(wanted.schools[*new].name)));
        let of_name = of_name.filter(|schools| schools.len() <= MAX_NAMESAKES);
        pairs.extend(of_name.into_iter().flatten().map(|old| (*old, *new)));
    }
    pairs
}

/// Classes that are in another school now, by their ids.
struct MovedClasses {
    /// How many there are, by the positions of the old and the new school.
    counts: HashMap<(usize, usize), usize>,
    /// How many classes the schools had.
    before: HashMap<SchoolNumber, usize>,
}

impl MovedClasses {
    fn new(search: &Search<'_>) -> MovedClasses {
        let Search { stored, wanted, matches, unmatched, .. } = search;
        let mut before = HashMap::new();
        for class in stored.classes.iter().filter(|class| class.active) {
            *before.entry(class.values.school).or_default() += 1;
        }
        let mut counts = HashMap::new();
        for (class, found) in wanted.classes.iter().zip(&matches.classes) {
            let old = found
                .and_then(|found| stored.schools.position_of(stored.classes[found.position].values.school));
            let new = class.school as usize;
            let Some(old) = old else { continue };
            if unmatched.schools.gone.binary_search(&old).is_ok()
                && unmatched.schools.new.binary_search(&new).is_ok()
            {
                *counts.entry((old, new)).or_default() += 1;
            }
        }
        MovedClasses { counts, before }
    }

    /// How many of the old school's classes are in the new one; and their share in percent.
    fn between(&self, search: &Search<'_>, old: usize, new: usize) -> (usize, u32) {
        let moved = self.counts.get(&(old, new)).copied().unwrap_or(0);
        let before = self.before.get(&search.stored.schools[old].number).copied().unwrap_or(0);
        (moved, (moved * 100).checked_div(before).unwrap_or(0) as u32)
    }
}
