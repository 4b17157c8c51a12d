//! Who is who by evidence: things that the file no longer names, and new ones that are them under other keys.
//!
//! Keys come first (`matching`); here is what they leave over. Schools, then classes, then people: a class is known
//! by its students, a student by their classes, and where both got new keys, names that occur once lead the way.

mod classes;
mod people;
mod schools;
mod weigh;

use hashbrown::HashSet;
use homeroom_model::entity::{ClassNumber, Entity};
use homeroom_model::ids::EntityKind;
use homeroom_model::name::folded;
use homeroom_model::per_kind::PerKind;
use homeroom_model::rekey::{Confidence, Evidence, MatchedBy, Proposal, Verdicts};
use homeroom_model::roster::{Person, Roster};
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::StringArena;

use crate::matching::{Match, Matches};
use crate::protection::Kept;

/// For each kind, what each thing of the file is.
pub(crate) type Known = PerKind<Matches>;

/// That a wanted thing is a stored one, and why.
#[derive(Clone, Debug)]
pub(crate) struct Recognised {
    pub(crate) kind: EntityKind,
    /// Position in the stored list.
    pub(crate) old: usize,
    /// Position in the wanted list.
    pub(crate) new: usize,
    pub(crate) confidence: Confidence,
    pub(crate) evidence: Vec<Evidence>,
    /// Whether it is taken for the same: certain, probable, or accepted by a person.
    pub(crate) taken: bool,
}

/// Finds what keys have left over, and puts into `known` what is taken for the same.
pub(crate) fn recognise(
    stored: &StoredRoster,
    wanted: &Roster,
    kept: &Kept,
    past_classes: &HashSet<ClassNumber>,
    known: &mut Known,
    verdicts: &Verdicts,
    pending: &[Proposal],
) -> Vec<Recognised> {
    let mut all = Vec::new();
    let mut settle = |kind: EntityKind, found: Vec<Recognised>, matches: &mut Matches| {
        all.retain(|one: &Recognised| one.kind != kind || one.taken);
        for mut one in found {
            let id = stored.entity_at(kind, one.old);
            if verdicts.struck.contains(&id) {
                continue;
            }
            one.taken = one.confidence > Confidence::Doubtful || verdicts.accepted.contains(&id);
            if one.taken {
                matches[one.new] = Some(Match { position: one.old, how: MatchedBy::Evidence });
            }
            all.push(one);
        }
    };
    let not_classes = kept.classes.union(past_classes).copied().collect();
    let schools = Left::of(&stored.schools, &kept.schools, &known.schools);
    let waits = |kind: EntityKind, left: &Left, found: Vec<Recognised>| {
        still_pending(stored, wanted, kind, left, pending, found)
    };
    let found = waits(EntityKind::School, &schools, schools::find(stored, wanted, &schools, known));
    settle(EntityKind::School, found, &mut known.schools);

    let teachers = Left::of(&stored.teachers, &kept.teachers, &known.teachers);
    let students = Left::of(&stored.students, &kept.students, &known.students);
    let classes = Left::of(&stored.classes, &not_classes, &known.classes);
    let found = classes::find(stored, wanted, &classes, &teachers, &students, known);
    settle(EntityKind::Class, waits(EntityKind::Class, &classes, found), &mut known.classes);
    let found = people::find_teachers(stored, wanted, &teachers, known);
    settle(EntityKind::Teacher, waits(EntityKind::Teacher, &teachers, found), &mut known.teachers);
    let found = people::find_students(stored, wanted, &students, known);
    let found = waits(EntityKind::Student, &students, found);
    let any = !found.is_empty();
    settle(EntityKind::Student, found, &mut known.students);
    if any {
        // Where classes have namesakes, only their students tell which is which.
        let classes = Left::of(&stored.classes, &not_classes, &known.classes);
        let found = classes::find(stored, wanted, &classes, &teachers, &students, known);
        settle(EntityKind::Class, found, &mut known.classes);
    }
    all
}

