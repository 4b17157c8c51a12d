//! The fast path: nearly everyone of a nightly file has the key and the name that is stored, and takes nobody's key.

use std::cell::OnceCell;

use hashbrown::HashSet;
use homeroom_model::Grade;
use homeroom_model::name::{Likeness, folded, likeness};
use homeroom_model::rekey::MatchedBy;
use homeroom_model::roster::Person;
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::{StrId, StringArena};

use super::distrust::Distrust;
use super::key_index::KeyIndex;
use super::matches::{Match, Matches};
use crate::roster_person::RosterPerson;

/// The addresses, Clever ids and user names of all active people, whatever their role.
pub(super) struct ActiveKeys<'s> {
    stored: &'s StoredRoster,
    /// Collected when a key has changed.
    keys: OnceCell<HashSet<&'s str>>,
}

impl<'s> ActiveKeys<'s> {
    pub(super) fn new(stored: &'s StoredRoster) -> Self {
        ActiveKeys { stored, keys: OnceCell::new() }
    }

    /// Whether anybody has this key.
    fn contains(&self, key: &str) -> bool {
        self.keys.get_or_init(|| self.collect()).contains(key)
    }

    fn collect(&self) -> HashSet<&'s str> {
        let StoredRoster { texts, teachers, students, .. } = self.stored;
        let teachers = teachers.iter().filter(|teacher| teacher.active).map(|teacher| &teacher.values);
        let students = students.iter().filter(|student| student.active).map(|student| &student.values);
        let keys = teachers.flat_map(signing_in).chain(students.flat_map(signing_in));
        keys.filter(|key| !key.is_empty()).map(|key| texts.get(key)).collect()
    }
}

/// What is known before anybody is settled.
pub(super) struct Known<'k, 's> {
    pub(super) keys: &'k ActiveKeys<'s>,
    pub(super) distrust: &'k Distrust,
}

/// The keys with which someone signs in: address, Clever id, user name.
fn signing_in<V: RosterPerson>(values: &V) -> [StrId; 3] {
    let person = values.person();
    [person.email, person.clever_id, values.username()]
}

/// Matches each wanted person to the active stored one with the same SIS id, or without one the same address, if the names are alike
/// and none of the other keys is somebody else's. Whom a column that went wrong concerns is not settled.
pub(super) fn settle<V: RosterPerson>(
    Known { keys, distrust }: &Known<'_, '_>,
    list: &[Stored<V>],
    wanted: &[V],
    wanted_texts: &StringArena,
) -> Matches {
    let texts = &keys.stored.texts;
    let both = Texts { keys, texts, wanted_texts };
    let sis_ids = KeyIndex::present(texts, list, |values| values.person().sis_id);
    let emails = OnceCell::new();
    let emails = || emails.get_or_init(|| KeyIndex::present(texts, list, |values| values.person().email));
    let mut taken = vec![false; list.len()];
    let settle_one = |values: &V| {
        let Person { sis_id, email, .. } = *values.person();
        let by_sis_id = sis_ids.find(wanted_texts.get(sis_id)).next();
        let found = match by_sis_id {
            Some(position) => Match { position, by: MatchedBy::SisId },
            None => Match { position: emails().find(wanted_texts.get(email)).next()?, by: MatchedBy::Email },
        };
        let old = &list[found.position];
        let agrees = !taken[found.position] && both.agree(old, values) && !distrust.concerns(old.number);
        taken[found.position] |= agrees;
        agrees.then_some(found)
    };
    let mut matches = wanted.iter().map(settle_one).collect::<Matches>();
    both.unsettle_names_of_others(list, wanted, &taken, &mut matches);
    matches
}

/// The texts of both rosters, and who has which key.
struct Texts<'p, 's> {
    keys: &'p ActiveKeys<'s>,
    texts: &'p StringArena,
    wanted_texts: &'p StringArena,
}

impl Texts<'_, '_> {
    /// Whether two are beyond doubt the same person, of whom nothing but details has changed.
    fn agree<V: RosterPerson>(&self, old: &Stored<V>, new: &V) -> bool {
        let (before, now) = (old.values.person(), new.person());
        old.active
            && self.is_same_or_missing(before.sis_id, now.sis_id)
            && self.are_names_alike(before, now)
            && grade_fits(old.values.grade(), new.grade())
            && signing_in(&old.values).into_iter().zip(signing_in(new)).all(|(old, new)| {
                new.is_empty() || self.is_same(old, new) || !self.keys.contains(self.wanted_texts.get(new))
            })
    }

    /// Takes back whoever has another spelling of the name, which is just the name of an active person who is not settled: the key of one
    /// may have got into the row of the other.
    fn unsettle_names_of_others<V: RosterPerson>(
        &self,
        list: &[Stored<V>],
        wanted: &[V],
        taken: &[bool],
        matches: &mut Matches,
    ) {
        let missing = OnceCell::new();
        let missing = || {
            missing.get_or_init(|| {
                let missing = list.iter().zip(taken).filter(|(old, taken)| old.active && !**taken);
                let names = missing.map(|(old, _)| folded(&old.values.person().full_name(self.texts)));
                names.collect::<HashSet<_>>()
            })
        };
        for (new, found) in wanted.iter().zip(matches) {
            let Some(position) = found.as_ref().map(|found| found.position) else { continue };
            let (before, now) = (list[position].values.person(), new.person());
            if self.has_same_name(before, now) {
                continue;
            }
            let name = folded(&now.full_name(self.wanted_texts));
            if name != folded(&before.full_name(self.texts)) && missing().contains(&name) {
                *found = None;
            }
        }
    }

    fn has_same_name(&self, old: &Person, new: &Person) -> bool {
        self.is_same(old.first_name, new.first_name) && self.is_same(old.last_name, new.last_name)
    }

    fn is_same(&self, old: StrId, new: StrId) -> bool {
        self.texts.get(old) == self.wanted_texts.get(new)
    }

    fn is_same_or_missing(&self, old: StrId, new: StrId) -> bool {
        old.is_empty() || new.is_empty() || self.is_same(old, new)
    }

    fn are_names_alike(&self, old: &Person, new: &Person) -> bool {
        self.has_same_name(old, new) || {
            let (old_text, new_text) = (|text| self.texts.get(text), |text| self.wanted_texts.get(text));
            let (old_first, old_last) = (old_text(old.first_name), old_text(old.last_name));
            let (new_first, new_last) = (new_text(new.first_name), new_text(new.last_name));
            likeness(old_first, old_last, new_first, new_last) != Likeness::Different
        }
    }
}

/// The same grade or the next one, or unknown.
fn grade_fits(old: Option<Grade>, new: Option<Grade>) -> bool {
    old.zip(new).is_none_or(|(old, new)| old == new || new.follows(old))
}
