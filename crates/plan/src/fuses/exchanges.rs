//! Two classes that get each other's students: their `class_id`s were exchanged, however few students differ between them, or the
//! export has joined everybody with both.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ClassNumber, StudentNumber};

use super::context::FuseContext;

/// So many students must come to each class of an exchange.
const MIN_EXCHANGED: usize = 3;

/// So many students must come to each of two classes that nobody leaves. It is more than of an exchange, because two small groups are
/// taught together now and then.
const MIN_CROSSED: usize = 5;

/// The share in percent, of those who are in one of the two classes only, who must change places.
const CHANGING: usize = 80;

/// Classes that get nearly all students that only another class has, and give it theirs.
pub(super) fn exchanged_classes(context: &FuseContext<'_>) -> HashSet<ClassNumber> {
    if context.plan.enrollments.deactivate.is_empty() {
        return HashSet::new();
    }
    let gained = joining(context, MIN_EXCHANGED);
    let mut left = HashMap::<StudentNumber, Vec<ClassNumber>>::new();
    let leaving = context.plan.enrollments.deactivate.iter();
    for link in leaving.filter(|link| gained.contains_key(&link.class)) {
        left.entry(link.person).or_default().push(link.class);
    }
    // For each class the one that most of its new students leave.
    let from = gained.iter().filter_map(|(class, students)| {
        let mut counts = HashMap::<ClassNumber, usize>::new();
        let others = students.iter().filter_map(|student| left.get(student)).flatten();
        others.filter(|other| *other != class).for_each(|other| *counts.entry(*other).or_default() += 1);
        counts.into_iter().max_by_key(|(other, count)| (*count, *other)).map(|(other, _)| (*class, other))
    });
    let from = from.collect::<HashMap<_, _>>();
    let takes_all = |class: ClassNumber, other: ClassNumber| {
        let come = coming_from(context, &gained[&class], class, other);
        come.is_some_and(|come| come >= MIN_EXCHANGED)
    };
    let is_exchanged = |(class, other): (&ClassNumber, &ClassNumber)| {
        from.get(other) == Some(class) && takes_all(*class, *other) && takes_all(*other, *class)
    };
    from.iter().filter(|pair| is_exchanged(*pair)).map(|(class, _)| *class).collect()
}

/// Classes that nobody leaves, and that get nearly all students of another one, which nobody leaves either, and which gets theirs.
pub(super) fn crossed_classes(context: &FuseContext<'_>) -> HashSet<ClassNumber> {
    let mut gained = joining(context, MIN_CROSSED);
    context.plan.enrollments.deactivate.iter().for_each(|link| {
        gained.remove(&link.class);
    });
    let mut classes_of = HashMap::<StudentNumber, Vec<ClassNumber>>::new();
    for class in gained.keys() {
        context.students_of(*class).for_each(|student| classes_of.entry(student).or_default().push(*class));
    }
    let mut pairs = HashMap::<(ClassNumber, ClassNumber), usize>::new();
    for (class, students) in &gained {
        for other in students.iter().filter_map(|student| classes_of.get(student)).flatten() {
            *pairs.entry((*class, *other)).or_default() += 1;
        }
    }
    pairs.retain(|(class, other), count| {
        let come = || coming_from(context, &gained[class], *class, *other);
        class != other && *count >= MIN_CROSSED && come().is_some()
    });
    let is_crossed = |(class, other): &&(ClassNumber, ClassNumber)| pairs.contains_key(&(*other, *class));
    pairs.keys().filter(is_crossed).map(|(class, _)| *class).collect()
}

/// The students who come to each class that is there already, and to which at least so many come.
fn joining(context: &FuseContext<'_>, min: usize) -> HashMap<ClassNumber, HashSet<StudentNumber>> {
    let mut gained = HashMap::<ClassNumber, HashSet<StudentNumber>>::new();
    for link in context.plan.enrollments.beginning().filter(|link| context.is_stored(link.class)) {
        gained.entry(link.class).or_default().insert(link.person);
    }
    gained.retain(|_, students| students.len() >= min);
    gained
}

/// How many of those who come to a class are from another one, if they are nearly all who are there and not here.
fn coming_from(
    context: &FuseContext<'_>,
    coming: &HashSet<StudentNumber>,
    class: ClassNumber,
    other: ClassNumber,
) -> Option<usize> {
    let here = context.students_of(class).collect::<HashSet<_>>();
    let only_there = context.students_of(other).filter(|student| !here.contains(student));
    let only_there = only_there.collect::<Vec<_>>();
    let come = only_there.iter().filter(|student| coming.contains(*student)).count();
    (come * 100 >= only_there.len() * CHANGING).then_some(come)
}