/// Puts re-keys that wait for a decision in the place of what was found otherwise: what goes ahead meanwhile must not make two of
/// them.
fn still_pending(
    stored: &StoredRoster,
    wanted: &Roster,
    kind: EntityKind,
    left: &Left,
    pending: &[Proposal],
    mut found: Vec<Recognised>,
) -> Vec<Recognised> {
    let is_likely = |one: &&Proposal| one.id.kind == kind && one.confidence > Confidence::Doubtful;
    let likely = pending.iter().filter(is_likely).collect::<Vec<_>>();
    if likely.is_empty() {
        return found;
    }
    let old = left.gone.iter().map(|position| (stored.entity_at(kind, *position), *position));
    let old = old.collect::<hashbrown::HashMap<_, _>>();
    let new = left.fresh.iter().map(|at| (wanted.key(kind, *at), *at));
    let new = new.collect::<hashbrown::HashMap<_, _>>();
    for one in likely {
        if let (Some(old), Some(new)) = (old.get(&one.id), new.get(one.to.as_str())) {
            let (old, new) = (*old, *new);
            let surer = found
                .iter()
                .any(|other| other.old == old && other.new == new && other.confidence >= one.confidence);
            if !surer {
                found.retain(|other| other.old != old && other.new != new);
                let (confidence, evidence) = (one.confidence, one.evidence.clone());
                found.push(Recognised { kind, old, new, confidence, evidence, taken: false });
            }
        }
    }
    found.sort_unstable_by_key(|one| one.old);
    found
}

/// What keys have left over of a kind.
pub(crate) struct Left {
    /// Positions of active stored things that nothing in the file is.
    gone: Vec<usize>,
    /// Positions of wanted things that nothing stored is.
    fresh: Vec<usize>,
}

impl Left {
    fn of<V: Entity>(stored: &[Stored<V>], kept: &HashSet<V::Number>, matches: &Matches) -> Left {
        let mut seen = vec![false; stored.len()];
        matches.iter().flatten().for_each(|one| seen[one.position] = true);
        let is_gone = |position: &usize| {
            let one = &stored[*position];
            one.active && !seen[*position] && !kept.contains(&one.number)
        };
        let gone = (0..stored.len()).filter(is_gone).collect::<Vec<_>>();
        let fresh = if gone.is_empty() {
            vec![]
        } else {
            (0..matches.len()).filter(|at| matches[*at].is_none()).collect()
        };
        Left { gone, fresh }
    }

    /// Whether there is anything to compare.
    fn is_some(&self) -> bool {
        !self.gone.is_empty() && !self.fresh.is_empty()
    }
}

/// "lee, ann": both names of a person without accents and case.
fn folded_name(texts: &StringArena, person: &Person) -> String {
    format!("{}, {}", folded(texts.get(person.last_name)), folded(texts.get(person.first_name)))
}

/// For each wanted thing the number of the stored one.
fn numbers_of<V: Entity>(matches: &Matches, stored: &[Stored<V>]) -> Vec<Option<V::Number>> {
    matches.iter().map(|found| found.map(|found| stored[found.position].number)).collect()
}

/// A pair that could be one, with its weight.
struct Pair {
    /// Position in the stored list.
    old: usize,
    /// Position in the wanted list.
    new: usize,
    confidence: Confidence,
    /// Among pairs of the same confidence the heavier one is right.
    weight: u32,
    evidence: Vec<Evidence>,
}

