//! A night's judgement: what changed between two stored rosters, beside the truth.

use std::collections::BTreeSet;

use homeroom_model::stored::StoredRoster;

use super::access::access;
use super::accounts::Accounts;
use super::finding::{Fault, Finding};
use super::keys::values;
use super::owners::Owners;
use super::truth::Truth;
use crate::file::NightFile;

/// Remembers whose each account is, from night to night.
#[derive(Default)]
pub(crate) struct Judge {
    pub(crate) owners: Owners,
    before: Accounts,
    /// Accounts and people that were found stale or missing before, so that each is told once.
    known: BTreeSet<String>,
}

impl Judge {
    /// What a night did; `sent` is the file that was uploaded.
    pub(crate) fn night(
        &mut self,
        truth: &Truth<'_>,
        sent: &NightFile,
        after: &StoredRoster,
    ) -> Vec<Finding> {
        let after = Accounts::of(after);
        let new = after.all.values().filter(|account| !self.before.all.contains_key(&account.entity));
        let had_account = self.owners.by_person();
        self.owners.adopt(new.clone(), sent);
        let mut findings = Vec::new();
        let mut find = |fault, words: String| findings.push(Finding { fault, words });
        for account in new {
            match self.owners.owner(account.entity).filter(|owner| truth.here.contains(owner)) {
                None => {
                    find(Fault::Stranger, format!("{} is made for someone who is not here", account.entity))
                }
                Some(owner) => {
                    if let Some(first) = had_account.get(&owner).and_then(BTreeSet::first) {
                        let words = format!("person {owner} has {first} and gets {}", account.entity);
                        find(Fault::WrongSplit, words);
                    }
                }
            }
        }
        let sent_people = sent.people();
        for account in after.all.values() {
            let before = self.before.all.get(&account.entity);
            let owner = self.owners.owner(account.entity);
            values(truth, owner, before, account, &mut find);
            let Some(before) = before else { continue };
            let is_here = owner.is_some_and(|owner| truth.here.contains(&owner));
            if before.active && !account.active && is_here {
                find(Fault::WrongRemoval, format!("{} of person {owner:?} is closed", account.entity));
            }
            if !before.active && account.active && !is_here {
                let is_sent = owner.is_some_and(|owner| sent_people.contains(&owner));
                let fault = if is_sent { Fault::Stranger } else { Fault::WrongMerge };
                find(fault, format!("{} of person {owner:?}, who has left, is active again", account.entity));
            }
        }
        access(truth, &self.owners, (&self.before, &after), &mut find);
        self.before = after;
        findings
    }

    /// Who is still active, and who is missing, when an ordinary night is over.
    pub(crate) fn morning(&mut self, truth: &Truth<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut active = BTreeSet::new();
        let mut find = |known: &mut BTreeSet<String>, fault, words: String| {
            if known.insert(words.clone()) {
                findings.push(Finding { fault, words });
            }
        };
        for account in self.before.all.values().filter(|account| account.active) {
            match self.owners.owner(account.entity).filter(|owner| truth.here.contains(owner)) {
                Some(owner) => _ = active.insert(owner),
                None => {
                    let words = format!("{} of someone who has left is active", account.entity);
                    find(&mut self.known, Fault::StaleAccess, words);
                }
            }
        }
        for person in truth.here.difference(&active) {
            find(
                &mut self.known,
                Fault::Missing,
                format!("person {person} is here and has no active account"),
            );
        }
        findings
    }
}
