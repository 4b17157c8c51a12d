//! A key belongs to one active entity: the change of the one that gives it up and the change of the one that gets it are in one part.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ByNumber, Entity, EntityRef};
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::Changes;
use homeroom_model::roster::{Class, School, Student, Teacher};
use homeroom_model::stored::Stored;
use homeroom_model::string_arena::{StrId, StringArena};

use super::waiting::{Decisions, WaitingChanges};

/// The texts of keys: those of the plan and the stored ones.
pub(super) struct KeyTexts<'k> {
    pub(super) plan: &'k StringArena,
    pub(super) stored: &'k StringArena,
}

/// An entity with keys that no two active ones of its kind share.
pub(super) trait UniqueKeys: Entity {
    /// Its keys; some may be empty.
    fn keys(&self) -> [StrId; 2];
}

impl UniqueKeys for School {
    fn keys(&self) -> [StrId; 2] {
        [self.key, StrId::EMPTY]
    }
}

impl UniqueKeys for Class {
    fn keys(&self) -> [StrId; 2] {
        [self.key, StrId::EMPTY]
    }
}

impl UniqueKeys for Teacher {
    fn keys(&self) -> [StrId; 2] {
        [self.person.email, self.person.sis_id]
    }
}

impl UniqueKeys for Student {
    fn keys(&self) -> [StrId; 2] {
        [self.person.email, self.person.sis_id]
    }
}

/// How an entity gives up a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum GivenUpBy {
    Removal,
    Change,
}

/// A key that one entity gives up and another one gets.
struct KeyTransfer {
    from: EntityRef,
    by: GivenUpBy,
    to: EntityRef,
}

/// Holds both sides of a key transfer while either of them waits, until each transfer is in one part. So both parts can be applied in
/// either order.
pub(super) fn hold_key_transfers<V: UniqueKeys>(
    decisions: &Decisions<'_>,
    waiting: &mut WaitingChanges,
    keys: &KeyTexts<'_>,
    changes: &Changes<V>,
    stored: &[Stored<V>],
) {
    if waiting.is_empty() {
        return;
    }
    let transfers = key_transfers(keys, changes, stored);
    let updated = updated(changes);
    loop {
        let before = waiting.count();
        for transfer in &transfers {
            hold_together(decisions, waiting, transfer, &updated);
        }
        if waiting.count() == before {
            return;
        }
    }
}

/// Holds one side of a transfer when only the other one waits.
fn hold_together(
    decisions: &Decisions<'_>,
    waiting: &mut WaitingChanges,
    transfer: &KeyTransfer,
    updated: &HashSet<EntityRef>,
) {
    let KeyTransfer { from, by, to } = transfer;
    let WaitingChanges { removals, arrivals, updates } = waiting;
    let giver = match by {
        GivenUpBy::Removal => removals.get(from),
        GivenUpBy::Change => updates.get(from).or_else(|| arrivals.get(from)),
    };
    let taker = updates.get(to).or_else(|| arrivals.get(to));
    match (giver.copied(), taker.copied()) {
        (Some(waits), None) => {
            let list = if updated.contains(to) { updates } else { arrivals };
            list.insert(*to, decisions.together(waits, decisions.places.of(*to)));
        }
        (None, Some(waits)) => {
            let list = match by {
                GivenUpBy::Removal => removals,
                GivenUpBy::Change if updated.contains(from) => updates,
                GivenUpBy::Change => arrivals,
            };
            list.insert(*from, decisions.together(waits, decisions.places.of(*from)));
        }
        _ => {}
    }
}

/// The transfers of keys that the changes of one kind make.
fn key_transfers<V: UniqueKeys>(
    keys: &KeyTexts<'_>,
    changes: &Changes<V>,
    stored: &[Stored<V>],
) -> Vec<KeyTransfer> {
    let stored_keys = |number: V::Number| {
        stored
            .by_number(number)
            .map_or(["", ""], |stored| stored.values.keys().map(|key| keys.stored.get(key)))
    };
    // Holders that give up their keys when their own change is made.
    let changed = changes.update.iter().chain(&changes.rekey).map(|new| (new.number, GivenUpBy::Change));
    let removed = changes.deactivate.iter().map(|number| (*number, GivenUpBy::Removal));
    let mut holders = HashMap::<&str, (V::Number, GivenUpBy)>::new();
    for (number, by) in changed.chain(removed) {
        for key in stored_keys(number).into_iter().filter(|key| !key.is_empty()) {
            holders.insert(key, (number, by));
        }
    }
    let mut transfers = Vec::new();
    for new in changes.valued() {
        for key in new.values.keys().map(|key| keys.plan.get(key)) {
            if let Some((from, by)) = holders.get(key).copied()
                && (by == GivenUpBy::Removal || from != new.number)
            {
                transfers.push(KeyTransfer { from: from.into(), by, to: new.number.into() });
            }
        }
    }
    transfers
}

/// Entities whose change waits as an update, not as an arrival.
fn updated<V: Entity>(changes: &Changes<V>) -> HashSet<EntityRef> {
    let rekeyed = matches!(V::KIND, EntityKind::School | EntityKind::Class).then_some(&changes.rekey);
    let updated = changes.update.iter().chain(rekeyed.into_iter().flatten());
    updated.map(|new| new.number.into()).collect()
}
