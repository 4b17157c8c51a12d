//! Schools under another `school_id`.

use homeroom_model::ids::EntityKind;
use homeroom_model::name::folded;
use homeroom_model::rekey::{Confidence, Evidence};
use homeroom_model::roster::Roster;
use homeroom_model::stored::StoredRoster;

use super::{Known, Left, Pair, Recognised, kinship, pair_up};

/// Schools are few: each is compared with each.
pub(super) fn find(stored: &StoredRoster, wanted: &Roster, left: &Left, known: &Known) -> Vec<Recognised> {
    if !left.is_some() {
        return vec![];
    }
    let mut pairs = Vec::new();
    for &new in &left.fresh {
        for &old in &left.gone {
            let (was, is) = (&stored.schools[old].values, &wanted.schools[new]);
            let same_name = folded(stored.texts.get(was.name)) == folded(wanted.texts.get(is.name));
            let kin = kinship(stored.texts.get(was.key), wanted.texts.get(is.key));
            let (moved, share) = classes_moved(stored, wanted, known, old, new);
            let confidence = match (same_name, kin.is_some(), share) {
                (true, _, _) => Confidence::Certain,
                // A single class says little: it may have gone to another school.
                (false, true, 50..) | (false, false, 80..) if moved > 1 => Confidence::Probable,
                _ => continue,
            };
            let evidence = same_name.then_some(Evidence::SameName).into_iter().chain(kin);
            let evidence = evidence.chain((share >= 50).then_some(Evidence::SameClasses)).collect();
            pairs.push(Pair {
                old,
                new,
                confidence,
                weight: share + u32::from(kin.is_some()) * 100,
                evidence,
            });
        }
    }
    pair_up(EntityKind::School, pairs)
}

/// How many of the old school's classes are in the new one, by their ids; and the share in per cent.
fn classes_moved(
    stored: &StoredRoster,
    wanted: &Roster,
    known: &Known,
    old: usize,
    new: usize,
) -> (usize, u32) {
    let number = stored.schools[old].number;
    let of_old = stored.classes.iter().filter(|class| class.active && class.values.school == number).count();
    let moved = wanted.classes.iter().zip(&known.classes).filter(|(class, found)| {
        class.school as usize == new
            && found.is_some_and(|found| stored.classes[found.position].values.school == number)
    });
    let moved = moved.count();
    (moved, (moved * 100).checked_div(of_old).unwrap_or(0) as u32)
}
