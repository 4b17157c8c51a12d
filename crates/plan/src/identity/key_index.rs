//! Finds stored entities by a key that they have or had.

use homeroom_model::entity::{ByNumber, Entity};
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::{StrId, StringArena};
use homeroom_model::string_index::StringIndex;

/// All stored entities of a kind that have or had a key, newest last.
pub(super) struct KeyIndex<'t> {
    texts: &'t StringArena,
    /// The last entry under each key.
    last: StringIndex,
    entries: Vec<KeyEntry>,
}

struct KeyEntry {
    key: StrId,
    /// Position in the stored list.
    position: u32,
    /// The entry before it under the same key.
    before: Option<u32>,
}

impl<'t> KeyIndex<'t> {
    fn with_capacity(texts: &'t StringArena, capacity: usize) -> Self {
        KeyIndex { texts, last: StringIndex::with_capacity(capacity), entries: Vec::with_capacity(capacity) }
    }

    /// Present keys: those of inactive entities first, so that active ones are found before them.
    pub(super) fn present<V: Entity>(
        texts: &'t StringArena,
        list: &[Stored<V>],
        key: impl Fn(&V) -> StrId,
    ) -> Self {
        let mut index = KeyIndex::with_capacity(texts, list.len());
        for active in [false, true] {
            for (position, stored) in list.iter().enumerate().filter(|(_, stored)| stored.active == active) {
                index.add(key(&stored.values), position);
            }
        }
        index
    }

    /// Keys that entities of a kind had before.
    pub(super) fn former<V: Entity>(stored: &'t StoredRoster, list: &[Stored<V>]) -> Self {
        let mut index = KeyIndex::with_capacity(&stored.texts, 0);
        for former in &stored.former_keys {
            let number = former.entity.number_as();
            if let Some(position) = number.and_then(|number| list.position_of(number)) {
                index.add(former.key, position);
            }
        }
        index
    }

    fn add(&mut self, key: StrId, position: usize) {
        if !key.is_empty() {
            let entry = self.entries.len() as u32;
            self.entries.push(KeyEntry { key, position: position as u32, before: None });
            let key_of = |entry: u32| self.texts.get(self.entries[entry as usize].key);
            let before = self.last.insert(self.texts.get(key), entry, key_of);
            self.entries[entry as usize].before = before;
        }
    }

    /// Positions under a key: the last added first.
    pub(super) fn find(&self, key: &str) -> impl Iterator<Item = usize> + '_ {
        let key_of = |entry: u32| self.texts.get(self.entries[entry as usize].key);
        let mut next = if key.is_empty() { None } else { self.last.get(key, key_of) };
        std::iter::from_fn(move || {
            let entry = &self.entries[next? as usize];
            next = entry.before;
            Some(entry.position as usize)
        })
    }
}
