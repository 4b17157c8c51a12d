//! The people of one role who are not settled, stored and wanted.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ByNumber, EntityRef};
use homeroom_model::roster::{RosterLink, Student, Teacher};
use homeroom_model::stored::{Stored, StoredLink};

use super::blocks::{Blocks, Keys, Sharing};
use super::candidate::Candidate;
use super::links;
use super::matches::Matches;
use super::search::Search;
use crate::roster_person::RosterPerson;

/// The teachers or the students of both rosters, and their classes.
pub(super) struct People<'p, V: RosterPerson> {
    pub(super) stored: &'p [Stored<V>],
    stored_links: &'p [StoredLink<V::Number>],
    wanted: &'p [V],
    wanted_links: &'p [RosterLink],
    matches: &'p Matches,
    protected: &'p HashSet<V::Number>,
}

/// A role in which people are in a roster.
pub(super) trait Role: RosterPerson {
    /// All people of this role.
    fn people<'s>(search: &'s Search<'_>) -> People<'s, Self>;
}

impl Role for Teacher {
    fn people<'s>(search: &'s Search<'_>) -> People<'s, Teacher> {
        People {
            stored: &search.stored.teachers,
            stored_links: &search.stored.teachings,
            wanted: &search.wanted.teachers,
            wanted_links: &search.wanted.teachings,
            matches: &search.matches.teachers,
            protected: &search.protected.teachers,
        }
    }
}

impl Role for Student {
    fn people<'s>(search: &'s Search<'_>) -> People<'s, Student> {
        People {
            stored: &search.stored.students,
            stored_links: &search.stored.enrollments,
            wanted: &search.wanted.students,
            wanted_links: &search.wanted.enrollments,
            matches: &search.matches.students,
            protected: &search.protected.students,
        }
    }
}

impl<V: RosterPerson> People<'_, V> {
    /// Wanted people who are not settled.
    pub(super) fn new_people<'t>(&self, search: &Search<'t>) -> Vec<Candidate<'t>> {
        let positions = (0..self.wanted.len()).filter(|at| self.matches[*at].is_none()).collect::<Vec<_>>();
        if positions.is_empty() || self.stored.is_empty() {
            return vec![];
        }
        let classes = links::of_wanted(search, self.wanted_links, &positions);
        let people = positions.into_iter().zip(classes);
        let texts = &search.wanted.texts;
        people
            .map(|(position, classes)| Candidate::new(position, &self.wanted[position], texts, classes))
            .collect()
    }

    /// First and last names of wanted people who are not settled.
    fn new_names<'t>(&self, search: &Search<'t>) -> HashSet<[&'t str; 2]> {
        let texts = &search.wanted.texts;
        let new = (0..self.wanted.len()).filter(|at| self.matches[*at].is_none());
        let names = new.map(|at| self.wanted[at].person());
        names.map(|person| [person.first_name, person.last_name].map(|name| texts.get(name))).collect()
    }

    /// Keys that stored people had before, by their position.
    pub(super) fn former_keys<'t>(&self, search: &Search<'t>) -> Vec<(usize, &'t str)> {
        let position = |entity: EntityRef| self.stored.position_of(entity.number_as()?);
        let former = search.stored.former_keys.iter();
        former
            .filter_map(|former| Some((position(former.entity)?, search.stored.texts.get(former.key))))
            .collect()
    }

    /// Stored people who are not settled: the active ones, and those who had left and share a key or the very name with a wanted one.
    pub(super) fn old_people<'t>(
        &self,
        search: &Search<'t>,
        blocks: &Blocks<'_>,
        former: &[(usize, &str)],
    ) -> Vec<Candidate<'t>> {
        let texts = &search.stored.texts;
        let mut is_settled = vec![false; self.stored.len()];
        self.matches.iter().flatten().for_each(|found| is_settled[found.position] = true);
        let mut sharing = Sharing::default();
        let mut is_named = |keys: Keys<'_>| {
            sharing.people.clear();
            blocks.by_keys(&keys, &mut sharing);
            !sharing.people.is_empty()
        };
        let names = self.new_names(search);
        let had =
            former.iter().filter(|(_, key)| is_named(Keys { sis_id: key, email: key, ..Keys::default() }));
        let had = had.map(|(position, _)| *position).collect::<HashSet<_>>();
        let is_old = |position: &usize| {
            let old = &self.stored[*position];
            !is_settled[*position]
                && (old.active || had.contains(position) || {
                    let person = old.values.person();
                    names.contains(&[person.first_name, person.last_name].map(|name| texts.get(name)))
                        || is_named(Keys {
                            sis_id: texts.get(person.sis_id),
                            email: texts.get(person.email),
                            clever_id: texts.get(person.clever_id),
                            username: "",
                        })
                })
        };
        let positions = (0..self.stored.len()).filter(is_old).collect::<Vec<_>>();
        let classes = links::of_stored(search, self.stored, self.stored_links, &positions);
        let candidate = |(position, classes): (usize, _)| {
            let Stored { values, active, number, .. } = &self.stored[position];
            let is_protected = self.protected.contains(number);
            let values = Candidate::new(position, values, texts, classes);
            let mut candidate = Candidate { active: *active, is_protected, ..values };
            search.distrust.blank(&mut candidate, *number);
            candidate
        };
        positions.into_iter().zip(classes).map(candidate).collect()
    }

    /// Domains that addresses of the district had, with those that replaced them for several people.
    pub(super) fn changed_domains<'t>(&self, search: &Search<'t>) -> HashSet<(&'t str, &'t str)> {
        /// Fewer than this may be single corrections.
        const SEVERAL: usize = 3;
        let texts = &search.stored.texts;
        let mut changes = HashMap::<(&str, &str), usize>::new();
        for (position, before) in self.former_keys(search) {
            let now = texts.get(self.stored[position].values.person().email);
            let addresses = before.split_once('@').zip(now.split_once('@'));
            if let Some(((local, before), (same_local, now))) = addresses
                && local == same_local
            {
                *changes.entry((before, now)).or_default() += 1;
            }
        }
        changes.into_iter().filter(|(_, count)| *count >= SEVERAL).map(|(domains, _)| domains).collect()
    }
}
