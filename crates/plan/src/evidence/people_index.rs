//! Finds stored people who could be a new one, without comparing everybody with everybody.

use hashbrown::HashMap;
use homeroom_model::entity::ClassNumber;

use super::candidate::Candidate;
use super::similar_ids::core;

/// The most candidates for one piece of evidence; if more share it, it says nothing.
const MAX_CANDIDATES: usize = 60;

/// People who are gone, by everything that a new person could have in common with them. Positions are those in the list it was built from.
pub(super) struct BlockingIndex<'c> {
    names: HashMap<&'c str, Vec<u32>>,
    local_parts: HashMap<&'c str, Vec<u32>>,
    cores: HashMap<&'c str, Vec<u32>>,
    /// By a class and a first or last name.
    in_class: HashMap<(ClassNumber, &'c str), Vec<u32>>,
}

impl<'c> BlockingIndex<'c> {
    pub(super) fn new(gone: &'c [Candidate<'_>]) -> Self {
        let mut index = BlockingIndex {
            names: HashMap::new(),
            local_parts: HashMap::new(),
            cores: HashMap::new(),
            in_class: HashMap::new(),
        };
        for (old, at) in gone.iter().zip(0..) {
            index.names.entry(&old.folded).or_default().push(at);
            index.local_parts.entry(old.local_part()).or_default().push(at);
            index.cores.entry(core(old.sis_id)).or_default().push(at);
            for class in old.classes.iter().flatten() {
                for name in main_names(&old.folded) {
                    index.in_class.entry((*class, name)).or_default().push(at);
                }
            }
        }
        index
    }

    /// Adds those with a similar SIS id, or with the same address in another domain.
    pub(super) fn by_keys(&self, new: &Candidate<'_>, found: &mut Vec<u32>) {
        let local_part = Some(new.local_part()).filter(|local| !local.is_empty());
        let core = Some(core(new.sis_id)).filter(|core| !core.is_empty());
        let lists = [
            local_part.and_then(|local| self.local_parts.get(local)),
            core.and_then(|core| self.cores.get(core)),
        ];
        lists.into_iter().flatten().for_each(|list| found.extend(list.iter().take(MAX_CANDIDATES)));
    }

    /// Adds those with the same name.
    pub(super) fn by_name(&self, new: &Candidate<'_>, found: &mut Vec<u32>) {
        found.extend(self.names.get(new.folded.as_str()).into_iter().flatten().take(MAX_CANDIDATES));
    }

    /// Adds those with the same first or last name in one of the classes.
    pub(super) fn by_classes(&self, new: &Candidate<'_>, found: &mut Vec<u32>) {
        for class in new.classes.iter().flatten() {
            for name in main_names(&new.folded) {
                found.extend(self.in_class.get(&(*class, name)).into_iter().flatten().take(MAX_CANDIDATES));
            }
        }
    }
}

/// The last name, and the first word of the first name.
fn main_names(folded: &str) -> impl Iterator<Item = &str> {
    let (last, first) = folded.split_once(", ").unwrap_or((folded, ""));
    let first = first.split(' ').next().unwrap_or_default();
    [last, first].into_iter().filter(|name| !name.is_empty())
}
