//! A key belongs to one active entity, that of a person to one in both roles: the change of the one that gives it up and the change of
//! the one that gets it are in one part.

use hashbrown::{HashMap, HashSet};
use homeroom_model::PerKind;
use homeroom_model::entity::{ByNumber, Entity, EntityRef};
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::{Changes, Plan};
use homeroom_model::roster::{Class, Person, School, Student, Teacher};
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::{StrId, StringArena};

use super::waiting::{Decisions, WaitingChanges};

/// What a key is; no two active entities share one of a sort.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Sort {
    /// The id of a school or class, or the number of a person in the SIS.
    Id(EntityKind),
    Address,
    CleverId,
    UserName,
}

type Keys = [(Sort, StrId); 4];

/// An entity with keys that no two active ones share.
trait UniqueKeys: Entity {
    /// Its keys; some may be empty.
    fn keys(&self) -> Keys;
}

impl UniqueKeys for School {
    fn keys(&self) -> Keys {
        [(Sort::Id(EntityKind::School), self.key); 4]
    }
}

impl UniqueKeys for Class {
    fn keys(&self) -> Keys {
        [(Sort::Id(EntityKind::Class), self.key); 4]
    }
}

impl UniqueKeys for Teacher {
    fn keys(&self) -> Keys {
        keys_of_person(EntityKind::Teacher, &self.person, StrId::EMPTY)
    }
}

impl UniqueKeys for Student {
    fn keys(&self) -> Keys {
        keys_of_person(EntityKind::Student, &self.person, self.username)
    }
}

fn keys_of_person(kind: EntityKind, person: &Person, username: StrId) -> Keys {
    [
        (Sort::Id(kind), person.sis_id),
        (Sort::Address, person.email),
        (Sort::CleverId, person.clever_id),
        (Sort::UserName, username),
    ]
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
pub(super) fn hold_key_transfers(
    decisions: &Decisions<'_>,
    waiting: &mut PerKind<WaitingChanges>,
    plan: &Plan,
    stored: &StoredRoster,
) {
    if waiting.iter().all(|(_, waiting)| waiting.is_empty()) {
        return;
    }
    let transfers = key_transfers(plan, stored);
    let mut updated = HashSet::new();
    add_updated(&plan.schools, &mut updated);
    add_updated(&plan.classes, &mut updated);
    add_updated(&plan.teachers, &mut updated);
    add_updated(&plan.students, &mut updated);
    let count =
        |waiting: &PerKind<WaitingChanges>| waiting.iter().map(|(_, waiting)| waiting.count()).sum::<usize>();
    loop {
        let before = count(waiting);
        for transfer in &transfers {
            hold_together(decisions, waiting, transfer, &updated);
        }
        if count(waiting) == before {
            return;
        }
    }
}

/// Holds one side of a transfer when only the other one waits.
fn hold_together(
    decisions: &Decisions<'_>,
    waiting: &mut PerKind<WaitingChanges>,
    transfer: &KeyTransfer,
    updated: &HashSet<EntityRef>,
) {
    let KeyTransfer { from, by, to } = transfer;
    let changed = |entity: &EntityRef| {
        let WaitingChanges { updates, arrivals, .. } = waiting.get(entity.kind);
        updates.get(entity).or_else(|| arrivals.get(entity)).copied()
    };
    let giver = match by {
        GivenUpBy::Removal => waiting.get(from.kind).removals.get(from).copied(),
        GivenUpBy::Change => changed(from),
    };
    let (waits, entity, by) = match (giver, changed(to)) {
        (Some(waits), None) => (waits, to, GivenUpBy::Change),
        (None, Some(waits)) => (waits, from, *by),
        _ => return,
    };
    let WaitingChanges { removals, arrivals, updates } = waiting.get_mut(entity.kind);
    let list = match by {
        GivenUpBy::Removal => removals,
        GivenUpBy::Change if updated.contains(entity) => updates,
        GivenUpBy::Change => arrivals,
    };
    list.insert(*entity, decisions.together(waits, decisions.places.of(*entity)));
}

/// Who gives up each key.
type Givers<'s> = HashMap<(Sort, &'s str), (EntityRef, GivenUpBy)>;

/// The transfers of keys that a plan makes.
fn key_transfers(plan: &Plan, stored: &StoredRoster) -> Vec<KeyTransfer> {
    let mut givers = Givers::new();
    add_givers(&plan.schools, &stored.schools, &stored.texts, &mut givers);
    add_givers(&plan.classes, &stored.classes, &stored.texts, &mut givers);
    add_givers(&plan.teachers, &stored.teachers, &stored.texts, &mut givers);
    add_givers(&plan.students, &stored.students, &stored.texts, &mut givers);
    let mut transfers = Vec::new();
    add_transfers(&plan.schools, &plan.texts, &givers, &mut transfers);
    add_transfers(&plan.classes, &plan.texts, &givers, &mut transfers);
    add_transfers(&plan.teachers, &plan.texts, &givers, &mut transfers);
    add_transfers(&plan.students, &plan.texts, &givers, &mut transfers);
    transfers
}

/// Adds the holders that give up their keys when their own change is made.
fn add_givers<'s, V: UniqueKeys>(
    changes: &Changes<V>,
    stored: &[Stored<V>],
    texts: &'s StringArena,
    givers: &mut Givers<'s>,
) {
    let changed = changes.update.iter().chain(&changes.rekey).map(|new| (new.number, GivenUpBy::Change));
    let removed = changes.deactivate.iter().map(|number| (*number, GivenUpBy::Removal));
    for (number, by) in changed.chain(removed) {
        for (sort, key) in stored.by_number(number).into_iter().flat_map(|stored| stored.values.keys()) {
            let key = texts.get(key);
            if !key.is_empty() {
                givers.insert((sort, key), (number.into(), by));
            }
        }
    }
}

fn add_transfers<V: UniqueKeys>(
    changes: &Changes<V>,
    texts: &StringArena,
    givers: &Givers<'_>,
    transfers: &mut Vec<KeyTransfer>,
) {
    for new in changes.valued() {
        let to: EntityRef = new.number.into();
        for (sort, key) in new.values.keys() {
            if let Some((from, by)) = givers.get(&(sort, texts.get(key))).copied()
                && (by == GivenUpBy::Removal || from != to)
            {
                transfers.push(KeyTransfer { from, by, to });
            }
        }
    }
}

/// Adds the entities whose change waits as an update, not as an arrival.
fn add_updated<V: Entity>(changes: &Changes<V>, updated: &mut HashSet<EntityRef>) {
    let rekeyed = matches!(V::KIND, EntityKind::School | EntityKind::Class).then_some(&changes.rekey);
    let all = changes.update.iter().chain(rekeyed.into_iter().flatten());
    updated.extend(all.map(|new| new.number.into()));
}
