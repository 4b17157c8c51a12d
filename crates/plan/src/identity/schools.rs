//! Recognizes schools under another `school_id`.

use homeroom_model::name::folded;
use homeroom_model::rekey::{Confidence, Evidence};

use super::pairing::{LikelyMatch, Pair, pair_up};
use super::search::Search;
use super::similar_ids::similarity;

/// Compares each school that is gone with each new one: schools are few.
pub(super) fn find(search: &Search<'_>) -> Vec<LikelyMatch> {
    let Search { stored, wanted, unmatched, .. } = search;
    if unmatched.schools.is_empty() {
        return vec![];
    }
    let mut pairs = Vec::new();
    for &new in &unmatched.schools.new {
        for &old in &unmatched.schools.gone {
            let (old_school, new_school) = (&stored.schools[old].values, &wanted.schools[new]);
            let same_name =
                folded(stored.texts.get(old_school.name)) == folded(wanted.texts.get(new_school.name));
            let similar = similarity(stored.texts.get(old_school.key), wanted.texts.get(new_school.key));
            let (moved, percent) = classes_moved(search, old, new);
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
    }
    pair_up(pairs)
}

/// How many of the old school's classes are in the new one, by their ids; and their share in percent.
fn classes_moved(search: &Search<'_>, old: usize, new: usize) -> (usize, u32) {
    let Search { stored, wanted, matches, .. } = search;
    let number = stored.schools[old].number;
    let before = stored.classes.iter().filter(|class| class.active && class.values.school == number).count();
    let moved = wanted.classes.iter().zip(&matches.classes).filter(|(class, found)| {
        class.school as usize == new
            && found.is_some_and(|found| stored.classes[found.position].values.school == number)
    });
    let moved = moved.count();
    (moved, (moved * 100).checked_div(before).unwrap_or(0) as u32)
}
