//! Finds wanted people who could be a stored one, without comparing everybody with everybody (blocking).

use hashbrown::HashMap;
use homeroom_model::entity::ClassNumber;

use super::candidate::{Candidate, local_part};
use super::similar_ids::core;

/// The most people who may share a piece of evidence; if more do, it says nothing, and only what they share beside it counts.
const MAX_SHARING: usize = 60;

/// The keys of a person by which others are found.
#[derive(Clone, Copy, Default)]
pub(super) struct Keys<'t> {
    pub(super) sis_id: &'t str,
    pub(super) email: &'t str,
    pub(super) clever_id: &'t str,
    pub(super) username: &'t str,
}

/// Wanted people who are not settled, by everything that a stored person could have in common with them. Positions are those in the
/// list it was built from.
#[derive(Default)]
pub(super) struct Blocks<'c> {
    keys: HashMap<&'c str, Vec<u32>>,
    local_parts: HashMap<&'c str, Vec<u32>>,
    cores: HashMap<&'c str, Vec<u32>>,
    names: HashMap<&'c str, Vec<u32>>,
    /// By a class and a first or last name.
    in_class: HashMap<(ClassNumber, &'c str), Vec<u32>>,
}

impl<'c> Blocks<'c> {
    pub(super) fn new(wanted: &'c [Candidate<'_>]) -> Self {
        let mut blocks = Blocks::default();
        for (new, at) in wanted.iter().zip(0..) {
            for key in [new.sis_id, new.email, new.clever_id, new.username] {
                add(&mut blocks.keys, key, at);
            }
            add(&mut blocks.local_parts, new.local_part(), at);
            add(&mut blocks.cores, core(new.sis_id), at);
            add(&mut blocks.names, &new.folded, at);
            for class in new.classes.iter().flatten() {
                for name in main_names(&new.folded) {
                    blocks.in_class.entry((*class, name)).or_default().push(at);
                }
            }
        }
        blocks
    }

    /// Adds those with the same key, a similar SIS id, or the same address in another domain.
    pub(super) fn by_keys(&self, keys: &Keys<'_>, found: &mut Vec<u32>) {
        for key in [keys.sis_id, keys.email, keys.clever_id, keys.username] {
            add_found(self.keys.get(key), found);
        }
        add_found(self.local_parts.get(local_part(keys.email)), found);
        add_found(self.cores.get(core(keys.sis_id)), found);
    }

    /// Adds those with the same name.
    pub(super) fn by_name(&self, old: &Candidate<'_>, found: &mut Vec<u32>) {
        add_found(self.names.get(old.folded.as_str()), found);
    }

    /// Adds those with the same first or last name in one of the classes.
    pub(super) fn by_classes(&self, old: &Candidate<'_>, found: &mut Vec<u32>) {
        for class in old.classes.iter().flatten() {
            for name in main_names(&old.folded) {
                add_found(self.in_class.get(&(*class, name)), found);
            }
        }
    }
}

fn add<'c>(index: &mut HashMap<&'c str, Vec<u32>>, text: &'c str, at: u32) {
    if !text.is_empty() {
        index.entry(text).or_default().push(at);
    }
}

fn add_found(list: Option<&Vec<u32>>, found: &mut Vec<u32>) {
    found.extend(list.filter(|list| list.len() <= MAX_SHARING).into_iter().flatten());
}

/// The last name, and the first three letters of the first name, which stay through most spellings.
fn main_names(folded: &str) -> impl Iterator<Item = &str> {
    let (last, first) = folded.split_once(", ").unwrap_or((folded, ""));
    let end = first.char_indices().nth(3).map_or(first.len(), |(at, _)| at);
    [last, &first[..end]].into_iter().filter(|name| !name.is_empty())
}
