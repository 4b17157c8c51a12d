//! The order of the search: schools, then classes, then people.
//!
//! Classes are recognized by their students, and students by their classes; if both have new keys, by names that occur once.

use hashbrown::{HashMap, HashSet};
use homeroom_model::PerKind;
use homeroom_model::ids::EntityKind;
use homeroom_model::rekey::{Confidence, Evidence, MatchedBy, Proposal};
use homeroom_model::roster::Roster;
use homeroom_model::stored::StoredRoster;

use super::pairing::LikelyMatch;
use super::search::{Search, Unmatched};
use super::{classes, people, schools};
use crate::inputs::PlanInputs;
use crate::matching::{Match, MatchesByKind};
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
}

/// Searches among the entities that keys left unmatched, and adds those that are treated as the same to `matches`.
pub(crate) fn recognize(
    stored: &StoredRoster,
    wanted: &Roster,
    protected: &ProtectedNumbers,
    inputs: &PlanInputs,
    matches: &mut MatchesByKind,
) -> Vec<Recognized> {
    let excluded_classes = protected.classes.union(&inputs.past_classes).copied().collect::<HashSet<_>>();
    let unmatched = PerKind {
        schools: Unmatched::new(&stored.schools, &protected.schools, &matches.schools),
        classes: Unmatched::new(&stored.classes, &excluded_classes, &matches.classes),
        teachers: Unmatched::new(&stored.teachers, &protected.teachers, &matches.teachers),
        students: Unmatched::new(&stored.students, &protected.students, &matches.students),
    };
    let mut search = Search { stored, wanted, matches, unmatched };
    let mut recognized = Vec::new();
    let mut any_students = false;
    for (kind, find) in FINDERS {
        let likely = find(&search);
        let likely = with_pending(&search, kind, &inputs.pending, likely);
        any_students = kind == EntityKind::Student && !likely.is_empty();
        record_likely(&mut search, kind, likely, inputs, &mut recognized);
    }
    if any_students {
        // Where classes have namesakes, only their students tell which is which.
        let left = Unmatched::new(&stored.classes, &excluded_classes, &search.matches.classes);
        search.unmatched.classes = left;
        let likely = classes::find(&search);
        record_likely(&mut search, EntityKind::Class, likely, inputs, &mut recognized);
    }
    recognized
}

/// Searches among the unmatched entities of one kind.
type Find = fn(&Search<'_>) -> Vec<LikelyMatch>;

/// The searches in their order: each uses what the ones before it have found.
const FINDERS: [(EntityKind, Find); 4] = [
    (EntityKind::School, schools::find),
    (EntityKind::Class, classes::find),
    (EntityKind::Teacher, people::find_teachers),
    (EntityKind::Student, people::find_students),
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
    for LikelyMatch { old, new, confidence, evidence } in likely {
        let id = search.stored.entity_at(kind, old);
        if inputs.reviews.rejected.contains(&id) {
            continue;
        }
        let is_same = confidence > Confidence::Doubtful || inputs.reviews.accepted.contains(&id);
        if is_same {
            let found = Match { position: old, by: MatchedBy::Evidence };
            search.matches.get_mut(kind)[new] = Some(found);
        }
        recognized.push(Recognized { kind, old, new, confidence, evidence, is_same });
    }
}

/// Lets proposals that await a decision replace the matches found now: what is applied in the meantime must not split one entity
/// into two.
fn with_pending(
    search: &Search<'_>,
    kind: EntityKind,
    pending: &[Proposal],
    mut likely: Vec<LikelyMatch>,
) -> Vec<LikelyMatch> {
    let counts =
        |proposal: &&Proposal| proposal.id.kind == kind && proposal.confidence > Confidence::Doubtful;
    let pending = pending.iter().filter(counts).collect::<Vec<_>>();
    if pending.is_empty() {
        return likely;
    }
    let unmatched = search.unmatched.get(kind);
    let gone = unmatched.gone.iter().map(|position| (search.stored.entity_at(kind, *position), *position));
    let gone = gone.collect::<HashMap<_, _>>();
    let new = unmatched.new.iter().map(|at| (search.wanted.key(kind, *at), *at));
    let new = new.collect::<HashMap<_, _>>();
    for proposal in pending {
        if let (Some(old), Some(new)) = (gone.get(&proposal.id), new.get(proposal.to.as_str())) {
            let (old, new) = (*old, *new);
            let is_as_certain = |found: &LikelyMatch| {
                found.old == old && found.new == new && found.confidence >= proposal.confidence
            };
            if !likely.iter().any(is_as_certain) {
                likely.retain(|found| found.old != old && found.new != new);
                let (confidence, evidence) = (proposal.confidence, proposal.evidence.clone());
                likely.push(LikelyMatch { old, new, confidence, evidence });
            }
        }
    }
    likely.sort_unstable_by_key(|found| found.old);
    likely
}
