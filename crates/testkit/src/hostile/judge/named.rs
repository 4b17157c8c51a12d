//! Nobody who is named loses anything.

use super::accounts::{Account, KEYS, NAMES, column_of};
use super::night::Seen;
use homeroom_model::Column;

use crate::hostile::Row;

/// Whoever a row of theirs names, by key or by name with school, class or grade, stays, with the links that the row names.
pub fn who_is_named_loses_nothing(seen: &Seen<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    for before in seen.before.active() {
        let Some(owner) = seen.owners.of(before.entity) else { continue };
        let after = &seen.after.all[&before.entity];
        let rows = seen.sheet.rows_of(before.role, owner).into_iter().map(|at| (at, &seen.sheet.rows[at]));
        for (at, row) in rows.filter(|(_, row)| is_named(seen, before, row)) {
            let words = format!("{}, named in line {},", before.in_words(), at + 2);
            // Somebody who was approved as two people may be one again.
            let has_another = || {
                let others = seen.owners.accounts_of(owner).map(|other| &seen.after.all[&other]);
                others.filter(|other| other.active).any(|other| other.shared(before, KEYS) > 0)
            };
            if !after.active && has_another() {
                break;
            }
            if !after.active {
                faults.push(format!("{words} is removed"));
                break;
            }
            let lost = before.classes.difference(&after.classes);
            let lost = lost.map(|class| &seen.before.classes[class]).filter(|class| {
                let by_id = class.key == row.cell(Column::ClassId);
                let by_name = row.cell(Column::ClassId).is_empty()
                    && class.name == row.cell(Column::ClassName)
                    && class.school == row.cell(Column::SchoolId);
                by_id || by_name
            });
            faults.extend(lost.map(|class| format!("{words} loses the class {} {}", class.key, class.name)));
        }
    }
    faults.sort();
    faults.dedup();
    faults
}

fn is_named(seen: &Seen<'_>, account: &Account, row: &Row) -> bool {
    let agrees = |field: usize| {
        let cell = column_of(account.role, field).map_or("", |column| row.cell(column));
        !cell.is_empty() && cell == account.values[field]
    };
    if KEYS.into_iter().any(agrees) {
        return true;
    }
    let classes = account.classes.iter().map(|class| &seen.before.classes[class]);
    let same_place = agrees(super::accounts::GRADE)
        || classes.clone().any(|class| {
            class.school == row.cell(Column::SchoolId) || class.key == row.cell(Column::ClassId)
        });
    // Of people of the same name a key tells who is meant, and beside somebody else's nobody knows.
    let namesakes = seen.before.active().filter(|other| other.role == account.role);
    let is_only_one = namesakes.filter(|other| other.shared(account, NAMES) == NAMES.len()).count() == 1;
    NAMES.into_iter().all(agrees) && same_place && is_only_one
}
