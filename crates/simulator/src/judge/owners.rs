//! Whose each account is: decided when it is made, by the rows of that night's file.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::entity::EntityRef;

use super::accounts::Account;
use crate::file::NightFile;
use crate::truth::{PersonId, Role};
use homeroom_model::Column;

/// Whose each account is; `None` for an account of someone who is not of the district.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owners {
    of: BTreeMap<EntityRef, Option<PersonId>>,
}

impl Owners {
    pub(crate) fn owner(&self, account: EntityRef) -> Option<PersonId> {
        self.of.get(&account).copied().flatten()
    }

    /// Gives new accounts to the people of the rows that they were made from.
    pub(super) fn adopt<'a>(&mut self, new: impl Iterator<Item = &'a Account>, sent: &NightFile) {
        let rows = RowIndex::new(sent);
        for account in new {
            self.of.insert(account.entity, rows.person(account));
        }
    }

    /// The accounts of each person.
    pub(crate) fn by_person(&self) -> BTreeMap<PersonId, BTreeSet<EntityRef>> {
        let mut accounts = BTreeMap::<PersonId, BTreeSet<EntityRef>>::new();
        for (account, person) in &self.of {
            if let Some(person) = person {
                accounts.entry(*person).or_default().insert(*account);
            }
        }
        accounts
    }
}

/// The people of a file by each key and name that their rows have.
pub(crate) struct RowIndex {
    by_value: BTreeMap<(Role, String), BTreeSet<Option<PersonId>>>,
}

impl RowIndex {
    pub(crate) fn new(sent: &NightFile) -> RowIndex {
        let student = [
            Column::StudentId,
            Column::StudentEmail,
            Column::StudentCleverId,
            Column::StudentFirstName,
            Column::StudentLastName,
        ];
        let teacher = [
            Column::TeacherId,
            Column::TeacherEmail,
            Column::TeacherCleverId,
            Column::TeacherFirstName,
            Column::TeacherLastName,
        ];
        let mut by_value = BTreeMap::<_, BTreeSet<_>>::new();
        for row in &sent.rows {
            for (role, person, columns) in
                [(Role::Student, row.student, student), (Role::Teacher, row.teacher, teacher)]
            {
                let cells = columns.map(|column| row.cell(column));
                for value in values(&cells) {
                    by_value.entry((role, value)).or_default().insert(person);
                }
            }
        }
        RowIndex { by_value }
    }

    /// The person whose rows have most of an account's values.
    pub(crate) fn person(&self, account: &Account) -> Option<PersonId> {
        let cells = [&account.sis_id, &account.email, &account.clever_id, &account.first, &account.last];
        let cells = cells.map(String::as_str);
        let mut votes = BTreeMap::<PersonId, usize>::new();
        for value in values(&cells) {
            for person in self.by_value.get(&(account.role, value)).into_iter().flatten().flatten() {
                *votes.entry(*person).or_default() += 1;
            }
        }
        votes.into_iter().max_by_key(|(_, votes)| *votes).map(|(person, _)| person)
    }
}

/// Each key, and the name as a whole.
fn values(cells: &[&str; 5]) -> impl Iterator<Item = String> {
    let keys = cells[..3].iter().zip(["number", "address", "clever"]);
    let keys =
        keys.filter(|(key, _)| !key.is_empty()).map(|(key, what)| format!("{what} {}", key.to_lowercase()));
    let name = format!("name {} {}", cells[3], cells[4]);
    keys.collect::<Vec<_>>().into_iter().chain([name])
}
