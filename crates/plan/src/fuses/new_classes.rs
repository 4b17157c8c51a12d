//! New classes that are others under wrong ids: several with one id that was cut off, or one with an id for each row, because a cell was
//! dragged down.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ClassNumber, StudentNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::stored::active_links_of_class;

use super::context::{FuseContext, MAX_EXAMPLES};
use super::partition::Partition;
use super::wording::counted;

/// Two classes are put together by a school; of so many it is the ids.
const MIN_CLASSES: usize = 3;

/// So many new classes of at most so many students each, who all leave one class: that is no class any more.
const SCATTERED: (usize, usize) = (5, 2);

/// New classes to which most students of several others come, each with a teacher: they wait, and with them everyone who would be in
/// them.
pub(super) fn merged(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Option<BlownFuse> {
    let merged = merged_classes(context);
    if merged.is_empty() {
        return None;
    }
    let new = merged.keys().copied().collect::<HashSet<_>>();
    new.iter().for_each(|class| partition.hold_arrival(*class));
    let before = merged.values().flatten().copied().collect::<BTreeSet<_>>();
    let students =
        context.plan.enrollments.beginning().filter(|link| new.contains(&link.class)).count() as u64;
    let teachers = context.plan.teachings.beginning().filter(|link| new.contains(&link.class)).count() as u64;
    Some(BlownFuse {
        fuse: Fuse::Reach,
        scope: "classes".into(),
        message: format!(
            "{} would have the students of {}, {} in all, and {} would see all of them: most likely class_id was cut off, so that \
             several classes have the same id. Compare class_id in the file with yesterday's.",
            counted(merged.len() as u64, "new class"),
            counted(before.len() as u64, "class"),
            counted(students, "student"),
            counted(teachers, "teacher"),
        ),
        examples: before.into_iter().take(MAX_EXAMPLES).map(|class| context.describe(class.into())).collect(),
    })
}

/// The new classes, each with those that it takes the place of.
fn merged_classes(context: &FuseContext<'_>) -> BTreeMap<ClassNumber, Vec<ClassNumber>> {
    let (plan, stored) = (context.plan, context.stored);
    if plan.enrollments.deactivate.is_empty() {
        return BTreeMap::new();
    }
    let mut teachers = HashMap::<ClassNumber, HashSet<_>>::new();
    let new = plan.classes.arriving().map(|class| class.number).collect::<HashSet<_>>();
    for link in plan.teachings.beginning().filter(|link| new.contains(&link.class)) {
        teachers.entry(link.class).or_default().insert(link.person);
    }
    teachers.retain(|_, teachers| teachers.len() >= MIN_CLASSES);
    if teachers.is_empty() {
        return BTreeMap::new();
    }
    let mut left = HashMap::<StudentNumber, Vec<ClassNumber>>::new();
    plan.enrollments.deactivate.iter().for_each(|link| left.entry(link.person).or_default().push(link.class));
    let mut come = BTreeMap::<(ClassNumber, ClassNumber), usize>::new();
    for link in plan.enrollments.beginning().filter(|link| teachers.contains_key(&link.class)) {
        for class in left.get(&link.person).into_iter().flatten() {
            *come.entry((link.class, *class)).or_default() += 1;
        }
    }
    let mut merged = BTreeMap::<_, Vec<_>>::new();
    for ((to, from), count) in come {
        let all = active_links_of_class(&stored.enrollments, from).count();
        let mut taught = active_links_of_class(&stored.teachings, from);
        if count * 2 >= all && taught.any(|link| teachers[&to].contains(&link.link.person)) {
            merged.entry(to).or_default().push(from);
        }
    }
    merged.retain(|_, classes| classes.len() >= MIN_CLASSES);
    merged
}

/// Students of one class would each get a class of their own, with the same teacher: these classes wait, and the students stay.
pub(super) fn scattered(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Option<BlownFuse> {
    let (scattered, tiny) = scattered_classes(context);
    let (class, parts) = scattered.iter().next()?;
    tiny.iter().for_each(|class| partition.hold_arrival(*class));
    scattered.keys().for_each(|class| partition.hold_turnover(*class));
    let others = match scattered.len() {
        1 => String::new(),
        many => format!(", and so those of {} more", many - 1),
    };
    Some(BlownFuse {
        fuse: Fuse::Reach,
        scope: "classes".into(),
        message: format!(
            "Students of {} would be in {} with the same teacher, each almost alone{others}: most likely a class_id was dragged down, so \
             that each row has another one. Compare class_id in the file with yesterday's.",
            context.describe((*class).into()),
            counted(parts.len() as u64, "new class"),
        ),
        examples: scattered
            .keys()
            .take(MAX_EXAMPLES)
            .map(|class| context.describe((*class).into()))
            .collect(),
    })
}

/// Classes that lose students to new, nearly empty classes of one of their teachers, with these, and all new classes that are as small.
fn scattered_classes(
    context: &FuseContext<'_>,
) -> (BTreeMap<ClassNumber, BTreeSet<ClassNumber>>, HashSet<ClassNumber>) {
    let (plan, stored) = (context.plan, context.stored);
    let (min, few) = SCATTERED;
    let mut scattered = BTreeMap::<_, BTreeSet<_>>::new();
    if plan.classes.create.len() < min || plan.enrollments.deactivate.is_empty() {
        return (scattered, HashSet::new());
    }
    let mut sizes = plan.classes.create.iter().map(|class| (class.number, 0)).collect::<HashMap<_, usize>>();
    let coming = plan.enrollments.beginning();
    coming.clone().for_each(|link| {
        sizes.entry(link.class).and_modify(|size| *size += 1);
    });
    sizes.retain(|_, size| (1..=few).contains(size));
    let teachers = plan.teachings.beginning().filter(|link| sizes.contains_key(&link.class));
    let teachers = teachers.map(|link| (link.class, link.person)).collect::<HashSet<_>>();
    let mut left = HashMap::<StudentNumber, Vec<ClassNumber>>::new();
    plan.enrollments.deactivate.iter().for_each(|link| left.entry(link.person).or_default().push(link.class));
    for link in coming.filter(|link| sizes.contains_key(&link.class)) {
        for from in left.get(&link.person).into_iter().flatten() {
            let mut taught = active_links_of_class(&stored.teachings, *from);
            if taught.any(|teaching| teachers.contains(&(link.class, teaching.link.person))) {
                scattered.entry(*from).or_default().insert(link.class);
            }
        }
    }
    scattered.retain(|_, classes| classes.len() >= min);
    (scattered, sizes.into_keys().collect())
}
