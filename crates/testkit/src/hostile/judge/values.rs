//! Damage and emptiness never overwrite.

use super::accounts::{FIELDS, field_name};
use super::night::Seen;
use crate::hostile::{Damage, Role, damaged};

/// From so many people on a value that is suddenly empty is the file's fault.
const MANY: usize = 5;

/// No stored value is replaced by a damaged form of it, and no column is emptied for many people.
pub fn damage_and_emptiness_never_overwrite(seen: &Seen<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut emptied = std::collections::BTreeMap::<(Role, usize), usize>::new();
    for after in seen.after.active() {
        let Some(before) = seen.before.all.get(&after.entity).filter(|before| before.active) else {
            continue;
        };
        for field in 0..FIELDS {
            let (old, new) = (&before.values[field], &after.values[field]);
            if new.is_empty() && !old.is_empty() {
                *emptied.entry((after.role, field)).or_default() += 1;
            }
            if let Some(damage) = damage_between(old, new) {
                faults.push(format!(
                    "{} {} {old} becomes {new} ({damage:?})",
                    after.entity,
                    field_name(field)
                ));
            }
        }
    }
    for (number, after) in &seen.after.classes {
        let Some(before) = seen.before.classes.get(number).filter(|before| before.active) else { continue };
        for (old, new) in [(&before.key, &after.key), (&before.name, &after.name)] {
            if let Some(damage) = damage_between(old, new) {
                faults.push(format!("class {number} {old} becomes {new} ({damage:?})"));
            }
        }
    }
    let emptied = emptied.into_iter().filter(|(_, count)| *count >= MANY);
    faults.extend(emptied.map(|((role, field), count)| {
        format!("the {} of {count} people ({role:?}) is emptied", field_name(field))
    }));
    faults
}

fn damage_between(old: &str, new: &str) -> Option<Damage> {
    if old == new || old.is_empty() {
        return None;
    }
    // Numbers are padded in earnest, too: no finding calls that damage.
    let mut kinds = Damage::ALL.into_iter().filter(|damage| *damage != Damage::ZeroAdded);
    kinds.find(|damage| damaged(*damage, old) == *new)
}
