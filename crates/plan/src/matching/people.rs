//! Matches teachers and students by their SIS ids, Clever ids and addresses.

use std::cell::OnceCell;

use hashbrown::HashMap;
use homeroom_model::name::{Likeness, likeness, same_first_name};
use homeroom_model::rekey::MatchedBy;
use homeroom_model::roster::Person;
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::{StrId, StringArena};

use super::finder::Finder;
use super::key_index::KeyIndex;
use super::matches::Matches;
use crate::roster_person::RosterPerson;

/// The matches of teachers or students.
pub(super) struct PeopleMatches {
    pub(super) matches: Matches,
    /// Positions of unmatched people who came with an address that had belonged to someone else.
    pub(super) passed_on: Vec<usize>,
}

/// Matches teachers or students: by SIS id, Clever id and address, then by the ids and addresses that they had before. An address
/// that has passed to someone else does not count.
pub(super) fn match_people<V: RosterPerson>(
    stored: &StoredRoster,
    list: &[Stored<V>],
    wanted: &[V],
    wanted_texts: &StringArena,
) -> PeopleMatches {
    let people = People::new(stored, list, wanted, wanted_texts);
    let mut finder = Finder::new(list.len(), wanted.len());
    if people.any_has(|person| person.sis_id) {
        let index = people.index_by(|person| person.sis_id);
        let key = people.wanted_key(|person| person.sis_id);
        finder.match_by(MatchedBy::SisId, &index, key, |at, position| people.has_own_sis_id(at, position));
    }
    if people.any_has(|person| person.clever_id) {
        let index = people.index_by(|person| person.clever_id);
        let key = people.wanted_key(|person| person.clever_id);
        finder.match_by(MatchedBy::CleverId, &index, key, |_, _| true);
    }
    let mut refused = vec![false; wanted.len()];
    let mut is_still_theirs = |at: usize, position: usize| {
        let fits = people.has_own_address(at, position);
        refused[at] |= !fits;
        fits
    };
    let (email, number) =
        (people.wanted_key(|person| person.email), people.wanted_key(|person| person.sis_id));
    finder.match_by(MatchedBy::Email, &people.emails, &email, &mut is_still_theirs);
    finder.match_by(MatchedBy::FormerKey, &people.former, number, |_, _| true);
    finder.match_by(MatchedBy::FormerKey, &people.former, &email, &mut is_still_theirs);
    let passed_on = (0..wanted.len()).filter(|at| refused[*at] && !finder.is_matched(*at)).collect();
    PeopleMatches { matches: finder.into_matches(), passed_on }
}

/// A key of a person.
type PersonKey = fn(&Person) -> StrId;

/// The stored and the wanted people of a kind.
struct People<'p, V: RosterPerson> {
    list: &'p [Stored<V>],
    texts: &'p StringArena,
    wanted: &'p [V],
    wanted_texts: &'p StringArena,
    /// Stored people by address.
    emails: KeyIndex<'p>,
    /// Stored people by former SIS id or address.
    former: KeyIndex<'p>,
    /// How many wanted people have a name; counted when it is first needed, for the few whose names have changed.
    wanted_names: OnceCell<HashMap<(&'p str, &'p str), usize>>,
}

impl<'p, V: RosterPerson> People<'p, V> {
    fn new(
        stored: &'p StoredRoster,
        list: &'p [Stored<V>],
        wanted: &'p [V],
        wanted_texts: &'p StringArena,
    ) -> Self {
        let texts = &stored.texts;
        People {
            list,
            texts,
            wanted,
            wanted_texts,
            emails: KeyIndex::present(texts, list, |values| values.person().email),
            former: KeyIndex::former(stored, list),
            wanted_names: OnceCell::new(),
        }
    }

