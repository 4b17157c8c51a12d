//! What was applied on an ordinary night is the truth.

use std::collections::BTreeMap;

use super::accounts::{FIELDS, column_of, field_name};
use super::night::Seen;
use super::outcome::Outcome;
use crate::hostile::{PersonId, Role, Row};

/// Everyone who is here has one active account with what the file says, the same as before, and nobody else has one.
pub fn everything_is_right(seen: &Seen<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    if seen.outcome != Outcome::Applied {
        faults.push(format!("the file is not applied without a question: {:?}", seen.outcome));
    }
    let mut rows = BTreeMap::<(Role, PersonId), &Row>::new();
    for row in &seen.sheet.rows {
        rows.insert((Role::Student, row.student), row);
        rows.insert((Role::Teacher, row.teacher), row);
    }
    for account in seen.after.active() {
        let owner = seen.owners.of(account.entity);
        if !owner.is_some_and(|owner| rows.contains_key(&(account.role, owner))) {
            faults.push(format!("{} is active, and is of nobody who is here", account.in_words()));
        }
    }
    for ((role, person), row) in rows {
        let accounts = seen.owners.accounts_of(person).map(|account| &seen.after.all[&account]);
        let accounts = accounts.filter(|account| account.role == role).collect::<Vec<_>>();
        let name = format!(
            "{} {} ({role:?})",
            row.cell(column_of(role, 4).unwrap_or(homeroom_model::Column::StudentFirstName)),
            row.cell(column_of(role, 5).unwrap_or(homeroom_model::Column::StudentLastName))
        );
        let [account] = accounts[..] else {
            faults.push(format!("{name} has {} accounts", accounts.len()));
            continue;
        };
        if !account.active {
            faults.push(format!("{name} has no active account: {}", account.in_words()));
        }
        for field in 0..FIELDS {
            let Some(column) = column_of(role, field).filter(|column| seen.sheet.style.has(*column)) else {
                continue;
            };
            if row.cell(column) != account.values[field] {
                faults.push(format!(
                    "{name}: the {} is {} and not {}",
                    field_name(field),
                    account.values[field],
                    row.cell(column)
                ));
            }
        }
        let stored = account.classes.iter().map(|class| seen.after.classes[class].key.as_str());
        let mut stored = stored.collect::<Vec<_>>();
        stored.sort_unstable();
        let mut wanted = seen.sheet.rows_of(role, person).into_iter();
        let mut wanted = wanted
            .by_ref()
            .map(|at| seen.sheet.rows[at].cell(homeroom_model::Column::ClassId))
            .collect::<Vec<_>>();
        wanted.sort_unstable();
        wanted.dedup();
        if stored != wanted {
            faults.push(format!("{name} is in {stored:?} and not in {wanted:?}"));
        }
    }
    faults
}
