//! A night's judgement: what changed between two stored rosters, beside the truth.

use std::collections::BTreeSet;

use homeroom_model::stored::StoredRoster;

use super::access::access;
use super::accounts::{Account, Accounts};
use super::finding::{Fault, Finding};
use super::keys::values;
use super::morning::Known;
use super::owners::{Owners, RowIndex};
use super::places::{ClassOwners, Places};
use super::truth::Truth;
use crate::file::NightFile;
use crate::truth::PersonId;

/// Remembers whose each account is, from night to night.
#[derive(Default)]
pub(crate) struct Judge {
    pub(crate) owners: Owners,
    before: Accounts,
    places: Places,
    pub(crate) class_owners: ClassOwners,
    known: Known,
}

/// A night, for the parts of the judgement.
struct Night<'n> {
    truth: &'n Truth<'n>,
    sent: &'n NightFile,
    owners: &'n Owners,
    before: &'n Accounts,
    after: &'n Accounts,
}

impl Judge {
    /// What a night did; `sent` is the file that was uploaded.
    pub(crate) fn night(
        &mut self,
        truth: &Truth<'_>,
        sent: &NightFile,
        stored: &StoredRoster,
    ) -> Vec<Finding> {
        let after = Accounts::of(stored);
        let is_new = |account: &&Account| !self.before.all.contains_key(&account.entity);
        let new = after.all.values().filter(is_new).collect::<Vec<_>>();
        let had_account = self.owners.by_person();
        self.owners.adopt(new.iter().copied(), sent);
        let mut findings = Vec::new();
        let mut find = |fault, words: String| findings.push(Finding { fault, words });
        for account in new {
            let first = |owner| had_account.get(&owner).and_then(BTreeSet::first);
            match self.owners.owner(account.entity).filter(|owner| truth.here.contains(owner)) {
                None => {
                    find(Fault::Stranger, format!("{} is made for someone who is not here", account.entity))
                }
                Some(owner) => {
                    if let Some(first) = first(owner) {
                        let words = format!("person {owner} has {first} and gets {}", account.entity);
                        find(Fault::WrongSplit, words);
                    }
                }
            }
        }
        let night = Night { truth, sent, owners: &self.owners, before: &self.before, after: &after };
        night.accounts(&mut find);
        access(truth, &self.owners, (&self.before, &after), &mut find);
        let places = Places::of(stored);
        self.class_owners.changes(truth, (&self.places, &places), &mut find);
        (self.before, self.places) = (after, places);
        findings
    }

    /// Who and what is stale or missing when an ordinary night is over.
    pub(crate) fn morning(&mut self, truth: &Truth<'_>) -> Vec<Finding> {
        self.known.morning(truth, &self.owners, &self.before)
    }
}

impl Night<'_> {
    fn owner(&self, account: &Account) -> Option<PersonId> {
        self.owners.owner(account.entity)
    }

    fn is_here(&self, person: Option<PersonId>) -> bool {
        person.is_some_and(|person| self.truth.here.contains(&person))
    }

    /// What became of each account that was there before, and of the values of all.
    fn accounts(&self, find: &mut impl FnMut(Fault, String)) {
        let active = self.after.all.values().filter(|account| account.active);
        let active = active.filter_map(|account| self.owner(account)).collect::<BTreeSet<_>>();
        let (sent_people, rows) = (self.sent.people(), RowIndex::new(self.sent));
        for account in self.after.all.values() {
            let before = self.before.all.get(&account.entity);
            let (entity, owner) = (account.entity, self.owner(account));
            values(self.truth, owner, before, account, find);
            let Some(before) = before else { continue };
            match (before.active, account.active) {
                // Who goes on under another account was split, which is found where that is made, or is one again.
                (true, false) if self.is_here(owner) && owner.is_some_and(|one| !active.contains(&one)) => {
                    find(Fault::WrongRemoval, format!("{entity} of person {owner:?} is closed"));
                }
                (false, true) if !self.is_here(owner) => {
                    let is_sent = owner.is_some_and(|owner| sent_people.contains(&owner));
                    let fault = if is_sent { Fault::Stranger } else { Fault::WrongMerge };
                    find(fault, format!("{entity} of person {owner:?}, who has left, is active again"));
                }
                (true, true) if !self.is_here(owner) && self.is_changed(before, account) => {
                    let now = rows.person(account).filter(|now| self.is_here(Some(*now)));
                    let now = now.filter(|now| self.has_a_key_of(account, *now));
                    if let Some(now) = now {
                        let words =
                            format!("{entity} of person {owner:?}, who has left, goes on for person {now}");
                        find(Fault::WrongMerge, words);
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether a person of tonight has one of an account's keys: a name alone is a namesake's, too.
    fn has_a_key_of(&self, account: &Account, person: PersonId) -> bool {
        let person = &self.truth.world.people[person];
        account.keys().iter().any(|(_, key)| person.keys().any(|now| now == key.to_lowercase()))
    }

    /// Whether an account has other values, or is seen by others or sees others who did not before.
    fn is_changed(&self, before: &Account, after: &Account) -> bool {
        let had = self.before.pairs_of(after.entity);
        before != after || self.after.pairs_of(after.entity).iter().any(|pair| !had.contains(pair))
    }
}
