//! Nobody gets another's account.

use super::accounts::{Account, GRADE, KEYS, NAMES};
use super::night::Seen;

/// An account that changes has more in common with itself than with a stranger, and at least as much as with anybody who changed or
/// left as well.
pub fn nobody_gets_anothers_account(seen: &Seen<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    for after in seen.after.active() {
        let Some(before) = seen.before.all.get(&after.entity) else { continue };
        if before.values == after.values && before.active {
            continue;
        }
        let words = format!("{} becomes {}", before.in_words(), after.in_words());
        if is_strange(before, after) {
            faults.push(format!("{words}: no more in common than with a stranger"));
        }
        let own = common(before, after);
        // Somebody who was approved as two people may be one again.
        let owner = seen.owners.of(after.entity);
        let is_same = |other: &Account| {
            let has_its_key_and_name =
                other.shared(before, KEYS) > 0 && other.shared(before, NAMES) == NAMES.len();
            has_its_key_and_name || owner.is_some() && owner == seen.owners.of(other.entity)
        };
        let better = seen.before.all.values().filter(|other| !is_same(other)).filter(|other| {
            other.entity != after.entity && other.role == after.role && common(other, after) > own && {
                let now = &seen.after.all[&other.entity];
                now.values != other.values || !now.active
            }
        });
        faults.extend(better.map(|other| {
            format!(
                "{words}: {} of it is of {} and only {own} its own",
                common(other, after),
                other.in_words()
            )
        }));
    }
    faults
}

fn common(before: &Account, after: &Account) -> usize {
    let places = usize::from(before.values[GRADE] == after.values[GRADE])
        + usize::from(!before.classes.is_disjoint(&after.classes));
    before.shared(after, 0..NAMES.end) + places
}

fn is_strange(before: &Account, after: &Account) -> bool {
    let names = before.shared(after, NAMES);
    let alike = NAMES.filter(|field| is_alike(&before.values[*field], &after.values[*field])).count();
    let same_class = !before.ever_in.is_disjoint(&after.classes);
    if before.shared(after, KEYS) == 0 {
        return !(names == 2 || alike == 2 && same_class || names == 1 && same_class);
    }
    // A key that is used again after a leaver is a new account when name and place differ.
    let is_step = |before: &str, after: &str| {
        let number = |grade: &str| grade.parse::<i32>().ok();
        let (Some(before), Some(after)) = (number(before), number(after)) else { return true };
        (0..=1).contains(&(after - before))
    };
    let same_place = same_class || before.active && is_step(&before.values[GRADE], &after.values[GRADE]);
    !before.active && alike == 0 && !same_place
}

/// Whether one name may be a spelling of the other, or says nothing.
fn is_alike(one: &str, other: &str) -> bool {
    let letters =
        |name: &str| name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<Vec<_>>();
    let (one, other) = (letters(one), letters(other));
    if one.len() < 2 || other.len() < 2 || one.iter().chain(&other).any(|c| !c.is_ascii()) {
        return true;
    }
    let same = one.iter().filter(|c| other.contains(c)).count();
    same * 3 >= one.len().max(other.len()) * 2
}