    fn stored_person(&self, position: usize) -> &'p Person {
        self.list[position].values.person()
    }

    fn wanted_person(&self, at: usize) -> &'p Person {
        self.wanted[at].person()
    }

    fn any_has(&self, key: PersonKey) -> bool {
        self.wanted.iter().any(|wanted| !key(wanted.person()).is_empty())
    }

    fn index_by(&self, key: PersonKey) -> KeyIndex<'p> {
        KeyIndex::present(self.texts, self.list, |values| key(values.person()))
    }

    fn wanted_key(&self, key: PersonKey) -> impl Fn(usize) -> &'p str {
        move |at| self.wanted_texts.get(key(self.wanted_person(at)))
    }

    fn stored_name(&self, position: usize) -> (&'p str, &'p str) {
        let person = self.stored_person(position);
        (self.texts.get(person.first_name), self.texts.get(person.last_name))
    }

    fn wanted_name(&self, at: usize) -> (&'p str, &'p str) {
        let person = self.wanted_person(at);
        (self.wanted_texts.get(person.first_name), self.wanted_texts.get(person.last_name))
    }

    fn are_names_alike(&self, at: usize, position: usize) -> bool {
        let (old, new) = (self.stored_name(position), self.wanted_name(at));
        old == new || likeness(old.0, old.1, new.0, new.1) != Likeness::Different
    }

    /// Whether the SIS id is this person's own. If both name and address are someone else's, it has slipped in from another row.
    fn has_own_sis_id(&self, at: usize, position: usize) -> bool {
        let email = self.wanted_texts.get(self.wanted_person(at).email);
        let same_address = email == self.texts.get(self.stored_person(position).email);
        same_address
            || self.are_names_alike(at, position)
            || !self.emails.find(email).any(|holder| {
                holder != position && self.list[holder].active && self.are_names_alike(at, holder)
            })
    }

    /// Whether an address still belongs to the stored person who has or had it.
    fn has_own_address(&self, at: usize, position: usize) -> bool {
        let holder = &self.list[position];
        let (old, new) = (self.stored_person(position), self.wanted_person(at));
        let (old_id, new_id) = (self.texts.get(old.sis_id), self.wanted_texts.get(new.sis_id));
        let other_sis_id = !new_id.is_empty()
            && !old_id.is_empty()
            && new_id != old_id
            && !self.former.find(new_id).any(|owner| owner == position);
        let tenure = if holder.active && self.wanted_texts.get(new.email) == self.texts.get(old.email) {
            Tenure::UntilNow
        } else {
            Tenure::Before
        };
        let grades = self.wanted[at].grade().zip(holder.values.grade());
        !other_sis_id
            && (self.are_names_alike(at, position)
                // Students don't go back to a lower grade under another name: leavers' addresses go to younger ones.
                || keeps_a_name(self.stored_name(position), self.wanted_name(at), tenure)
                    && grades.is_none_or(|(new, old)| new >= old)
                    && !self.is_elsewhere(at, position))
    }

    /// Whether the file has the stored person's name in another row.
    fn is_elsewhere(&self, at: usize, position: usize) -> bool {
        let names = self.wanted_names.get_or_init(|| {
            let mut names = HashMap::new();
            (0..self.wanted.len()).for_each(|at| *names.entry(self.wanted_name(at)).or_default() += 1);
            names
        });
        let own = usize::from(self.wanted_name(at) == self.stored_name(position));
        names.get(&self.stored_name(position)).copied().unwrap_or(0) > own
    }
}

/// Until when someone had an address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tenure {
    /// They had it until this file.
    UntilNow,
    /// They had it once.
    Before,
}

/// Whether an address still belongs to the person who had it, though the names are not alike. A person who had it until now may
/// change either name: people marry, and spellings are corrected. One who gave it up may come back with the same first name only:
/// schools give the addresses of leavers to newcomers, siblings among them.
fn keeps_a_name(old: (&str, &str), new: (&str, &str), tenure: Tenure) -> bool {
    same_first_name(old.0, new.0) || tenure == Tenure::UntilNow && same_first_name(old.1, new.1)
}
