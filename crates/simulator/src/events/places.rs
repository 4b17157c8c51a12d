//! Events that concern classes and schools: who is in which, who teaches, and what they are called.

use crate::truth::{PersonId, World};

pub(super) fn transfer(world: &mut World) -> Option<String> {
    let id = world.any_student();
    let (grade, school) = (world.people[id].grade, world.people[id].school);
    let goes_here = |at: &usize| (world.schools[*at].grades.0..=world.schools[*at].grades.1).contains(&grade);
    let schools = (0..world.schools.len()).filter(|at| goes_here(at) && *at != school).collect::<Vec<_>>();
    let to = *schools.get(world.dice.below(schools.len()))?;
    world.people[id].school = to;
    world.assign_classes(id);
    Some(format!("person {id} transfers to another school"))
}

pub(super) fn class_change(world: &mut World) -> Option<String> {
    let id = world.any_student();
    let from = *world.people[id].classes.iter().nth(world.dice.below(world.people[id].classes.len()))?;
    let class = &world.classes[from];
    let sections = world.classes_of(class.school, class.grade).remove(&class.subject)?;
    let others = sections.into_iter().filter(|at| *at != from).collect::<Vec<_>>();
    let to = *others.get(world.dice.below(others.len()))?;
    world.people[id].classes.remove(&from);
    world.people[id].classes.insert(to);
    Some(format!("person {id} changes to another section"))
}

/// Another teacher of the school takes a class.
pub(super) fn substitute(world: &mut World) -> Option<String> {
    let class = any_class(world)?;
    let teacher = another_teacher(world, class)?;
    world.classes[class].teachers = vec![teacher];
    Some(format!("teacher {teacher} takes the class {}", world.classes[class].key))
}

pub(super) fn co_teacher(world: &mut World) -> Option<String> {
    let class = any_class(world)?;
    let teacher = another_teacher(world, class)?;
    world.classes[class].teachers.push(teacher);
    Some(format!("teacher {teacher} teaches the class {}, too", world.classes[class].key))
}

/// A teacher leaves, and a new one takes all the classes.
pub(super) fn teacher_replaced(world: &mut World) -> Option<String> {
    let teachers = world.teachers();
    let old = *world.dice.pick(&teachers);
    let new = world.hire(world.people[old].school);
    world.people[old].here = false;
    for class in &mut world.classes {
        class.teachers.iter_mut().filter(|teacher| **teacher == old).for_each(|teacher| *teacher = new);
    }
    Some(format!("teacher {new} is new and takes the classes of teacher {old}, who has left"))
}

pub(super) fn class_renamed(world: &mut World) -> Option<String> {
    let class = any_class(world)?;
    world.classes[class].name.push_str(" Honors");
    Some(format!("the class {} is renamed", world.classes[class].key))
}

pub(super) fn school_renamed(world: &mut World) -> Option<String> {
    let school = world.dice.below(world.schools.len());
    world.schools[school].name = world.schools[school].name.replace(" School", " Academy");
    Some(format!("the school {} is renamed", world.schools[school].key))
}

/// A student was in the grade below by mistake, or is skipped.
pub(super) fn grade_corrected(world: &mut World) -> Option<String> {
    let id = world.any_student();
    let grade = world.people[id].grade + 1;
    (grade <= world.schools[world.people[id].school].grades.1).then_some(())?;
    world.people[id].grade = grade;
    world.assign_classes(id);
    Some(format!("person {id} is in grade {grade} now"))
}

/// A class ends, and its students go to another section.
pub(super) fn class_dissolved(world: &mut World) -> Option<String> {
    let (at, others) = a_class_with_others(world)?;
    world.classes[at].open = false;
    for person in &mut world.people {
        if person.here && person.classes.remove(&at) {
            person.classes.insert(others[0]);
        }
    }
    Some(format!("the class {} ends, its students go to another section", world.classes[at].key))
}

/// A section is opened for a third of the students of the others.
pub(super) fn new_section(world: &mut World) -> Option<String> {
    let (at, _) = a_class_with_others(world)?;
    let teacher = another_teacher(world, at)?;
    let (key, name) = (format!("{}9", world.classes[at].key), format!("{}b", world.classes[at].name));
    let is_taken = world.classes.iter().any(|class| class.key == key);
    let new = world.classes.len();
    (!is_taken).then(|| {
        world.classes.push(crate::truth::Class {
            key,
            name,
            teachers: vec![teacher],
            ..world.classes[at].clone()
        });
        let mut members =
            world.people.iter_mut().filter(|person| person.here && person.classes.contains(&at));
        members.by_ref().step_by(3).for_each(|person| {
            person.classes.remove(&at);
            person.classes.insert(new);
        });
        format!(
            "a new section {} takes a third of the class {}",
            world.classes[new].key, world.classes[at].key
        )
    })
}

/// An open class, and the other sections of its subject.
fn a_class_with_others(world: &World) -> Option<(usize, Vec<usize>)> {
    let at = any_class(world)?;
    let class = &world.classes[at];
    let mut others = world.classes_of(class.school, class.grade).remove(&class.subject)?;
    others.retain(|other| *other != at);
    (!others.is_empty()).then_some((at, others))
}

fn any_class(world: &World) -> Option<usize> {
    let open = (0..world.classes.len()).filter(|at| world.classes[*at].open).collect::<Vec<_>>();
    open.get(world.dice.below(open.len())).copied()
}

fn another_teacher(world: &World, class: usize) -> Option<PersonId> {
    let class = &world.classes[class];
    let is_other = |id: &PersonId| world.people[*id].school == class.school && !class.teachers.contains(id);
    let others = world.teachers().into_iter().filter(is_other).collect::<Vec<_>>();
    others.get(world.dice.below(others.len())).copied()
}
