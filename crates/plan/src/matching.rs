//! Who is who: finds for each thing in the file the stored thing that it is.

use homeroom_model::ids::Kind;
use homeroom_model::name::{Likeness, likeness, same_first_name};
use homeroom_model::roster::Person;
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::text_index::TextIndex;
use homeroom_model::texts::{Text, Texts};

/// For each wanted thing the position of the stored one that it is.
pub(crate) type Matches = Vec<Option<usize>>;

/// Everything that ever had a key, newest last.
struct KeyIndex<'t> {
    texts: &'t Texts,
    /// The last entry under each key.
    last: TextIndex,
    entries: Vec<Entry>,
}

struct Entry {
    key: Text,
    /// Where the thing stands in its list.
    position: u32,
    /// The entry before it under the same key.
    before: Option<u32>,
}

impl<'t> KeyIndex<'t> {
    fn with_capacity(texts: &'t Texts, capacity: usize) -> Self {
        KeyIndex { texts, last: TextIndex::with_capacity(capacity), entries: Vec::with_capacity(capacity) }
    }

    fn add(&mut self, key: Text, position: usize) {
        if !key.is_empty() {
            let entry = self.entries.len() as u32;
            self.entries.push(Entry { key, position: position as u32, before: None });
            let key_of = |entry: u32| self.texts.get(self.entries[entry as usize].key);
            let before = self.last.insert(self.texts.get(key), entry, key_of);
            self.entries[entry as usize].before = before;
        }
    }

    /// Positions under a key: the last added first.
    fn find(&self, key: &str) -> impl Iterator<Item = usize> + '_ {
        let key_of = |entry: u32| self.texts.get(self.entries[entry as usize].key);
        let mut next = if key.is_empty() { None } else { self.last.get(key, key_of) };
        std::iter::from_fn(move || {
            let entry = &self.entries[next? as usize];
            next = entry.before;
            Some(entry.position as usize)
        })
    }
}

/// Adds old keys, then the present keys of inactive things, then those of active ones, so that they are found the
/// other way round.
fn index<'s, V>(
    stored: &'s StoredRoster,
    kind: Kind,
    list: &[Stored<V>],
    key: impl Fn(&V) -> Text,
) -> KeyIndex<'s> {
    let mut index = KeyIndex::with_capacity(&stored.texts, list.len());
    for former in stored.former_keys.iter().filter(|former| former.kind == kind) {
        if let Ok(position) = list.binary_search_by_key(&former.number, |stored| stored.number) {
            index.add(former.key, position);
        }
    }
    for active in [false, true] {
        for (position, one) in list.iter().enumerate().filter(|(_, one)| one.active == active) {
            index.add(key(&one.values), position);
        }
    }
    index
}

/// Matches schools or classes: by their key.
pub(crate) fn by_key<'w, V>(
    stored: &StoredRoster,
    kind: Kind,
    list: &[Stored<V>],
    key: impl Fn(&V) -> Text,
    wanted: impl Iterator<Item = &'w str>,
) -> Matches {
    let index = index(stored, kind, list, key);
    let mut taken = vec![false; list.len()];
    wanted
        .map(|key| {
            let found = index.find(key).find(|position| !taken[*position])?;
            taken[found] = true;
            Some(found)
        })
        .collect()
}

/// Matches teachers or students: by the SIS's number first, then by address, which must not have passed to someone
/// else. The second answer is how many addresses had.
pub(crate) fn people<V>(
    stored: &StoredRoster,
    kind: Kind,
    list: &[Stored<V>],
    person: impl Fn(&V) -> &Person,
    wanted: &[Person],
    wanted_texts: &Texts,
) -> (Matches, usize) {
    let sis_ids = index(stored, kind, list, |values| person(values).sis_id);
    let emails = index(stored, kind, list, |values| person(values).email);
    let mut taken = vec![false; list.len()];
    let mut matches = vec![None; wanted.len()];
    for (found, want) in matches.iter_mut().zip(wanted) {
        let by_number = sis_ids.find(wanted_texts.get(want.sis_id)).find(|position| !taken[*position]);
        if let Some(position) = by_number {
            taken[position] = true;
            *found = Some(position);
        }
    }
    let mut passed_on = 0;
    for (found, want) in matches.iter_mut().zip(wanted).filter(|(found, _)| found.is_none()) {
        let mut refused = false;
        for position in emails.find(wanted_texts.get(want.email)).filter(|position| !taken[*position]) {
            let candidate = &list[position];
            let had = person(&candidate.values);
            let numbers_differ = !want.sis_id.is_empty()
                && !had.sis_id.is_empty()
                && wanted_texts.get(want.sis_id) != stored.texts.get(had.sis_id);
            let name = |text: Text| stored.texts.get(text);
            let still = candidate.active && want_and_had_same_email(want, wanted_texts, had, &stored.texts);
            if !numbers_differ
                && same_person(
                    (name(had.first_name), name(had.last_name)),
                    (wanted_texts.get(want.first_name), wanted_texts.get(want.last_name)),
                    still,
                )
            {
                taken[position] = true;
                *found = Some(position);
                break;
            }
            refused = true;
        }
        passed_on += usize::from(refused && found.is_none());
    }
    (matches, passed_on)
}

fn want_and_had_same_email(want: &Person, want_texts: &Texts, had: &Person, had_texts: &Texts) -> bool {
    want_texts.get(want.email) == had_texts.get(had.email)
}

/// Whether an address still belongs to the person who had it. Who had it until now (`still`) may change either
/// name: people marry, and are spelled better. Who left it may come back with the same first name only: schools
/// give the addresses of leavers to newcomers, siblings among them.
fn same_person(had: (&str, &str), wants: (&str, &str), still: bool) -> bool {
    if had == wants || same_first_name(had.0, wants.0) {
        return true;
    }
    match likeness(had.0, had.1, wants.0, wants.1) {
        Likeness::Same | Likeness::Spelling => true,
        Likeness::Different => still && same_first_name(had.1, wants.1),
    }
}
