//! Two classes that get each other's students: their `class_id`s were exchanged, however few students differ between them.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ClassNumber, StudentNumber};

use super::context::FuseContext;

/// So many students must come to each class of an exchange.
const MIN_EXCHANGED: usize = 3;

/// The share in percent, of those who are in one of the two classes only, who must change places.
const CHANGING: usize = 80;

/// Classes that get nearly all students that only another class has, and give it theirs.
pub(super) fn exchanged_classes(context: &FuseContext<'_>) -> HashSet<ClassNumber> {
    let links = &context.plan.enrollments;
    let mut gained = HashMap::<ClassNumber, HashSet<StudentNumber>>::new();
    for link in links.beginning() {
        gained.entry(link.class).or_default().insert(link.person);
    }
    gained.retain(|_, students| students.len() >= MIN_EXCHANGED);
    let mut left = HashMap::<StudentNumber, Vec<ClassNumber>>::new();
    for link in links.deactivate.iter().filter(|link| gained.contains_key(&link.class)) {
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
        let here = context.students_of(class).collect::<HashSet<_>>();
        let only_there = context.students_of(other).filter(|student| !here.contains(student));
        let only_there = only_there.collect::<Vec<_>>();
        let come = only_there.iter().filter(|student| gained[&class].contains(*student)).count();
        come >= MIN_EXCHANGED && come * 100 >= only_there.len() * CHANGING
    };
    let is_exchanged = |(class, other): (&ClassNumber, &ClassNumber)| {
        from.get(other) == Some(class) && takes_all(*class, *other) && takes_all(*other, *class)
    };
    from.iter().filter(|pair| is_exchanged(*pair)).map(|(class, _)| *class).collect()
}
