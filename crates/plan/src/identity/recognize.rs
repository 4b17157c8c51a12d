//! The order of the search: schools, then classes, then people.
//!
//! Classes are recognized by their students, and students by their classes; if both have new keys, by names that occur once.

use hashbrown::HashSet;
use homeroom_model::PerKind;
use homeroom_model::counts::Counts;
use homeroom_model::ids::EntityKind;
use homeroom_model::rekey::{Confidence, Evidence, MatchedBy};
use homeroom_model::roster::{Roster, Student, Teacher};
use homeroom_model::stored::StoredRoster;

use super::distrust::Distrust;
use super::known::{Known, Records};
use super::matches::{Match, MatchesByKind};
use super::namesakes::Exchanged;
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

/// The two rosters, and what is not to be touched or believed in them.
#[derive(Clone, Copy)]
pub(super) struct Rosters<'r> {
    pub(super) stored: &'r StoredRoster,
    pub(super) wanted: &'r Roster,
    pub(super) protected: &'r ProtectedNumbers,
    pub(super) distrust: &'r Distrust,
    /// Namesakes who stand in each other's classes.
    pub(super) exchanged: &'r PerKind<Vec<Exchanged>>,
}

/// Searches among the entities that are not settled, and adds those that are treated as the same to `matches`.
pub(super) fn recognize(
    rosters: &Rosters<'_>,
    inputs: &PlanInputs,
    matches: &mut MatchesByKind,
) -> Recognition {
    let Rosters { stored, wanted, protected, distrust, exchanged } = *rosters;
    let excluded_classes = protected.classes.union(&inputs.past_classes).copied().collect::<HashSet<_>>();
    let unmatched = PerKind {
        schools: Unmatched::new(&stored.schools, &protected.schools, &matches.schools),
        classes: Unmatched::new(&stored.classes, &excluded_classes, &matches.classes),
        teachers: Unmatched::new(&stored.teachers, &protected.teachers, &matches.teachers),
        students: Unmatched::new(&stored.students, &protected.students, &matches.students),
    };
    let known = PerKind::default();
    let mut search = Search { stored, wanted, matches, protected, distrust, unmatched, known };
    let Recognition { mut recognized, mut alike, mut compared } = Recognition::default();
    let mut any_students = false;
    for (kind, find) in FINDERS {
        let records = Records { stored, wanted, kind, matches: search.matches.get(kind) };
        let mut known = Known::new(&records, inputs);
        exchanged.get(kind).iter().for_each(|exchanged| known.join_exchanged(exchanged));
        *search.known.get_mut(kind) = known;
        let Found { likely, alike: of_kind, compared: pairs } = find(&search);
        *alike.get_mut(kind) += of_kind as u64;
        compared += pairs;
        let likely = complete(&search, kind, likely);
        let is_new_key = |found: &LikelyMatch| found.by == MatchedBy::Evidence;
        any_students = kind == EntityKind::Student && likely.iter().any(is_new_key);
        record_likely(&mut search, kind, likely, &mut recognized);
    }
    if any_students {
        // Where classes have namesakes, only their students tell which is which.
        let left = Unmatched::new(&stored.classes, &excluded_classes, &search.matches.classes);
        search.unmatched.classes = left;
        let likely = complete(&search, EntityKind::Class, classes::find(&search));
        record_likely(&mut search, EntityKind::Class, likely, &mut recognized);
    }
    Recognition { recognized, alike, compared }
}

/// Adds the known pairs of a kind to those that were found.
fn complete(search: &Search<'_>, kind: EntityKind, likely: Vec<LikelyMatch>) -> Vec<LikelyMatch> {
    search.known.get(kind).complete(likely, search.matches.get(kind))
}

/// Searches among the unmatched entities of one kind.
type Find = fn(&Search<'_>) -> Found;

/// The searches in their order: each uses what the ones before it have found.
const FINDERS: [(EntityKind, Find); 4] = [
    (EntityKind::School, |search| schools::find(search).into()),
    (EntityKind::Class, |search| classes::find(search).into()),
    (EntityKind::Teacher, pool::find::<Teacher>),
    (EntityKind::Student, pool::find::<Student>),
];

/// Adds likely matches to those recognized, and decides of each whether both sides are treated as the same.
fn record_likely(
    search: &mut Search<'_>,
    kind: EntityKind,
    likely: Vec<LikelyMatch>,
    recognized: &mut Vec<Recognized>,
) {
    recognized.retain(|found| found.kind != kind || found.is_same);
    for LikelyMatch { old, new, confidence, evidence, by } in likely {
        let accepted = search.known.get(kind).is_accepted(old, new);
        let is_same = accepted || confidence > Confidence::Doubtful;
        if is_same {
            search.matches.get_mut(kind)[new] = Some(Match { position: old, by });
        }
        if by == MatchedBy::Evidence {
            recognized.push(Recognized { kind, old, new, confidence, evidence, is_same, accepted });
        }
    }
}
