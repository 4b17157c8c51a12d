//! Names, keys and grades of an account, beside those of its owner.

use super::accounts::Account;
use super::finding::Fault;
use super::truth::Truth;
use crate::truth::PersonId;

/// What changed in an account, and was never true of its owner.
pub(super) fn values(
    truth: &Truth<'_>,
    owner: Option<PersonId>,
    before: Option<&Account>,
    account: &Account,
    find: &mut impl FnMut(Fault, String),
) {
    let Some(owner) = owner else { return };
    let person = &truth.world.people[owner];
    let entity = account.entity;
    for (at, (what, key)) in account.keys().into_iter().enumerate() {
        let had = before.map(|before| before.keys()[at].1);
        if had == Some(key) {
            continue;
        }
        if key.is_empty() {
            if had.is_some_and(|had| !had.is_empty()) {
                find(Fault::WrongValue, format!("{entity} has no {what} any more"));
            }
            continue;
        }
        let key = key.to_lowercase();
        if person.keys_ever.contains(&key) {
            continue;
        }
        match truth.key_owners.get(key.as_str()).and_then(|owners| owners.first()) {
            Some(other) => find(
                Fault::WrongMerge,
                format!("{entity} of person {owner} has the {what} of person {other}"),
            ),
            None => {
                find(Fault::WrongValue, format!("{entity} of person {owner} has a {what} of nobody: {key}"))
            }
        }
    }
    name(truth, owner, before, account, find);
    let grade = truth.grades.get(&owner);
    let changed = before.is_some_and(|before| before.grade != account.grade);
    if changed && account.active && grade.is_some_and(|grade| *grade != account.grade) {
        find(Fault::WrongValue, format!("{entity} of person {owner} is in grade '{}'", account.grade));
    }
}

fn name(
    truth: &Truth<'_>,
    owner: PersonId,
    before: Option<&Account>,
    account: &Account,
    find: &mut impl FnMut(Fault, String),
) {
    let name = account.name();
    let person = &truth.world.people[owner];
    if before.is_some_and(|before| before.name() == name) || person.names_ever.contains(&name) {
        return;
    }
    let is_of = |id: &PersonId| truth.world.people[*id].names_ever.contains(&name);
    let (entity, (first, last)) = (account.entity, &name);
    match truth.here.iter().copied().find(is_of) {
        Some(other) => find(
            Fault::WrongMerge,
            format!("{entity} of person {owner} is called {first} {last}, as person {other} is"),
        ),
        None => find(Fault::WrongValue, format!("{entity} of person {owner} is called {first} {last}")),
    }
}
