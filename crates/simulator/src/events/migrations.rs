//! Events that a district should announce: numbers, domains and spellings of everybody change.

use homeroom_demo::address_of;

use crate::style::Style;
use crate::truth::{Role, World, any_name};

/// The numbers of some who have left are given to new kindergarten pupils.
pub(super) fn numbers_used_again(world: &mut World) -> Option<String> {
    let leavers = world.leavers().into_iter().rev();
    let leavers = leavers.filter(|id| world.keys_are_free(*id)).take(4).collect::<Vec<_>>();
    for leaver in &leavers {
        let name = any_name(&world.dice);
        let id = world.enroll_as(0, name);
        world.people[id].keys_ever.clear();
        world.people[id].sis_id = world.people[*leaver].sis_id.clone();
    }
    (!leavers.is_empty())
        .then(|| format!("{} new pupils get numbers of students who have left", leavers.len()))
}

/// A senior leaves, and a new pupil of the same name gets the same address in the same night.
pub(super) fn namesake_gets_address(world: &mut World) -> Option<String> {
    let senior = world.students().into_iter().find(|id| world.people[*id].grade == 12)?;
    world.people[senior].here = false;
    let name = (world.first_name(senior), world.last_name(senior));
    let id = world.enroll_as(0, name);
    world.people[id].email = world.people[senior].email.clone();
    Some(format!("person {id} has the name and address of person {senior}, who has left"))
}

/// The SIS writes its numbers with three more zeros.
pub(super) fn numbers_padded(world: &mut World) -> Option<String> {
    world.id_width += 3;
    for person in world.people.iter_mut().filter(|person| !person.sis_id.is_empty()) {
        person.sis_id = format!("{:0>width$}", person.sis_id, width = world.id_width);
        person.remember();
    }
    Some("all numbers are padded with zeros".to_owned())
}

/// Another SIS numbers everybody anew, also those who are away.
pub(super) fn new_numbers(world: &mut World) -> Option<String> {
    world.first_id += 40_000;
    for id in 0..world.people.len() {
        let number = match world.people[id].role {
            Role::Teacher => world.first_id / 10 + 3 * id,
            Role::Student => world.first_id * 10 + 7 * id,
        };
        world.people[id].sis_id = world.padded(number);
        world.people[id].remember();
    }
    Some("everybody has a new number".to_owned())
}

/// The students' addresses are made by another rule from now on, but for those who are away.
pub(super) fn new_addresses(world: &mut World) -> Option<String> {
    if world.style == Style::Names {
        return None;
    }
    for id in world.students() {
        let person = &world.people[id];
        let address = address_of(&person.latin.1, &person.latin.0);
        world.people[id].email = format!("{address}{}@{}", id % 89, world.domains.1);
        while world
            .students()
            .iter()
            .any(|other| *other != id && world.people[*other].email == world.people[id].email)
        {
            world.people[id].email.insert(0, 'x');
        }
    }
    Some("the students have addresses of another rule".to_owned())
}

/// Also those who are away get an address of the new domain.
pub(super) fn new_domain(world: &mut World) -> Option<String> {
    let old = world.domains.1.clone();
    let new = format!("pupils{}.lincoln.example.org", old.len());
    for person in world.people.iter_mut().filter(|person| person.email.ends_with(&format!("@{old}"))) {
        person.email = person.email.replace(&old, &new);
        person.remember();
    }
    world.domains.1 = new;
    Some("the students have addresses of another domain".to_owned())
}

/// The SIS writes names in Latin letters from now on.
pub(super) fn latin_letters_only(world: &mut World) -> Option<String> {
    if world.latin_only || world.style == Style::Names {
        return None;
    }
    world.latin_only = true;
    for person in &mut world.people {
        let is_latin = |name: &str| name.chars().all(|letter| (letter as u32) < 0x250);
        if !is_latin(&person.first) {
            person.first = person.latin.0.clone();
        }
        if !is_latin(&person.last) {
            person.last = person.latin.1.clone();
        }
        person.remember();
    }
    Some("names are written in Latin letters from now on".to_owned())
}
