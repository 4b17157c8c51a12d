//! Recognizes teachers and students under another address or SIS id.

use hashbrown::HashMap;
use homeroom_model::entity::{ByNumber, ClassNumber, EntityNumber};
use homeroom_model::rekey::Confidence;
use homeroom_model::roster::RosterLink;
use homeroom_model::stored::{Stored, StoredLink};

use super::candidate::{Candidate, ClassesAndSchool, candidates};
use super::pairing::{LikelyMatch, Pair, once_on_both_sides, pair_up};
use super::people_index::BlockingIndex;
use super::search::{Search, Unmatched, matched_numbers};
use super::weigh::{SisIds, Weighed, weigh};
use crate::roster_person::RosterPerson;

pub(super) fn find_students(search: &Search<'_>) -> Vec<LikelyMatch> {
    let people = People {
        unmatched: &search.unmatched.students,
        stored: &search.stored.students,
        stored_links: &search.stored.enrollments,
        wanted: &search.wanted.students,
        wanted_links: &search.wanted.enrollments,
    };
    people.find(search)
}

pub(super) fn find_teachers(search: &Search<'_>) -> Vec<LikelyMatch> {
    let people = People {
        unmatched: &search.unmatched.teachers,
        stored: &search.stored.teachers,
        stored_links: &search.stored.teachings,
        wanted: &search.wanted.teachers,
        wanted_links: &search.wanted.teachings,
    };
    people.find(search)
}

/// The teachers or the students of both rosters, and their classes.
struct People<'p, V: RosterPerson> {
    unmatched: &'p Unmatched,
    stored: &'p [Stored<V>],
    stored_links: &'p [StoredLink<V::Number>],
    wanted: &'p [V],
    wanted_links: &'p [RosterLink],
}

impl<V: RosterPerson> People<'_, V> {
    fn find(&self, search: &Search<'_>) -> Vec<LikelyMatch> {
        if self.unmatched.is_empty() {
            return vec![];
        }
        let gone = self.gone_people(search);
        let new = self.new_people(search);
        let sis_ids = sis_ids(&gone, &new);
        let index = BlockingIndex::new(&gone);
        let mut pairs = Vec::new();
        let mut positions = Vec::new();
        // The strongest evidence first: a match beyond doubt needs no weaker one.
        let lookups = [BlockingIndex::by_keys, BlockingIndex::by_name, BlockingIndex::by_classes];
        for person in &new {
            for look_up in lookups {
                positions.clear();
                look_up(&index, person, &mut positions);
                positions.sort_unstable();
                positions.dedup();
                let candidates = positions.iter().map(|position| &gone[*position as usize]);
                if weigh_all(candidates, person, sis_ids, &mut pairs) == Some(Confidence::Certain) {
                    break;
                }
            }
        }
        pairs.sort_unstable_by_key(|pair| (pair.old, pair.new));
        pairs.dedup_by_key(|pair| (pair.old, pair.new));
        pair_up(pairs)
    }

    /// Stored people who are gone.
    fn gone_people<'t>(&self, search: &Search<'t>) -> Vec<Candidate<'t>> {
        // By the stored number: 0 for everyone who is not gone, else the place among the gone, counted from 1.
        let mut place_of = vec![0_u32; self.stored.last().map_or(0, |last| last.number.index()) + 1];
        for (position, place) in self.unmatched.gone.iter().zip(1..) {
            place_of[self.stored[*position].number.index()] = place;
        }
        let mut classes = vec![Vec::new(); self.unmatched.gone.len()];
        for link in self.stored_links.iter().filter(|link| link.active) {
            if let Some(place) = place_of[link.link.person.index()].checked_sub(1) {
                classes[place as usize].push(Some(link.link.class));
            }
        }
        let school_of = |class: ClassNumber| Some(search.stored.classes.by_number(class)?.values.school);
        let people = self.unmatched.gone.iter().zip(classes).map(|(position, classes)| {
            let school = classes.first().copied().flatten().and_then(school_of);
            (*position, self.stored[*position].values, ClassesAndSchool { classes, school })
        });
        candidates(people, &search.stored.texts)
    }

    /// Wanted people who are not stored.
    fn new_people<'t>(&self, search: &Search<'t>) -> Vec<Candidate<'t>> {
        let class_numbers = matched_numbers(&search.matches.classes, &search.stored.classes);
        let school_numbers = matched_numbers(&search.matches.schools, &search.stored.schools);
        let mut is_new = vec![false; self.wanted.len()];
        self.unmatched.new.iter().for_each(|position| is_new[*position] = true);
        let mut classes = HashMap::<usize, ClassesAndSchool>::new();
        for link in self.wanted_links.iter().filter(|link| is_new[link.person as usize]) {
            let school = school_numbers[search.wanted.classes[link.class as usize].school as usize];
            let of_person = classes.entry(link.person as usize);
            let of_person = of_person.or_insert(ClassesAndSchool { classes: vec![], school });
            // A class that is new, too, still counts as one; it is shared with nobody.
            of_person.classes.push(class_numbers[link.class as usize]);
        }
        let people = self.unmatched.new.iter().map(|position| {
            let mut classes = classes.remove(position).unwrap_or_default();
            classes.classes.sort_unstable();
            (*position, self.wanted[*position], classes)
        });
        candidates(people, &search.wanted.texts)
    }
}

/// Adds a pair for each candidate who could be this person; returns the highest confidence among them.
fn weigh_all<'c>(
    gone: impl Iterator<Item = &'c Candidate<'c>>,
    new: &Candidate<'_>,
    sis_ids: SisIds,
    pairs: &mut Vec<Pair>,
) -> Option<Confidence> {
    let mut highest = None;
    for old in gone {
        if let Some(Weighed { confidence, weight, evidence }) = weigh(old, new, sis_ids) {
            highest = highest.max(Some(confidence));
            pairs.push(Pair { old: old.position, new: new.position, confidence, weight, evidence });
        }
    }
    highest
}

/// Whether the SIS has reissued its ids: most people who are gone have a namesake among the new ones, with another id.
fn sis_ids(gone: &[Candidate<'_>], new: &[Candidate<'_>]) -> SisIds {
    fn with_sis_id<'c>(people: &'c [Candidate<'_>]) -> impl Iterator<Item = (&'c str, usize)> {
        let people = people.iter().enumerate().filter(|(_, person)| !person.sis_id.is_empty());
        people.map(|(at, person)| (person.folded.as_str(), at))
    }
    let namesakes = once_on_both_sides(with_sis_id(gone), with_sis_id(new)).len();
    if namesakes >= MIN_NAMESAKES && namesakes * 2 >= with_sis_id(gone).count() {
        SisIds::Reissued
    } else {
        SisIds::Kept
    }
}

/// Fewer namesakes than this may be coincidence.
const MIN_NAMESAKES: usize = 5;