/// Makes one-to-one pairs of all that could be one: the surest first. A pair is doubtful when one of its sides had another
/// choice that was as good.
fn pair_up(kind: EntityKind, mut pairs: Vec<Pair>) -> Vec<Recognised> {
    pairs
        .sort_unstable_by_key(|pair| (std::cmp::Reverse((pair.confidence, pair.weight)), pair.old, pair.new));
    let mut best_of_old = hashbrown::HashMap::new();
    let mut best_of_new = hashbrown::HashMap::new();
    for pair in &pairs {
        for (best, side) in [(&mut best_of_old, pair.old), (&mut best_of_new, pair.new)] {
            let entry = best.entry(side).or_insert(((pair.confidence, pair.weight), 0_u32));
            entry.1 += u32::from(entry.0 == (pair.confidence, pair.weight));
        }
    }
    let mut found = Vec::new();
    let (mut old_taken, mut new_taken) = (HashSet::new(), HashSet::new());
    for pair in pairs {
        if old_taken.contains(&pair.old) || new_taken.contains(&pair.new) {
            continue;
        }
        old_taken.insert(pair.old);
        new_taken.insert(pair.new);
        let strength = (pair.confidence, pair.weight);
        let alone = [best_of_old[&pair.old], best_of_new[&pair.new]]
            .iter()
            .all(|(best, count)| *best != strength || *count == 1);
        let Pair { old, new, mut confidence, mut evidence, .. } = pair;
        if !alone {
            confidence = Confidence::Doubtful;
            evidence.push(Evidence::NotTheOnlyOne);
        }
        found.push(Recognised { kind, old, new, confidence, evidence, taken: false });
    }
    found.sort_unstable_by_key(|one| one.old);
    found
}

/// Numbers that stand for a thing under a key that occurs once on both sides.
fn once_on_both_sides<'k, K: std::hash::Hash + Eq + 'k>(
    old: impl Iterator<Item = (K, usize)>,
    new: impl Iterator<Item = (K, usize)>,
) -> Vec<(usize, usize)> {
    let mut sides = hashbrown::HashMap::<K, [Option<Result<usize, ()>>; 2]>::new();
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

/// The part of an id that stays when something is put in front or zeros are lost: its last digits without zeros in front.
/// Empty when they are too few to mean anything.
fn core(id: &str) -> &str {
    let digits = id.bytes().rev().take_while(u8::is_ascii_digit).count();
    let core = id[id.len() - digits..].trim_start_matches('0');
    // All zeros but one digit say nothing; a short number says something only when it is the whole id.
    if core.len() >= 3 || (digits == id.len() && digits > core.len()) || digits == id.len() {
        core
    } else {
        ""
    }
}

/// How two ids that differ are akin.
fn kinship(one: &str, other: &str) -> Option<Evidence> {
    if one.is_empty() || other.is_empty() || one == other {
        return None;
    }
    let numeric = |id: &str| id.bytes().all(|b| b.is_ascii_digit());
    if numeric(one) && numeric(other) {
        return (one.trim_start_matches('0') == other.trim_start_matches('0'))
            .then_some(Evidence::ZerosDiffer);
    }
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let enough = short.len() >= 3 || numeric(short);
    let in_front = long.strip_suffix(short).is_some_and(|front| {
        !front.ends_with(|c: char| c.is_ascii_digit()) || !short.starts_with(|c: char| c.is_ascii_digit())
    });
    let same_core = !core(one).is_empty() && core(one) == core(other) && core(one).len() >= 3;
    ((enough && in_front) || same_core).then_some(Evidence::PrefixDiffers)
}

#[cfg(test)]
mod tests {
    use homeroom_model::rekey::Evidence::{PrefixDiffers, ZerosDiffer};

    use super::{core, kinship};

    #[test]
    fn ids_are_akin_by_zeros_and_by_what_stands_in_front() {
        assert_eq!(kinship("0012345", "12345"), Some(ZerosDiffer));
        assert_eq!(kinship("007", "7"), Some(ZerosDiffer));
        assert_eq!(kinship("12345", "LUSD-12345"), Some(PrefixDiffers));
        assert_eq!(kinship("A-00123", "B-123"), Some(PrefixDiffers));
        for (one, other) in
            [("12345", "12346"), ("12345", "112345"), ("", "7"), ("7", "7"), ("A7", "B7"), ("X1", "1X1")]
        {
            assert_eq!(kinship(one, other), None, "{one} {other}");
        }
        assert_eq!((core("0012345"), core("LUSD-12345"), core("A7"), core("7")), ("12345", "12345", "", "7"));
    }
}
