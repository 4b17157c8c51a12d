//! Who is who by keys: finds for each thing in the file the stored thing that it is.

use hashbrown::{HashMap, HashSet};
use homeroom_model::Grade;
use homeroom_model::entity::{ByNumber, Entity};
use homeroom_model::name::{Likeness, likeness, same_first_name};
use homeroom_model::rekey::MatchedBy;
use homeroom_model::roster::Person;
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::{StrId, StringArena};
use homeroom_model::string_index::StringIndex;

/// Where the stored thing stands in its list, and how it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) position: usize,
    pub(crate) how: MatchedBy,
}

/// For each wanted thing the stored one that it is.
pub(crate) type Matches = Vec<Option<Match>>;

/// Everything that has or had a key, newest last.
struct KeyIndex<'t> {
    texts: &'t StringArena,
    /// The last entry under each key.
    last: StringIndex,
    entries: Vec<Entry>,
}

struct Entry {
    key: StrId,
    /// Where the thing stands in its list.
    position: u32,
    /// The entry before it under the same key.
    before: Option<u32>,
}

impl<'t> KeyIndex<'t> {
    fn with_capacity(texts: &'t StringArena, capacity: usize) -> Self {
        KeyIndex { texts, last: StringIndex::with_capacity(capacity), entries: Vec::with_capacity(capacity) }
    }

    /// Present keys: those of inactive things first, so that those of active ones are found before them.
    fn present<V: Entity>(texts: &'t StringArena, list: &[Stored<V>], key: impl Fn(&V) -> StrId) -> Self {
        let mut index = KeyIndex::with_capacity(texts, list.len());
        for active in [false, true] {
            for (position, one) in list.iter().enumerate().filter(|(_, one)| one.active == active) {
                index.add(key(&one.values), position);
            }
        }
        index
    }

