//! The stored classes of each person, on both sides, so that a shared class can be seen.

use homeroom_model::entity::EntityNumber;
use homeroom_model::roster::Roster;
use homeroom_model::stored::StoredRoster;
use homeroom_model::string_index::StringIndex;

use crate::member::Member;
use crate::side::Side;

/// For each position of a list of people the numbers of their classes, in one list.
pub(crate) struct ClassesOf {
    starts: Vec<u32>,
    classes: Vec<u32>,
}

impl ClassesOf {
    fn new(people: usize, links: impl Iterator<Item = (u32, u32)> + Clone) -> ClassesOf {
        let mut starts = vec![0_u32; people + 2];
        links.clone().for_each(|(person, _)| starts[person as usize + 2] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut classes = vec![0; starts[people + 1] as usize];
        for (person, class) in links {
            let at = &mut starts[person as usize + 1];
            classes[*at as usize] = class;
            *at += 1;
        }
        ClassesOf { starts, classes }
    }

    /// The classes of a person.
    pub(crate) fn get(&self, person: u32) -> &[u32] {
        let person = person as usize;
        &self.classes[self.starts[person] as usize..self.starts[person + 1] as usize]
    }
}

/// For each class of the file the number of the active stored class of this key; 0 when there is none.
pub(crate) fn known_classes(stored: &StoredRoster, wanted: &Roster) -> Vec<u32> {
    let mut index = StringIndex::with_capacity(stored.classes.len());
    let key = |position: u32| stored.texts.get(stored.classes[position as usize].values.key);
    for (class, position) in stored.classes.iter().zip(0..).filter(|(class, _)| class.active) {
        index.insert(stored.texts.get(class.values.key), position, key);
    }
    let number = |text| index.get(wanted.texts.get(text), key).map(|at| stored.classes[at as usize].number);
    wanted.classes.iter().map(|class| number(class.key).map_or(0, EntityNumber::as_u32)).collect()
}

/// The classes of everyone in the file, by the numbers of the stored classes of their keys.
pub(crate) fn in_file<V: Member>(side: &Side<'_, V>, known: &[u32]) -> ClassesOf {
    let links = side.wanted_links.iter().map(|link| (link.person, known[link.class as usize]));
    ClassesOf::new(side.wanted.len(), links.filter(|(_, class)| *class != 0))
}

/// The classes of everyone stored.
pub(crate) fn in_store<V: Member>(side: &Side<'_, V>) -> ClassesOf {
    let mut positions = vec![u32::MAX; side.stored.last().map_or(0, |last| last.number.index() + 1)];
    side.stored.iter().zip(0..).for_each(|(stored, at)| positions[stored.number.index()] = at);
    let active = side.stored_links.iter().filter(|link| link.active);
    let links = active.map(|link| (positions[link.link.person.index()], link.link.class.as_u32()));
    ClassesOf::new(side.stored.len(), links)
}
