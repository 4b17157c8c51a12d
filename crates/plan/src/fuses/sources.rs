//! Where those come from who come to a class: when its students, or its teachers with them, are those of another class, the ids of the
//! classes moved in the file.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ClassNumber, StudentNumber, TeacherNumber};
use homeroom_model::stored::active_links_of_class;

use super::context::FuseContext;

/// The class from which most of the new students of a class come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// That class.
    pub(super) class: ClassNumber,
    /// How many of them leave it.
    pub(super) students: u64,
    /// Whether somebody comes with them who teaches it.
    pub(super) has_teacher: bool,
}

/// For each of these classes the class that at least half of its new students leave.
pub(super) fn sources(
    context: &FuseContext<'_>,
    classes: &HashSet<ClassNumber>,
) -> BTreeMap<ClassNumber, Source> {
    let (teachings, enrollments) = (&context.plan.teachings, &context.plan.enrollments);
    // Whoever moves up a grade comes with a new school year.
    let moving_up = context.students_moving_up().collect::<HashSet<_>>();
    let mut left = HashMap::<StudentNumber, Vec<ClassNumber>>::new();
    for link in enrollments.deactivate.iter().filter(|link| !moving_up.contains(&link.person)) {
        left.entry(link.person).or_default().push(link.class);
    }
    let mut teachers = HashMap::<ClassNumber, Vec<TeacherNumber>>::new();
    for link in teachings.beginning().filter(|link| classes.contains(&link.class)) {
        teachers.entry(link.class).or_default().push(link.person);
    }
    let mut joined = HashMap::<ClassNumber, (u64, HashMap<ClassNumber, u64>)>::new();
    for link in enrollments.beginning().filter(|link| classes.contains(&link.class)) {
        let (all, from) = joined.entry(link.class).or_default();
        *all += 1;
        for class in left.get(&link.person).into_iter().flatten().filter(|class| **class != link.class) {
            *from.entry(*class).or_default() += 1;
        }
    }
    let source = |(class, (all, from)): (ClassNumber, (u64, HashMap<ClassNumber, u64>))| {
        let (from, students) = from.into_iter().max_by_key(|(class, count)| (*count, *class))?;
        let mut taught = active_links_of_class(&context.stored.teachings, from);
        let coming = teachers.get(&class);
        let has_teacher = coming.is_some_and(|coming| taught.any(|link| coming.contains(&link.link.person)));
        (students * 2 >= all).then_some((class, Source { class: from, students, has_teacher }))
    };
    joined.into_iter().filter_map(source).collect()
}
