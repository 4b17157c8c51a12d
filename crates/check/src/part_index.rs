//! Numbers the distinct parts of rows by their bytes. Bytes are compared, not only hashed.

use std::hash::BuildHasher;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

/// From the bytes of a row part to its number, counted from 0 in the order of appearance.
#[derive(Default)]
pub(crate) struct PartIndex {
    hasher: DefaultHashBuilder,
    known: HashTable<KnownPart>,
    bytes: Vec<u8>,
    /// Where each part ends in `bytes`.
    ends: Vec<usize>,
    /// The number that was found last: rows of a class often follow each other.
    last: u32,
}

/// A part with its hash, so that neither growing the table nor most comparisons look at its bytes.
struct KnownPart {
    hash: u64,
    number: u32,
}

/// A part's number, and whether the part appears for the first time.
pub(crate) enum PartNumber {
    New(u32),
    Known(u32),
}

impl PartNumber {
    pub(crate) fn as_u32(&self) -> u32 {
        match self {
            PartNumber::New(number) | PartNumber::Known(number) => *number,
        }
    }
}

impl PartIndex {
    /// The number of the part with these bytes.
    pub(crate) fn number(&mut self, part: &[u8]) -> PartNumber {
        if (self.last as usize) < self.ends.len() && get(&self.bytes, &self.ends, self.last) == part {
            return PartNumber::Known(self.last);
        }
        let hash = self.hasher.hash_one(part);
        let (bytes, ends) = (&self.bytes, &self.ends);
        let is_same = |known: &KnownPart| known.hash == hash && get(bytes, ends, known.number) == part;
        match self.known.entry(hash, is_same, |known| known.hash) {
            Entry::Occupied(found) => {
                self.last = found.get().number;
                PartNumber::Known(self.last)
            }
            Entry::Vacant(place) => {
                self.last = self.ends.len() as u32;
                place.insert(KnownPart { hash, number: self.last });
                self.bytes.extend_from_slice(part);
                self.ends.push(self.bytes.len());
                PartNumber::New(self.last)
            }
        }
    }
}

fn get<'b>(bytes: &'b [u8], ends: &[usize], number: u32) -> &'b [u8] {
    let number = number as usize;
    let start = if number == 0 { 0 } else { ends[number - 1] };
    &bytes[start..ends[number]]
}
