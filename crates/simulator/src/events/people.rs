//! Events that concern people: they come, leave, come back, and change their names and addresses.

use crate::truth::{PersonId, Role, World, any_latin_first, any_latin_last, mistyped};

pub(super) fn enrollment(world: &mut World) -> Option<String> {
    let grade = u8::try_from(world.dice.below(13)).expect("there are 13 grades");
    let id = world.enroll(grade);
    Some(format!("person {id} enrolls in grade {grade}"))
}

pub(super) fn withdrawal(world: &mut World) -> Option<String> {
    let id = world.any_student();
    world.people[id].here = false;
    Some(format!("person {id} leaves"))
}

pub(super) fn comes_back(world: &mut World) -> Option<String> {
    let could = |id: &PersonId| world.people[*id].grade < 12 && world.keys_are_free(*id);
    let leavers = world.leavers().into_iter().filter(could).collect::<Vec<_>>();
    let id = *leavers.get(world.dice.below(leavers.len()))?;
    world.people[id].here = true;
    let class_is_open = |class: &usize| world.classes[*class].open;
    if !world.people[id].classes.iter().all(class_is_open) {
        world.people[id].grade += 1;
        world.people[id].school = world.school_of(world.people[id].grade);
        world.assign_classes(id);
    }
    Some(format!("person {id} comes back"))
}

pub(super) fn new_surname(world: &mut World) -> Option<String> {
    let id = world.any_student();
    change_surname(world, id);
    Some(format!("person {id} has another surname, and keeps the address"))
}

pub(super) fn new_surname_and_address(world: &mut World) -> Option<String> {
    let id = world.any_student();
    change_surname(world, id);
    new_address(world, id);
    Some(format!("person {id} has another surname and address"))
}

pub(super) fn teacher_married(world: &mut World) -> Option<String> {
    let teachers = world.teachers();
    let id = *world.dice.pick(&teachers);
    change_surname(world, id);
    if world.dice.one_in(2) {
        new_address(world, id);
    }
    Some(format!("teacher {id} has another surname"))
}

/// A marriage or an adoption: one's own name stays as a part in one case of three.
fn change_surname(world: &mut World, id: PersonId) {
    let new = any_latin_last(&world.dice);
    let keeps_own = world.dice.one_in(3);
    let person = &mut world.people[id];
    if keeps_own {
        person.last = format!("{}-{}", person.last, new.written);
        person.latin.1 = format!("{}-{}", person.latin.1, new.latin);
    } else {
        (person.last, person.latin.1) = (new.written, new.latin);
    }
}

fn new_address(world: &mut World, id: PersonId) {
    let latin = world.people[id].latin.clone();
    world.people[id].email = world.new_address(world.people[id].role, &latin);
}

/// The first name was another: a short form, or a wrong one.
pub(super) fn first_name_corrected(world: &mut World) -> Option<String> {
    let id = world.any_student();
    let short = world.people[id].first.chars().take(3).collect::<String>();
    if world.dice.one_in(2)
        && world.people[id].first.is_ascii()
        && short.len() == 3
        && short != world.people[id].first
    {
        world.people[id].first.clone_from(&short);
        world.people[id].latin.0 = short;
    } else if world.dice.one_in(3) {
        let new = any_latin_first(&world.dice);
        (world.people[id].first, world.people[id].latin.0) = (new.written, new.latin);
    } else {
        world.people[id].first = mistyped(&world.people[id].first, &world.dice);
    }
    if world.people[id].first.is_ascii() && world.dice.one_in(4) {
        world.people[id].latin.0 = world.people[id].first.clone();
        new_address(world, id);
    }
    Some(format!("the first name of person {id} is corrected"))
}

/// In half of the cases the address is made from the mistake, too.
pub(super) fn typing_mistake(world: &mut World) -> Option<String> {
    let id = world.any_student();
    world.people[id].last = mistyped(&world.people[id].last, &world.dice);
    if world.people[id].last.is_ascii() && world.dice.one_in(2) {
        world.people[id].latin.1 = world.people[id].last.clone();
        new_address(world, id);
    }
    Some(format!("the surname of person {id} is mistyped"))
}

pub(super) fn typing_mistake_corrected(world: &mut World) -> Option<String> {
    let mut mistyped_ones = world.students().into_iter().filter(|id| world.people[*id].names_ever.len() > 1);
    let id = mistyped_ones.next_back()?;
    let person = &mut world.people[id];
    let current = (person.first.clone(), person.last.clone());
    let before = person.names_ever.iter().find(|name| **name != current)?.clone();
    (person.first, person.last) = before;
    Some(format!("person {id} has an earlier name again"))
}

/// A newcomer gets the address of someone who has left.
pub(super) fn address_passed_on(world: &mut World) -> Option<String> {
    let leavers = world.leavers();
    let leaver = *leavers.iter().rev().find(|id| !world.is_taken(&world.people[**id].email))?;
    let grade = (world.people[leaver].grade + 5) % 13;
    let id = world.enroll(grade);
    world.people[id].email = world.people[leaver].email.clone();
    Some(format!("person {id} is new and gets the address of person {leaver}, who has left"))
}

/// A student leaves, and in the same night a newcomer of another name gets the address.
pub(super) fn address_passed_on_at_once(world: &mut World) -> Option<String> {
    let leaver = world.any_student();
    world.people[leaver].here = false;
    let id = world.enroll((world.people[leaver].grade + 5) % 13);
    world.people[id].email = world.people[leaver].email.clone();
    Some(format!("person {id} is new and gets the address of person {leaver}, who leaves tonight"))
}

/// A family moves here.
pub(super) fn siblings_enroll(world: &mut World) -> Option<String> {
    let grade = |world: &World| u8::try_from(world.dice.below(13)).expect("there are 13 grades");
    let first = world.enroll(grade(world));
    for _ in 0..1 + world.dice.below(2) {
        let name = (any_latin_first(&world.dice), world.last_name(first));
        world.enroll_as(grade(world), name);
    }
    Some(format!("person {first} and siblings enroll"))
}

/// The addresses of twins, which were exchanged, are put right.
pub(super) fn twins_put_right(world: &mut World) -> Option<String> {
    let is_one = |id: &PersonId| {
        let person = &world.people[*id];
        person.role == Role::Student && person.twin.is_some_and(|twin| world.people[twin].here)
    };
    let one = world.students().into_iter().find(is_one)?;
    let other = world.people[one].twin?;
    let exchanged = (world.people[other].email.clone(), world.people[one].email.clone());
    (world.people[one].email, world.people[other].email) = exchanged;
    Some(format!("the addresses of the twins {one} and {other} are exchanged"))
}
