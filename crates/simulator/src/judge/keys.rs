//! Names, keys and grades of an account, beside those of its owner.

use homeroom_model::entity::EntityRef;

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
        changed_key(truth, (owner, entity), (what, had), &key.to_lowercase(), find);
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
    let now = (person.first.clone(), person.last.clone());
    let had = before.map(Account::name);
    if had.as_ref() == Some(&name) || name == now {
        return;
    }
    if person.names_ever.contains(&name) {
        if had == Some(now) {
            let words = format!("{} of person {owner} has an old name again", account.entity);
            find(Fault::WrongValue, words);
        }
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

/// A key that an account has newly: its owner's of tonight, another's, or an old one.
fn changed_key(
    truth: &Truth<'_>,
    (owner, entity): (PersonId, EntityRef),
    (what, had): (&str, Option<&str>),
    key: &str,
    find: &mut impl FnMut(Fault, String),
) {
    let person = &truth.world.people[owner];
    let is_now = |id: PersonId, key: &str| truth.world.people[id].keys().any(|now| now == key);
    if is_now(owner, key) {
        return;
    }
    let others = truth.key_owners.get(key).into_iter().flatten();
    let others = others.copied().filter(|other| *other != owner);
    let has_now = others.clone().find(|other| truth.here.contains(other) && is_now(*other, key));
    let was_ever = person.keys_ever.contains(key);
    let other = has_now.or_else(|| others.clone().next().filter(|_| !was_ever));
    match other {
        Some(other) => {
            find(Fault::WrongMerge, format!("{entity} of person {owner} has the {what} of person {other}"));
        }
        None if was_ever => {
            if had.is_some_and(|had| is_now(owner, &had.to_lowercase())) {
                find(Fault::WrongValue, format!("{entity} of person {owner} has an old {what} again"));
            }
        }
        None => {
            find(Fault::WrongValue, format!("{entity} of person {owner} has a {what} of nobody: {key}"));
        }
    }
}
