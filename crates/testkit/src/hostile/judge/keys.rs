//! One key, one person; and no key passes to another person.

use std::collections::BTreeMap;

use super::accounts::{Account, Accounts, KEYS, NAMES, field_name};
use super::night::Seen;

/// No two active people share an address, number, Clever id or user name, across roles.
pub fn one_key_one_person(seen: &Seen<'_>) -> Vec<String> {
    let before = holders(seen.before);
    let after = holders(seen.after);
    let shared = after.iter().filter(|(key, holders)| {
        holders.len() > 1 && before.get(*key).is_none_or(|before| before.len() < holders.len())
    });
    let words = shared.map(|((field, key), holders)| {
        let holders = holders.iter().map(|holder| holder.in_words()).collect::<Vec<_>>();
        format!("the {} {key} is shared by {}", field_name(*field), holders.join(" and "))
    });
    words.collect()
}

/// A key of an active person passes to nobody else. Whoever has no row in the file has left, and needs it no more.
pub fn no_key_passes(seen: &Seen<'_>) -> Vec<String> {
    let before = holders(seen.before);
    let mut faults = Vec::new();
    for account in seen.after.active() {
        for field in KEYS {
            let key = (field, account.values[field].to_lowercase());
            let holders = before.get(&key).map_or(&[][..], Vec::as_slice);
            if holders.iter().any(|holder| holder.entity == account.entity) {
                continue;
            }
            for holder in holders {
                let stays = seen.after.all[&holder.entity].active;
                let owner = seen.owners.of(holder.entity);
                // Somebody who was approved as two people may be one again.
                let is_same = owner.is_some() && owner == seen.owners.of(account.entity);
                if is_same || holder.shared(account, NAMES) == 2 {
                    continue;
                }
                let is_here = owner.is_some_and(|owner| seen.sheet.people(holder.role).contains(&owner));
                if stays || is_here {
                    let (was, is) = (holder.in_words(), account.in_words());
                    faults.push(format!("the {} {} of {was} passes to {is}", field_name(field), key.1));
                }
            }
        }
    }
    faults
}

/// The active holders of each key.
fn holders(accounts: &Accounts) -> BTreeMap<(usize, String), Vec<&Account>> {
    let mut holders = BTreeMap::<_, Vec<&Account>>::new();
    for account in accounts.active() {
        for field in KEYS.filter(|field| !account.values[*field].is_empty()) {
            holders.entry((field, account.values[field].to_lowercase())).or_default().push(account);
        }
    }
    holders
}
