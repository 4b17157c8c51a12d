//! Whose each account is, in truth.

use std::collections::BTreeMap;

use homeroom_model::entity::EntityRef;

use super::accounts::{Account, Accounts, FIELDS, column_of};
use crate::hostile::{PersonId, Sheet};

/// Whose each account is; nobody's when the row that it was made from is not clear.
#[derive(Clone, Debug, Default)]
pub struct Owners(BTreeMap<EntityRef, Option<PersonId>>);

impl Owners {
    /// The person of an account.
    pub fn of(&self, account: EntityRef) -> Option<PersonId> {
        self.0.get(&account).copied().flatten()
    }

    /// The accounts of a person.
    pub fn accounts_of(&self, person: PersonId) -> impl Iterator<Item = EntityRef> {
        self.0.iter().filter(move |(_, owner)| **owner == Some(person)).map(|(account, _)| *account)
    }

    /// Gives the accounts that are new to the people of the rows that they were made from.
    pub fn adopt(&mut self, accounts: &Accounts, sheet: &Sheet) {
        for account in accounts.all.values() {
            self.0.entry(account.entity).or_insert_with(|| person_of(account, sheet));
        }
    }

    /// What somebody has decided is so: accounts that changed belong to the people whose rows they have.
    pub fn adopt_decided(&mut self, before: &Accounts, after: &Accounts, sheet: &Sheet) {
        for account in after.all.values() {
            let same = before.all.get(&account.entity).is_some_and(|one| one.values == account.values);
            if !same {
                self.0.insert(account.entity, person_of(account, sheet));
            }
        }
    }
}

/// The person of the rows with most of an account's values, if it is one.
fn person_of(account: &Account, sheet: &Sheet) -> Option<PersonId> {
    let mut best = (0, None);
    for row in &sheet.rows {
        let agrees = |field: &usize| {
            let cell = column_of(account.role, *field).map(|column| row.cell(column).trim());
            !account.values[*field].is_empty() && cell == Some(account.values[*field].as_str())
        };
        let count = (0..FIELDS).filter(agrees).count();
        let person = row.person(account.role);
        if count > best.0 {
            best = (count, Some(person));
        } else if count == best.0 && best.1 != Some(person) {
            best.1 = None;
        }
    }
    best.1
}
