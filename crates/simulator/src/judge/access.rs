//! Who sees whom: the pairs of teacher and student that a night adds and takes away.

use std::collections::{BTreeMap, BTreeSet};

use super::accounts::Accounts;
use super::finding::Fault;
use super::owners::Owners;
use super::truth::Truth;
use crate::truth::PersonId;

/// Pairs gained that are not true, and true ones that are lost; one finding for each teacher.
pub(super) fn access(
    truth: &Truth<'_>,
    owners: &Owners,
    (before, after): (&Accounts, &Accounts),
    find: &mut impl FnMut(Fault, String),
) {
    let mut gained = BTreeMap::<_, usize>::new();
    for (teacher, student) in after.pairs.difference(&before.pairs) {
        let pair = owners.owner(*teacher).zip(owners.owner(*student));
        if !pair.is_some_and(|pair| truth.pairs.contains(&pair)) {
            *gained.entry(*teacher).or_default() += 1;
        }
    }
    for (teacher, students) in gained {
        find(Fault::WrongAccess, format!("{teacher} sees {students} students who are not theirs"));
    }
    // By person: who goes on under another account is seen as before.
    let people = |accounts: &Accounts| {
        let pairs = accounts.pairs.iter();
        let pairs = pairs.filter_map(|(one, other)| owners.owner(*one).zip(owners.owner(*other)));
        pairs.filter(|pair| truth.pairs.contains(pair)).collect::<BTreeSet<_>>()
    };
    let mut lost = BTreeMap::<PersonId, usize>::new();
    for (teacher, _) in people(before).difference(&people(after)) {
        *lost.entry(*teacher).or_default() += 1;
    }
    for (teacher, students) in lost {
        find(Fault::LostAccess, format!("teacher {teacher} no longer sees {students} students"));
    }
}
