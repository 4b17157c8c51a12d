//! Pairs about which nothing is to be found out: people have decided about them, or will. They are laid down before anything is
//! compared, so that the others are assigned among themselves.

use std::cell::OnceCell;

use hashbrown::{HashMap, HashSet};
use homeroom_model::decided_pair::DecidedPair;
use homeroom_model::entity::{ClassNumber, EntityRef};
use homeroom_model::ids::EntityKind;
use homeroom_model::name::folded;
use homeroom_model::rekey::{Confidence, Evidence, MatchedBy, Proposal};
use homeroom_model::roster::Roster;
use homeroom_model::stored::StoredRoster;

use super::matches::Matches;
use super::namesakes::Exchanged;
use super::pairing::LikelyMatch;
use crate::inputs::PlanInputs;

/// The pairs of one kind, by their positions in the stored and the wanted list.
#[derive(Default)]
pub(super) struct Known {
    /// They are two.
    rejected: HashSet<(usize, usize)>,
    /// They are one, or wait as that; no side has two.
    joined: Vec<Joined>,
    /// Where each side is among the joined ones.
    of_old: HashMap<usize, usize>,
    of_new: HashMap<usize, usize>,
    /// They are as certain as they were shown.
    as_shown: bool,
}

/// A pair that a person accepted, or that awaits a decision.
struct Joined {
    old: usize,
    new: usize,
    confidence: Confidence,
    evidence: Vec<Evidence>,
}

impl Joined {
    fn is_accepted(&self) -> bool {
        self.evidence == [Evidence::Accepted]
    }
}

/// What pairs of one kind are looked up in.
pub(super) struct Records<'r> {
    pub(super) stored: &'r StoredRoster,
    pub(super) wanted: &'r Roster,
    pub(super) kind: EntityKind,
    pub(super) matches: &'r Matches,
}

impl Known {
    /// Looks the pairs up among the records that have no match.
    pub(super) fn new(records: &Records<'_>, inputs: &PlanInputs) -> Known {
        let kind = records.kind;
        let is_decided = inputs.decided.iter().any(|pair| pair.id.kind == kind);
        if !is_decided && !inputs.pending.iter().any(|proposal| proposal.id.kind == kind) {
            return Known::default();
        }
        let open = OpenRecords::new(records);
        let is_past = |id: EntityRef| {
            id.number_as::<ClassNumber>().is_some_and(|class| inputs.past_classes.contains(&class))
        };
        let mut known = Known { as_shown: inputs.decides, ..Known::default() };
        let decided = inputs.decided.iter().filter(|pair| pair.id.kind == kind && !is_past(pair.id));
        let (accepted, rejected): (Vec<_>, Vec<_>) = decided.partition(|pair| pair.is_same);
        known.reject(&open, &rejected);
        for pair in accepted {
            if let Some(found) = open.pair(pair.id, &pair.key, Some(&pair.name)) {
                known.join(found, Confidence::Certain, &[Evidence::Accepted]);
            }
        }
        let waits = inputs.pending.iter();
        let waits = waits.filter(|proposal| proposal.id.kind == kind && !is_past(proposal.id));
        let waits = waits.collect::<Vec<_>>();
        let owners = Owners::of(waits.iter().map(|proposal| proposal.to.as_str()), records);
        for proposal in waits {
            // It is known by its key: the name may have been corrected while it waits.
            let found = open.pair(proposal.id, &proposal.to, None);
            if let Some(found) = found.filter(|found| !owners.include(proposal, *found)) {
                known.join(found, proposal.confidence, &proposal.evidence);
            }
        }
        known
    }

    /// Notes that the two of each pair are two: also when the other one is stored by now, and the first one's record is in the file.
    fn reject(&mut self, open: &OpenRecords<'_>, pairs: &[&DecidedPair]) {
        let Records { stored, kind, .. } = *open.records;
        self.rejected.extend(pairs.iter().filter_map(|pair| open.pair(pair.id, &pair.key, Some(&pair.name))));
        let others = pairs.iter().filter_map(|pair| {
            let first = stored.position_of(pair.id)?;
            Some((pair.key.as_str(), *open.by_key.get(stored.key_at(kind, first))?))
        });
        let others = others.collect::<HashMap<_, _>>();
        if !others.is_empty() {
            let stored_others = (0..stored.count(kind)).filter(|old| !open.taken.contains(old));
            let other = |old| Some((old, *others.get(stored.key_at(kind, old))?));
            self.rejected.extend(stored_others.filter_map(other));
        }
    }

    /// Joins two who most likely exchanged their keys, unless somebody said that they did not.
    pub(super) fn join_exchanged(&mut self, exchanged: &Exchanged) {
        if !exchanged.iter().any(|pair| self.rejected.contains(pair)) {
            let evidence = [Evidence::SameName, Evidence::MostClasses];
            exchanged.iter().for_each(|pair| self.join(*pair, Confidence::Probable, &evidence));
        }
    }

    /// Joins two that are free.
    fn join(&mut self, (old, new): (usize, usize), confidence: Confidence, evidence: &[Evidence]) {
        if self.rejected.contains(&(old, new))
            || self.of_old.contains_key(&old)
            || self.of_new.contains_key(&new)
        {
            return;
        }
        self.of_old.insert(old, self.joined.len());
        self.of_new.insert(new, self.joined.len());
        self.joined.push(Joined { old, new, confidence, evidence: evidence.to_vec() });
    }

