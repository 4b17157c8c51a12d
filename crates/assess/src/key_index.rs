//! Finds the stored people who have a text, for those whom nothing else has found.

use hashbrown::HashMap;
use homeroom_model::name::folded;

use crate::member::{Attribute, Member};
use crate::side::Side;

/// The most people of one name that are looked at: a file in which everybody has one name is read as fast as another.
const MAX_NAMESAKES: usize = 8;

/// Stored people by their keys and full names.
pub(crate) struct KeyIndex<'s> {
    keys: Vec<(Attribute, HashMap<&'s str, u32>)>,
    names: HashMap<String, Vec<u32>>,
}

impl<'s> KeyIndex<'s> {
    /// An index of these stored positions.
    pub(crate) fn new<V: Member>(side: &Side<'s, V>, positions: &[u32]) -> KeyIndex<'s> {
        let by_key = |attribute| {
            let texts = positions.iter().map(|position| (side.old_text(*position, attribute), *position));
            (attribute, texts.filter(|(text, _)| !text.is_empty()).collect())
        };
        let keys = Attribute::KEYS.into_iter().filter(|attribute| side.has(*attribute)).map(by_key);
        let mut names = HashMap::<String, Vec<u32>>::new();
        for position in positions {
            let [first, last] = [Attribute::FirstName, Attribute::LastName];
            let name = full_name(side.old_text(*position, first), side.old_text(*position, last));
            let namesakes = names.entry(name).or_default();
            if namesakes.len() < MAX_NAMESAKES {
                namesakes.push(*position);
            }
        }
        KeyIndex { keys: keys.collect(), names }
    }

    /// Whoever shares a key or the full name with someone of the file.
    pub(crate) fn candidates<V: Member>(&self, side: &Side<'s, V>, wanted: u32) -> Vec<u32> {
        let of_key = |(attribute, index): &(Attribute, HashMap<&str, u32>)| {
            index.get(side.new_text(wanted, *attribute)).copied()
        };
        let mut found = self.keys.iter().filter_map(of_key).collect::<Vec<_>>();
        let [first, last] = [Attribute::FirstName, Attribute::LastName];
        let name = full_name(side.new_text(wanted, first), side.new_text(wanted, last));
        found.extend(self.names.get(&name).into_iter().flatten());
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Who has this text as a key.
    pub(crate) fn owner(&self, attribute: Attribute, text: &str) -> Option<u32> {
        let (_, index) = self.keys.iter().find(|(of, _)| *of == attribute)?;
        index.get(text).copied()
    }
}

fn full_name(first: &str, last: &str) -> String {
    format!("{}\0{}", folded(first), folded(last))
}
