//! A table from the bytes of a row's half to a small number. Bytes are compared, not only hashed.

use std::hash::BuildHasher;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

#[derive(Default)]
pub(crate) struct HalfTable {
    hasher: DefaultHashBuilder,
    known: HashTable<Known>,
    bytes: Vec<u8>,
    /// Where each half ends in `bytes`.
    ends: Vec<usize>,
    /// The number that was found last: rows of a class often follow each other.
    last: u32,
}

/// A half with its hash, so that neither growing the table nor most comparisons look at its bytes.
struct Known {
    hash: u64,
    number: u32,
}

impl HalfTable {
    /// The number of these bytes, and whether they are new.
    pub(crate) fn number(&mut self, key: &[u8]) -> (u32, bool) {
        if (self.last as usize) < self.ends.len() && get(&self.bytes, &self.ends, self.last) == key {
            return (self.last, false);
        }
        let hash = self.hasher.hash_one(key);
        let (bytes, ends) = (&self.bytes, &self.ends);
        let is_key = |known: &Known| known.hash == hash && get(bytes, ends, known.number) == key;
        match self.known.entry(hash, is_key, |known| known.hash) {
            Entry::Occupied(found) => {
                self.last = found.get().number;
                (self.last, false)
            }
            Entry::Vacant(place) => {
                self.last = self.ends.len() as u32;
                place.insert(Known { hash, number: self.last });
                self.bytes.extend_from_slice(key);
                self.ends.push(self.bytes.len());
                (self.last, true)
            }
        }
    }
}

fn get<'b>(bytes: &'b [u8], ends: &[usize], number: u32) -> &'b [u8] {
    let number = number as usize;
    let start = if number == 0 { 0 } else { ends[number - 1] };
    &bytes[start..ends[number]]
}
