//! The order of the search: schools, then classes, then people.
//!
//! Classes are recognized by their students, and students by their classes; if both have new keys, by names that occur once.

use hashbrown::{HashMap, HashSet};
use homeroom_model::PerKind;
use homeroom_model::counts::Counts;
use homeroom_model::entity::EntityRef;
use homeroom_model::ids::EntityKind;
use homeroom_model::name::folded;
use homeroom_model::rekey::{Confidence, Evidence, MatchedBy};
use homeroom_model::roster::Roster;
use homeroom_model::stored::StoredRoster;

use super::matches::{Match, MatchesByKind};
use super::pairing::LikelyMatch;
use super::search::{Found, Search, Unmatched};
use super::{classes, pool, schools};
use crate::inputs::PlanInputs;
use crate::protection::ProtectedNumbers;

/// A wanted entity that is, or may be, a stored one under another key, and why.
#[derive(Clone, Debug)]
pub(crate) struct Recognized {
    pub(crate) kind: EntityKind,
    /// Position in the stored list.
    pub(crate) old: usize,
    /// Position in the wanted list.
    pub(crate) new: usize,
    pub(crate) confidence: Confidence,
    pub(crate) evidence: Vec<Evidence>,
    /// Whether both are treated as the same entity: certain, probable, or accepted by a person.
    pub(crate) is_same: bool,
    /// Whether a person has accepted it.
    pub(crate) accepted: bool,
}

/// What the search among the entities that are not settled came to.
#[derive(Default)]
pub(crate) struct Recognition {
    pub(crate) recognized: Vec<Recognized>,
    /// How many students and teachers share something with too many others to be compared by it.
    pub(crate) alike: Counts,
    /// How many pairs of people were compared.
    pub(crate) compared: usize,
}

/// Searches among the entities that are not settled, and adds those that are treated as the same to `matches`.
pub(crate) fn recognize(
    stored: &StoredRoster,
    wanted: &Roster,
    protected: &ProtectedNumbers,
    inputs: &PlanInputs,
    matches: &mut MatchesByKind,
) -> Recognition {
    let excluded_classes = protected.classes.union(&inputs.past_classes).copied().collect::<HashSet<_>>();
    let unmatched = PerKind {
        schools: Unmatched::new(&stored.schools, &protected.schools, &matches.schools),
        classes: Unmatched::new(&stored.classes, &excluded_classes, &matches.classes),
        teachers: Unmatched::new(&stored.teachers, &protected.teachers, &matches.teachers),
        students: Unmatched::new(&stored.students, &protected.students, &matches.students),
    };
    let mut search = Search { stored, wanted, matches, protected, unmatched };
    let Recognition { mut recognized, mut alike, mut compared } = Recognition::default();
    let mut any_students = false;
    for (kind, find) in FINDERS {
        let Found { likely, alike: of_kind, compared: pairs } = find(&search);
        *alike.get_mut(kind) += of_kind as u64;
        compared += pairs;
        let likely = with_known(&search, kind, inputs, likely);
        let is_new_key = |found: &LikelyMatch| found.by == MatchedBy::Evidence;
        any_students = kind == EntityKind::Student && likely.iter().any(is_new_key);
        record_likely(&mut search, kind, likely, inputs, &mut recognized);
    }
    if any_students {
        // Where classes have namesakes, only their students tell which is which.
        let left = Unmatched::new(&stored.classes, &excluded_classes, &search.matches.classes);
        search.unmatched.classes = left;
        let likely = classes::find(&search);
        record_likely(&mut search, EntityKind::Class, likely, inputs, &mut recognized);
    }
    Recognition { recognized, alike, compared }
}