    /// Whether evidence may make one of these two.
    pub(super) fn allows(&self, old: usize, new: usize) -> bool {
        let joined = [self.of_old.get(&old), self.of_new.get(&new)].into_iter().flatten();
        let mut joined = joined.map(|at| &self.joined[*at]);
        joined.all(|pair| (pair.old, pair.new) == (old, new)) && !self.rejected.contains(&(old, new))
    }

    /// Whether a person said that these two are one.
    pub(super) fn is_accepted(&self, old: usize, new: usize) -> bool {
        let joined = self.of_old.get(&old).map(|at| &self.joined[*at]);
        joined.is_some_and(|pair| pair.is_accepted() && pair.new == new)
    }

    /// The pairs that were found, and those that are known. A pair keeps its own evidence if that is as certain, and no more certain than
    /// was shown to someone who decides now. A pair that was not the only one is none the more certain for being laid down.
    pub(super) fn complete(&self, likely: Vec<LikelyMatch>, matches: &Matches) -> Vec<LikelyMatch> {
        if self.joined.is_empty() {
            return likely;
        }
        let (found, mut likely): (Vec<_>, Vec<_>) =
            likely.into_iter().partition(|found| self.of_old.contains_key(&found.old));
        let mut found = found.into_iter().map(|found| (found.old, found)).collect::<HashMap<_, _>>();
        for Joined { old, new, confidence, evidence, .. } in &self.joined {
            if matches[*new].is_some() {
                continue;
            }
            let as_certain = found.remove(old).filter(|found| {
                let may_rise = !self.as_shown && !evidence.contains(&Evidence::NotTheOnlyOne);
                found.confidence == *confidence || found.confidence > *confidence && may_rise
            });
            likely.push(as_certain.unwrap_or_else(|| LikelyMatch {
                old: *old,
                new: *new,
                confidence: *confidence,
                evidence: evidence.clone(),
                by: MatchedBy::Evidence,
            }));
        }
        likely.sort_unstable_by_key(|found| (found.old, found.new));
        likely
    }
}

/// Whose the keys and names are that proposals wait with.
struct Owners<'r> {
    records: &'r Records<'r>,
    by_key: HashMap<&'r str, usize>,
    /// The folded names of the active people.
    names: OnceCell<Vec<(String, EntityRef)>>,
}

impl<'r> Owners<'r> {
    fn of<'k>(keys: impl Iterator<Item = &'k str>, records: &'r Records<'r>) -> Owners<'r> {
        let Records { stored, kind, .. } = *records;
        let keys = keys.collect::<HashSet<_>>();
        let owned = (0..stored.count(kind)).map(|at| (stored.key_at(kind, at), at));
        Owners {
            records,
            by_key: owned.filter(|(key, _)| keys.contains(key)).collect(),
            names: OnceCell::new(),
        }
    }

    /// Whether the record is somebody else's by now: then nothing waits. Either it has the key and the name that another one had before,
    /// or the name of another one in place of the one that was shown.
    fn include(&self, proposal: &Proposal, (old, new): (usize, usize)) -> bool {
        let Records { stored, wanted, kind, .. } = *self.records;
        let name = folded(&wanted.name(kind, new));
        let owner = self.by_key.get(proposal.to.as_str()).filter(|owner| **owner != old);
        let owner = owner.and_then(|owner| self.name(stored.entity_at(kind, *owner)));
        let shown = if proposal.new_name.is_empty() { &proposal.name } else { &proposal.new_name };
        owner.as_ref() == Some(&name) || name != folded(shown) && self.is_anothers(&name, proposal.id)
    }

    fn name(&self, entity: EntityRef) -> Option<String> {
        let (_, name) = self.records.stored.key_and_name(entity)?;
        Some(folded(&name))
    }

    /// Whether an active person other than `id` has this name. Places may have names that others have, too.
    fn is_anothers(&self, name: &str, id: EntityRef) -> bool {
        let Records { stored, kind, .. } = *self.records;
        if !matches!(kind, EntityKind::Teacher | EntityKind::Student) {
            return false;
        }
        let named = |person| Some((self.name(person)?, person));
        let names = self.names.get_or_init(|| stored.active(kind).filter_map(named).collect());
        names.iter().any(|(other, person)| other == name && *person != id)
    }
}

/// The records of a kind that have no match.
struct OpenRecords<'r> {
    records: &'r Records<'r>,
    /// Positions of stored entities that have a match.
    taken: HashSet<usize>,
    /// Positions of wanted ones without a match, by their keys.
    by_key: HashMap<&'r str, usize>,
}

impl<'r> OpenRecords<'r> {
    fn new(records: &'r Records<'r>) -> OpenRecords<'r> {
        let Records { wanted, kind, matches, .. } = records;
        let taken = matches.iter().flatten().map(|found| found.position).collect();
        let mut by_key = HashMap::new();
        for at in (0..matches.len()).filter(|at| matches[*at].is_none()) {
            // A file that names people by numbers now still has the addresses by which they were named before.
            by_key.entry(wanted.email(*kind, at)).or_insert(at);
            by_key.insert(wanted.key(*kind, at), at);
        }
        by_key.remove("");
        OpenRecords { records, taken, by_key }
    }

    /// The positions of a stored entity and of the wanted one with this key and, folded, this name.
    fn pair(&self, id: EntityRef, key: &str, name: Option<&str>) -> Option<(usize, usize)> {
        let Records { stored, wanted, kind, .. } = *self.records;
        let old = stored.position_of(id).filter(|old| !self.taken.contains(old))?;
        let new = *self.by_key.get(key)?;
        let is_named = name.is_none_or(|name| folded(&wanted.name(kind, new)) == name);
        is_named.then_some((old, new))
    }
}
