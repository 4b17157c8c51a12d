//! The classes and schools of people who are not settled.

use homeroom_model::entity::{ByNumber, ClassNumber, EntityNumber};
use homeroom_model::roster::RosterLink;
use homeroom_model::stored::{Stored, StoredLink};

use super::candidate::ClassesAndSchool;
use super::search::{Search, matched_numbers};
use crate::roster_person::RosterPerson;

/// Of stored people at these positions, in their order. People who have left are in no class, but had a school.
pub(super) fn of_stored<V: RosterPerson>(
    search: &Search<'_>,
    list: &[Stored<V>],
    links: &[StoredLink<V::Number>],
    positions: &[usize],
) -> Vec<ClassesAndSchool> {
    // By the stored number: 0 for everyone who is not asked for, else the place among them, counted from 1.
    let mut place_of = vec![0_u32; list.last().map_or(0, |last| last.number.index()) + 1];
    for (position, place) in positions.iter().zip(1..) {
        place_of[list[*position].number.index()] = place;
    }
    let school_of = |class: ClassNumber| Some(search.stored.classes.by_number(class)?.values.school);
    let mut classes = vec![ClassesAndSchool::default(); positions.len()];
    for StoredLink { link, active } in links {
        if let Some(place) = place_of[link.person.index()].checked_sub(1) {
            let of_person = &mut classes[place as usize];
            let is_active = list[positions[place as usize]].active;
            if *active {
                of_person.classes.push(Some(link.class));
            }
            if of_person.school.is_none() && (*active || !is_active) {
                of_person.school = school_of(link.class);
            }
        }
    }
    classes
}

/// Of wanted people at these positions, in their order.
pub(super) fn of_wanted(
    search: &Search<'_>,
    links: &[RosterLink],
    positions: &[usize],
) -> Vec<ClassesAndSchool> {
    let class_numbers = matched_numbers(&search.matches.classes, &search.stored.classes);
    let school_numbers = matched_numbers(&search.matches.schools, &search.stored.schools);
    // By position: 0 for everyone who is not asked for, else the place among them, counted from 1.
    let mut place_of = vec![0_u32; positions.last().map_or(0, |last| *last) + 1];
    for (position, place) in positions.iter().zip(1..) {
        place_of[*position] = place;
    }
    let mut classes = vec![ClassesAndSchool::default(); positions.len()];
    for link in links {
        let place = place_of.get(link.person as usize).and_then(|place| place.checked_sub(1));
        let Some(place) = place else { continue };
        let of_person = &mut classes[place as usize];
        if of_person.classes.is_empty() {
            of_person.school = school_numbers[search.wanted.classes[link.class as usize].school as usize];
        }
        // A class that is new, too, still counts as one; it is shared with nobody.
        of_person.classes.push(class_numbers[link.class as usize]);
    }
    classes.iter_mut().for_each(|of_person| of_person.classes.sort_unstable());
    classes
}
