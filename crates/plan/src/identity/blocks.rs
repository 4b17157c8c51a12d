//! Finds wanted people who could be a stored one, without comparing everybody with everybody (blocking).

use std::cell::OnceCell;

use hashbrown::HashMap;
use homeroom_model::entity::ClassNumber;
use smallvec::SmallVec;

use super::candidate::{Candidate, local_part};
use super::similar_ids::core;

/// The most people who may share a piece of evidence; if more do, it says nothing, and only what they share beside it counts.
const MAX_SHARING: usize = 60;

/// The most who may share a part of their name in one class.
const MAX_SHARING_IN_CLASS: usize = 12;

/// Wanted people with something in common, by their positions; mostly it is one.
type Block = SmallVec<[u32; 4]>;

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
pub(super) struct Blocks<'c> {
    wanted: &'c [Candidate<'c>],
    keys: HashMap<&'c str, Block>,
    local_parts: HashMap<&'c str, Block>,
    cores: HashMap<&'c str, Block>,
    names: HashMap<&'c str, Block>,
    /// By a class and a first or last name; collected when somebody is looked for in it, which keys mostly spare.
    in_class: OnceCell<HashMap<(ClassNumber, &'c str), Block>>,
}

impl<'c> Blocks<'c> {
    pub(super) fn new(wanted: &'c [Candidate<'c>]) -> Self {
        let mut blocks = Blocks {
            wanted,
            keys: HashMap::new(),
            local_parts: HashMap::new(),
            cores: HashMap::new(),
            names: HashMap::new(),
            in_class: OnceCell::new(),
        };
        for (new, at) in wanted.iter().zip(0..) {
            for key in [new.sis_id, new.email, new.clever_id, new.username] {
                add(&mut blocks.keys, key, at);
            }
            add(&mut blocks.local_parts, new.local_part(), at);
            add(&mut blocks.cores, core(new.sis_id), at);
            add(&mut blocks.names, &new.folded, at);
        }
        blocks
    }

    fn in_class(&self) -> &HashMap<(ClassNumber, &'c str), Block> {
        self.in_class.get_or_init(|| {
            let mut in_class = HashMap::<_, Block>::new();
            for (new, at) in self.wanted.iter().zip(0..) {
                for class in new.classes.iter().flatten() {
                    for name in main_names(&new.folded) {
                        in_class.entry((*class, name)).or_default().push(at);
                    }
                }
            }
            in_class
        })
    }

    /// Adds those with the same key, a similar SIS id, or the same address in another domain.
    pub(super) fn by_keys(&self, keys: &Keys<'_>, sharing: &mut Sharing) {
        for key in [keys.sis_id, keys.email, keys.clever_id, keys.username] {
            sharing.add(self.keys.get(key), MAX_SHARING);
        }
        sharing.add(self.local_parts.get(local_part(keys.email)), MAX_SHARING);
        sharing.add(self.cores.get(core(keys.sis_id)), MAX_SHARING);
    }

    /// Adds those with the same name.
    pub(super) fn by_name(&self, old: &Candidate<'_>, sharing: &mut Sharing) {
        sharing.add(self.names.get(old.folded.as_str()), MAX_SHARING);
    }

    /// Adds those with the same first or last name in one of the classes.
    pub(super) fn by_classes(&self, old: &Candidate<'_>, sharing: &mut Sharing) {
        for class in old.classes.iter().flatten() {
            for name in main_names(&old.folded) {
                sharing.add(self.in_class().get(&(*class, name)), MAX_SHARING_IN_CLASS);
            }
        }
    }
}

/// Wanted people who share something with a stored one.
#[derive(Default)]
pub(super) struct Sharing {
    /// Their positions in the list of the blocks.
    pub(super) people: Vec<u32>,
    /// Whether others were left out, because too many share the same thing.
    pub(super) too_many: bool,
}

impl Sharing {
    fn add(&mut self, block: Option<&Block>, most: usize) {
        match block {
            Some(block) if block.len() > most => self.too_many = true,
            Some(block) => self.people.extend(block),
            None => {}
        }
    }
}

fn add<'c>(index: &mut HashMap<&'c str, Block>, text: &'c str, at: u32) {
    if !text.is_empty() {
        index.entry(text).or_default().push(at);
    }
}

/// The last name, and the first three letters of the first name, which stay through most spellings.
fn main_names(folded: &str) -> impl Iterator<Item = &str> {
    let (last, first) = folded.split_once(", ").unwrap_or((folded, ""));
    let end = first.char_indices().nth(3).map_or(first.len(), |(at, _)| at);
    [last, &first[..end]].into_iter().filter(|name| !name.is_empty())
}
