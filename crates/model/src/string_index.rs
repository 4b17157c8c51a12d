//! An index from texts to numbers, for texts stored elsewhere: four bytes each, so that the index of a large roster fits into
//! the processor's cache.

use std::hash::BuildHasher;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

/// A table of numbers, each found by a text; the caller provides the text of a number.
#[derive(Clone, Debug, Default)]
pub struct StringIndex {
    hasher: DefaultHashBuilder,
    numbers: HashTable<u32>,
}

impl StringIndex {
    /// An index with room for so many texts.
    pub fn with_capacity(texts: usize) -> StringIndex {
        StringIndex { hasher: DefaultHashBuilder::default(), numbers: HashTable::with_capacity(texts) }
    }

    /// The number under `text`.
    pub fn get<'t>(&self, text: &str, text_of: impl Fn(u32) -> &'t str) -> Option<u32> {
        let hash = self.hasher.hash_one(text);
        self.numbers.find(hash, |number| text_of(*number) == text).copied()
    }

    /// The number under `text`; inserts `number` when there is none yet.
    pub fn get_or_insert<'t>(&mut self, text: &str, number: u32, text_of: impl Fn(u32) -> &'t str) -> u32 {
        match self.entry(text, text_of) {
            Entry::Occupied(found) => *found.get(),
            Entry::Vacant(place) => *place.insert(number).get(),
        }
    }

    /// Puts `number` under `text` and returns the number it replaces.
    pub fn insert<'t>(&mut self, text: &str, number: u32, text_of: impl Fn(u32) -> &'t str) -> Option<u32> {
        match self.entry(text, text_of) {
            Entry::Occupied(mut found) => Some(std::mem::replace(found.get_mut(), number)),
            Entry::Vacant(place) => {
                place.insert(number);
                None
            }
        }
    }

    fn entry<'t>(&mut self, text: &str, text_of: impl Fn(u32) -> &'t str) -> Entry<'_, u32> {
        let hasher = &self.hasher;
        self.numbers.entry(
            hasher.hash_one(text),
            |number| text_of(*number) == text,
            |number| hasher.hash_one(text_of(*number)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::StringIndex;

    #[test]
    fn texts_are_found_after_the_table_has_grown() {
        let texts = (0..1_000).map(|at| format!("text {}", at % 500)).collect::<Vec<_>>();
        let text_of = |number: u32| texts[number as usize].as_str();
        let mut first = StringIndex::with_capacity(3);
        let mut last = StringIndex::default();
        for (text, number) in texts.iter().zip(0..) {
            assert_eq!(first.get_or_insert(text, number, text_of), number % 500);
            assert_eq!(last.insert(text, number, text_of), number.checked_sub(500));
        }
        assert_eq!(last.get("text 7", text_of), Some(507));
        assert_eq!(last.get("text 500", text_of), None);
    }
}
