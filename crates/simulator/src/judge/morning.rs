//! What is still to be done when an ordinary night is over: who and what should have been taken over, and was not.

use std::collections::{BTreeMap, BTreeSet};

use super::accounts::{Account, Accounts};
use super::finding::{Fault, Finding};
use super::owners::Owners;
use super::truth::Truth;
use crate::truth::PersonId;

/// What was found in the mornings before, so that each thing is told once.
#[derive(Default)]
pub(super) struct Known {
    words: BTreeSet<String>,
    pairs: BTreeSet<(Fault, PersonId, PersonId)>,
}

impl Known {
    /// Who and what of these accounts is stale, and who is missing.
    pub(super) fn morning(
        &mut self,
        truth: &Truth<'_>,
        owners: &Owners,
        accounts: &Accounts,
    ) -> Vec<Finding> {
        let mut found = self.people(truth, owners, accounts);
        found.extend(self.pairs(truth, owners, accounts));
        found
    }

    fn people(&mut self, truth: &Truth<'_>, owners: &Owners, accounts: &Accounts) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut active = BTreeSet::new();
        let known = &mut self.words;
        let mut find = |fault, words: String| {
            if known.insert(words.clone()) {
                findings.push(Finding { fault, words });
            }
        };
        for account in accounts.all.values().filter(|account| account.active) {
            match owners.owner(account.entity).filter(|owner| truth.here.contains(owner)) {
                Some(owner) => {
                    active.insert(owner);
                    for (is, should_be) in stale_values(truth, owner, account) {
                        let words = format!("{} has '{is}', and not '{should_be}'", account.entity);
                        find(Fault::StaleValue, words);
                    }
                }
                None => {
                    find(Fault::StaleAccess, format!("{} of someone who has left is active", account.entity));
                }
            }
        }
        for person in truth.here.difference(&active) {
            find(Fault::Missing, format!("person {person} is here and has no active account"));
        }
        findings
    }

    /// Who sees whom without being their teacher any more, and who does not see their students yet; one finding for each teacher.
    fn pairs(&mut self, truth: &Truth<'_>, owners: &Owners, accounts: &Accounts) -> Vec<Finding> {
        let owner = |account| owners.owner(account);
        let stored = accounts.pairs.iter();
        let stored = stored.filter_map(|(teacher, student)| Some((owner(*teacher)?, owner(*student)?)));
        // Of those who have left the account itself is stale.
        let are_here =
            |(one, other): &(PersonId, PersonId)| truth.here.contains(one) && truth.here.contains(other);
        let stored = stored.filter(are_here).collect::<BTreeSet<_>>();
        let mut counts = BTreeMap::<(Fault, PersonId), usize>::new();
        let stale = stored.difference(&truth.pairs).map(|pair| (Fault::StaleAccess, *pair));
        let missing = truth.pairs.difference(&stored).map(|pair| (Fault::Missing, *pair));
        for (fault, (teacher, student)) in stale.chain(missing) {
            if self.pairs.insert((fault, teacher, student)) {
                *counts.entry((fault, teacher)).or_default() += 1;
            }
        }
        let finding = |((fault, teacher), students)| {
            let words = if fault == Fault::StaleAccess { "still sees" } else { "does not see" };
            Finding { fault, words: format!("teacher {teacher} {words} {students} students") }
        };
        counts.into_iter().map(finding).collect()
    }
}

/// The values of an account that are not those of its owner, with what they should be.
fn stale_values(truth: &Truth<'_>, owner: PersonId, account: &Account) -> Vec<(String, String)> {
    let person = &truth.world.people[owner];
    let keys = [&person.sis_id, &person.email, &person.clever_id, &person.username];
    let keys =
        account.keys().into_iter().zip(keys).map(|((_, is), should_be)| (is.to_owned(), should_be.clone()));
    let grade = truth.grades.get(&owner).map(|grade| (account.grade.clone(), grade.clone()));
    let names = [(account.first.clone(), person.first.clone()), (account.last.clone(), person.last.clone())];
    let all = keys.chain(names).chain(grade);
    // One empty cell of an ordinary night may empty a value.
    all.filter(|(is, should_be)| !is.is_empty() && is.to_lowercase() != should_be.to_lowercase()).collect()
}