    /// Keys that things of a kind had before.
    fn former<V: Entity>(stored: &'t StoredRoster, list: &[Stored<V>]) -> Self {
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

/// Which stored things are taken, and what has been found.
struct Finder {
    taken: Vec<bool>,
    found: Matches,
}

impl Finder {
    fn new(stored: usize, wanted: usize) -> Finder {
        Finder { taken: vec![false; stored], found: vec![None; wanted] }
    }

    fn take(&mut self, at: usize, position: usize, how: MatchedBy) {
        self.taken[position] = true;
        self.found[at] = Some(Match { position, how });
    }

    /// Gives each thing that is not found yet the first free one under its key that will do.
    fn pass<'k>(
        &mut self,
        index: &KeyIndex<'_>,
        how: MatchedBy,
        key: impl Fn(usize) -> &'k str,
        mut fits: impl FnMut(usize, usize) -> bool,
    ) {
        for at in 0..self.found.len() {
            if self.found[at].is_none() {
                let mut free = index.find(key(at)).filter(|position| !self.taken[*position]);
                if let Some(position) = free.find(|position| fits(at, *position)) {
                    self.take(at, position, how);
                }
            }
        }
    }
}

/// Matches schools or classes: by their key, then by one that they had before. What is `past` is nothing in the file.
pub(crate) fn by_key<V: Entity>(
    stored: &StoredRoster,
    list: &[Stored<V>],
    key: impl Fn(&V) -> StrId,
    wanted: &[StrId],
    wanted_texts: &StringArena,
    past: &HashSet<V::Number>,
) -> Matches {
    let mut finder = Finder::new(list.len(), wanted.len());
    let key_of = |at: usize| wanted_texts.get(wanted[at]);
    let is_of_now = |_: usize, position: usize| !past.contains(&list[position].number);
    finder.pass(&KeyIndex::present(&stored.texts, list, key), MatchedBy::Id, key_of, is_of_now);
    finder.pass(&KeyIndex::former(stored, list), MatchedBy::FormerKey, key_of, is_of_now);
    finder.found
}

/// Matches teachers or students: by the SIS's number, the Clever id, the address, then by what they had before. An address
/// must not have passed to someone else; the second answer is who came with one that has.
///
/// `grades` are those of a wanted and a stored student.
pub(crate) fn people<V: Entity>(
    stored: &StoredRoster,
    list: &[Stored<V>],
    person: impl Fn(&V) -> &Person,
    grades: impl Fn(usize, &V) -> Option<(Grade, Grade)>,
    wanted: &[Person],
    wanted_texts: &StringArena,
) -> (Matches, Vec<usize>) {
    let texts = &stored.texts;
    let mut finder = Finder::new(list.len(), wanted.len());
    let present = |key: fn(&Person) -> StrId| KeyIndex::present(texts, list, |values| key(person(values)));
    let want = |key: fn(&Person) -> StrId| move |at: usize| wanted_texts.get(key(&wanted[at]));
    let former = KeyIndex::former(stored, list);
    let has_columns = |key: fn(&Person) -> StrId| wanted.iter().any(|one| !key(one).is_empty());

    let emails = present(|one| one.email);
    let had_name = |position: usize| {
        let had = person(&list[position].values);
        (texts.get(had.first_name), texts.get(had.last_name))
    };
    let wants_name =
        |at: usize| (wanted_texts.get(wanted[at].first_name), wanted_texts.get(wanted[at].last_name));
    let are_alike = |at: usize, position: usize| {
        let (had, wants) = (had_name(position), wants_name(at));
        had == wants || likeness(had.0, had.1, wants.0, wants.1) != Likeness::Different
    };
    if has_columns(|one| one.sis_id) {
        // A number that has slipped into another row: name and address are both those of someone else.
        let is_theirs = |at: usize, position: usize| {
            let email = wanted_texts.get(wanted[at].email);
            let same_address = email == texts.get(person(&list[position].values).email);
            same_address
                || are_alike(at, position)
                || !emails
                    .find(email)
                    .any(|other| other != position && list[other].active && are_alike(at, other))
        };
        finder.pass(&present(|one| one.sis_id), MatchedBy::SisId, want(|one| one.sis_id), is_theirs);
    }
    if has_columns(|one| one.clever_id) {
        finder
            .pass(&present(|one| one.clever_id), MatchedBy::CleverId, want(|one| one.clever_id), |_, _| true);
    }
    // Who stands in the file by name; looked up only for the few whose names have changed.
    let names = std::cell::OnceCell::<HashMap<(&str, &str), usize>>::new();
    let stands_elsewhere = |at: usize, position: usize| {
        let names = names.get_or_init(|| {
            let mut names = HashMap::new();
            (0..wanted.len()).for_each(|at| *names.entry(wants_name(at)).or_default() += 1);
            names
        });
        let own = usize::from(wants_name(at) == had_name(position));
        names.get(&had_name(position)).copied().unwrap_or(0) > own
    };
    let mut refused = vec![false; wanted.len()];
    let mut is_still_theirs = |at: usize, position: usize| {
        let (want, holder) = (&wanted[at], &list[position]);
        let had = person(&holder.values);
        let (wants_number, had_number) = (wanted_texts.get(want.sis_id), texts.get(had.sis_id));
        let other_number = !wants_number.is_empty()
            && !had_number.is_empty()
            && wants_number != had_number
            && !former.find(wants_number).any(|had| had == position);
        let still = holder.active && wanted_texts.get(want.email) == texts.get(had.email);
        let fits = !other_number
            && (are_alike(at, position)
                // Pupils do not go back to a lower grade under another name: leavers' addresses go to younger ones.
                || keeps_a_name(had_name(position), wants_name(at), still)
                    && grades(at, &holder.values).is_none_or(|(is, was)| is >= was)
                    && !stands_elsewhere(at, position));
        refused[at] |= !fits;
        fits
    };
    finder.pass(&emails, MatchedBy::Email, want(|one| one.email), &mut is_still_theirs);
    finder.pass(&former, MatchedBy::FormerKey, want(|one| one.sis_id), |_, _| true);
    finder.pass(&former, MatchedBy::FormerKey, want(|one| one.email), &mut is_still_theirs);
    let passed_on = (0..wanted.len()).filter(|at| refused[*at] && finder.found[*at].is_none());
    let passed_on = passed_on.collect();
    (finder.found, passed_on)
}

/// Whether an address still belongs to the person who had it, though the names are not alike. Who had it until now (`still`) may
/// change either name: people marry, and are spelled better. Who left it may come back with the same first name only: schools
/// give the addresses of leavers to newcomers, siblings among them.
fn keeps_a_name(had: (&str, &str), wants: (&str, &str), still: bool) -> bool {
    same_first_name(had.0, wants.0) || still && same_first_name(had.1, wants.1)
}