/// Searches among the unmatched entities of one kind.
type Find = fn(&Search<'_>) -> Found;

/// The searches in their order: each uses what the ones before it have found.
const FINDERS: [(EntityKind, Find); 4] = [
    (EntityKind::School, |search| schools::find(search).into()),
    (EntityKind::Class, |search| classes::find(search).into()),
    (EntityKind::Teacher, pool::find_teachers),
    (EntityKind::Student, pool::find_students),
];

/// Adds likely matches, except rejected ones, to those recognized, and decides of each whether both sides are treated as the same.
fn record_likely(
    search: &mut Search<'_>,
    kind: EntityKind,
    likely: Vec<LikelyMatch>,
    inputs: &PlanInputs,
    recognized: &mut Vec<Recognized>,
) {
    recognized.retain(|found| found.kind != kind || found.is_same);
    for LikelyMatch { old, new, confidence, evidence, by } in likely {
        let id = search.stored.entity_at(kind, old);
        let decided = inputs.is_same(id, search.wanted.key(kind, new), &search.wanted.name(kind, new));
        if decided == Some(false) {
            continue;
        }
        let accepted = decided == Some(true);
        let is_same = accepted || confidence > Confidence::Doubtful;
        if is_same {
            search.matches.get_mut(kind)[new] = Some(Match { position: old, by });
        }
        if by == MatchedBy::Evidence {
            recognized.push(Recognized { kind, old, new, confidence, evidence, is_same, accepted });
        }
    }
}

/// A pair that a person accepted, or that awaits a decision.
struct KnownPair<'i> {
    id: EntityRef,
    key: &'i str,
    /// The name that the other must have, folded; a proposal that waits is known by its key.
    name: Option<&'i str>,
    confidence: Confidence,
    evidence: Vec<Evidence>,
}

/// The known pairs of a kind, the accepted ones first.
fn known_pairs(kind: EntityKind, inputs: &PlanInputs) -> Vec<KnownPair<'_>> {
    let waits = inputs.pending.iter().filter(|proposal| proposal.id.kind == kind);
    let waits = waits.map(|proposal| KnownPair {
        id: proposal.id,
        key: &proposal.to,
        name: None,
        confidence: proposal.confidence,
        evidence: proposal.evidence.clone(),
    });
    let same = inputs.decided.same().filter(|pair| pair.id.kind == kind);
    let same = same.map(|pair| KnownPair {
        id: pair.id,
        key: &pair.key,
        name: Some(&pair.name),
        confidence: Confidence::Certain,
        evidence: vec![Evidence::Accepted],
    });
    same.chain(waits).collect()
}

/// Lets pairs that were accepted or await a decision replace the matches found now: what is applied in the meantime must not split
/// one entity into two.
fn with_known(
    search: &Search<'_>,
    kind: EntityKind,
    inputs: &PlanInputs,
    mut likely: Vec<LikelyMatch>,
) -> Vec<LikelyMatch> {
    let known = known_pairs(kind, inputs);
    if known.is_empty() {
        return likely;
    }
    let unmatched = search.unmatched.get(kind);
    let gone = unmatched.gone.iter().map(|position| (search.stored.entity_at(kind, *position), *position));
    let gone = gone.collect::<HashMap<_, _>>();
    let new = unmatched.new.iter().map(|at| (search.wanted.key(kind, *at), *at));
    let new = new.collect::<HashMap<_, _>>();
    let found = likely.iter().map(|found| (found.old, found.clone())).collect::<HashMap<_, _>>();
    let (mut taken_old, mut taken_new) = (HashSet::new(), HashSet::new());
    let mut replacing = Vec::new();
    for KnownPair { id, key, name, confidence, evidence } in known {
        let (Some(&old), Some(&new)) = (gone.get(&id), new.get(key)) else { continue };
        let is_other = name.is_some_and(|name| folded(&search.wanted.name(kind, new)) != name);
        if is_other || taken_old.contains(&old) || taken_new.contains(&new) {
            continue;
        }
        taken_old.insert(old);
        taken_new.insert(new);
        let as_certain =
            found.get(&old).filter(|found| found.new == new && found.confidence >= confidence).cloned();
        replacing.push(as_certain.unwrap_or(LikelyMatch {
            old,
            new,
            confidence,
            evidence,
            by: MatchedBy::Evidence,
        }));
    }
    likely.retain(|found| !taken_old.contains(&found.old) && !taken_new.contains(&found.new));
    likely.extend(replacing);
    likely.sort_unstable_by_key(|found| (found.old, found.new));
    likely
}
