//! The keys fuse: a key of an active person that passes on to another one always waits; so do keys that change in bulk.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::EntityRef;
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::KeyMove;

use super::context::{FuseContext, MAX_EXAMPLES};
use super::partition::Partition;
use super::people::{Attribute, ChangedPerson, Kind};
use super::wording::counted;

/// A key that an active person has, and another person would get.
struct Passing<'p> {
    taker: &'p ChangedPerson<'p>,
    attribute: Attribute,
    holder: EntityRef,
}

/// Keys that pass from one person to another, and keys that change for too many. Of those among whom a key passes everything waits.
pub(super) fn keys(
    context: &FuseContext<'_>,
    people: &[ChangedPerson<'_>],
    partition: &mut Partition<'_>,
) -> Vec<BlownFuse> {
    if context.rules.policy.is_off(Fuse::Keys) {
        return vec![];
    }
    let passings = passings(context, people);
    let passing = hold_passings(context, &passings, partition);
    let mut fuses = passing.into_iter().collect::<Vec<_>>();
    let passed =
        passings.iter().map(|passing| (passing.taker.entity, passing.attribute)).collect::<HashSet<_>>();
    fuses.extend(in_bulk(context, people, &passed, partition));
    fuses
}

/// The passings of the plan whose taker is among these people.
fn passings<'p>(context: &'p FuseContext<'_>, people: &'p [ChangedPerson<'p>]) -> Vec<Passing<'p>> {
    if context.plan.key_moves.is_empty() {
        return vec![];
    }
    let changes = people.iter().map(|person| (person.entity, person)).collect::<HashMap<_, _>>();
    let passing = |KeyMove { from, to, column, .. }: &KeyMove| {
        let attribute = Attribute::of_column(*column)?;
        let taker = *changes.get(to)?;
        Some(Passing { taker, attribute, holder: *from })
    };
    context.plan.key_moves.iter().filter_map(passing).collect()
}

fn hold_passings(
    context: &FuseContext<'_>,
    passings: &[Passing<'_>],
    partition: &mut Partition<'_>,
) -> Option<BlownFuse> {
    if passings.is_empty() {
        return None;
    }
    for Passing { taker, holder, .. } in passings {
        partition.hold_person(taker.entity);
        partition.hold_person(*holder);
    }
    // Where it is asked whether both are one, nothing else needs to be said.
    let asked = context.plan.proposals.iter().filter(|proposal| !proposal.accepted);
    let asked =
        asked.filter_map(|proposal| Some((proposal.id, proposal.new_entity?))).collect::<HashSet<_>>();
    let is_told = |passing: &&Passing<'_>| !asked.contains(&(passing.holder, passing.taker.entity));
    let told = passings.iter().filter(is_told).collect::<Vec<_>>();
    if told.is_empty() {
        return None;
    }
    Some(BlownFuse {
        fuse: Fuse::Keys,
        scope: "people".into(),
        message: passing_message(&told, holders_leave(context, &told)),
        examples: told.iter().take(MAX_EXAMPLES).map(|passing| passing_example(context, passing)).collect(),
    })
}

/// Who has the keys that pass.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holders {
    /// At least one is in the file.
    Stay,
    /// All leave, and the keys go to new people.
    Leave,
}

fn holders_leave(context: &FuseContext<'_>, passings: &[&Passing<'_>]) -> Holders {
    let people = [EntityKind::Teacher, EntityKind::Student].into_iter();
    let removed = people.flat_map(|kind| context.plan.deactivated(kind)).collect::<HashSet<_>>();
    let is_given_again =
        |passing: &&Passing<'_>| passing.taker.kind == Kind::Arrival && removed.contains(&passing.holder);
    if passings.iter().all(is_given_again) { Holders::Leave } else { Holders::Stay }
}

fn passing_message(passings: &[&Passing<'_>], who_has_them: Holders) -> String {
    let mut attributes = BTreeMap::<Attribute, usize>::new();
    passings.iter().for_each(|passing| *attributes.entry(passing.attribute).or_default() += 1);
    let what =
        attributes.iter().max_by_key(|(_, count)| **count).map_or("key", |(attribute, _)| attribute.noun());
    let takers = passings.iter().map(|passing| passing.taker.entity).collect::<HashSet<_>>().len();
    let holders = passings.iter().map(|passing| passing.holder).collect::<HashSet<_>>();
    let exchange = passings.iter().filter(|passing| holders.contains(&passing.taker.entity)).count();
    let who = counted(takers as u64, "person");
    match takers {
        _ if who_has_them == Holders::Leave => format!(
            "{} would get the {what} that somebody else has until tonight: either it was given again as soon as the other one left, or \
             a row has the name of one and the {what} of the other. Approve only if all of them are new, and those who are removed have \
             left.",
            counted(takers as u64, "new person"),
        ),
        1 => format!(
            "1 person would get the {what} of somebody who has it now, and with it possibly that account. Approve only if you know \
             that it was given to the other one on purpose."
        ),
        2 if exchange == 2 => format!(
            "2 people would exchange {what} with each other. Approve only if you know that both were wrong until now; otherwise \
             each gets into the other's account."
        ),
        _ => format!(
            "{who} would get the {what} that somebody else has now: most likely a column has slipped by a row, was sorted alone, \
             or two columns were exchanged. Nobody may get another's account by that: discard it, and export the file again."
        ),
    }
}

fn passing_example(context: &FuseContext<'_>, passing: &Passing<'_>) -> String {
    let Passing { taker, attribute, holder, .. } = passing;
    let (first, last) = (taker.new.get(Attribute::FirstName), taker.new.get(Attribute::LastName));
    let name =
        |entity: EntityRef| context.stored.key_and_name(entity).map_or_else(String::new, |(_, name)| name);
    let new = taker.new.get(*attribute);
    match taker.old.get(*attribute) {
        "" => format!("{first} {last}: {} {new}, which {} has now", attribute.noun(), name(*holder)),
        old => format!(
            "{first} {last}: {} {old} becomes {new}, which {} has now",
            attribute.noun(),
            name(*holder)
        ),
    }
}

/// Keys of one sort that change for too many people at once. A new domain, and what was recognized by evidence, are matters of the
/// update and the identity fuse.
fn in_bulk(
    context: &FuseContext<'_>,
    people: &[ChangedPerson<'_>],
    passed: &HashSet<(EntityRef, Attribute)>,
    partition: &mut Partition<'_>,
) -> Vec<BlownFuse> {
    let limit = context.rules.policy.limit(Fuse::Keys);
    let mut fuses = Vec::new();
    for kind in [EntityKind::Teacher, EntityKind::Student] {
        for attribute in Attribute::KEYS {
            let changed = people.iter().filter(|person| {
                person.entity.kind == kind
                    && person.kind == Kind::Update
                    && is_another_key(person, attribute)
                    && !passed.contains(&(person.entity, attribute))
            });
            let changed = changed.collect::<Vec<_>>();
            let all = context.stored.active_count(kind) as u64;
            if limit.is_exceeded(changed.len() as u64, all) {
                changed.iter().for_each(|person| person.hold(partition));
                fuses.push(bulk_fuse(kind, attribute, &changed, all));
            }
        }
    }
    fuses
}

/// Whether the key is another one now; an address that only has another domain is not.
fn is_another_key(person: &ChangedPerson<'_>, attribute: Attribute) -> bool {
    let (old, new) = (person.old.get(attribute), person.new.get(attribute));
    let local = |address: &str| address.split('@').next().map(str::to_owned);
    let only_domain = attribute == Attribute::Address && local(old) == local(new);
    person.changes(attribute) && !new.is_empty() && !only_domain
}

fn bulk_fuse(kind: EntityKind, attribute: Attribute, changed: &[&ChangedPerson<'_>], all: u64) -> BlownFuse {
    let example = |person: &&ChangedPerson<'_>| {
        let (first, last) = (person.old.get(Attribute::FirstName), person.old.get(Attribute::LastName));
        let (old, new) = (person.old.get(attribute), person.new.get(attribute));
        format!("{first} {last}: {} {old} becomes {new}", attribute.noun())
    };
    BlownFuse {
        fuse: Fuse::Keys,
        scope: kind.plural().into(),
        message: format!(
            "{} of {all} active {} would get {} that differs from the one that they have now: either the SIS has issued new ones, \
             or the column was filled with something else. Compare some of them with the SIS before you decide.",
            changed.len(),
            kind.plural(),
            attribute.with_article(),
        ),
        examples: changed.iter().take(MAX_EXAMPLES).map(example).collect(),
    }
}
