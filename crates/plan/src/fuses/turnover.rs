//! The class fuse: most students of a class are replaced, because its `class_id` was used again for another class.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ByNumber, ClassNumber, SchoolNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::policy::Limit;
use homeroom_model::roster::EnrollmentLink;

use super::context::{FuseContext, MAX_EXAMPLES};
use super::exchanges::exchanged_classes;
use super::partition::Partition;
use super::past::PAST_DAYS;
use super::sources::{Source, sources};

/// The most classes of a school that get a fuse each; more of them share one.
const MAX_SEPARATE_FUSES: usize = 5;

/// A class of which too many students are replaced.
struct Turnover {
    class: ClassNumber,
    left: u64,
    /// How many of these left on the nights before.
    left_lately: u64,
    before: u64,
    limit: Limit,
}

/// Too many students of a class are replaced, or two classes get each other's: all changes of its students wait.
pub(super) fn classes(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Vec<BlownFuse> {
    let exchanged = exchanged_classes(context);
    let replaced = replaced_classes(context, &exchanged);
    let lately = Lately::new(context);
    if replaced.is_empty() {
        return vec![];
    }
    let mut by_school = BTreeMap::<Option<SchoolNumber>, Vec<Turnover>>::new();
    let sources = sources(context, &replaced.keys().copied().collect());
    let mut replaced = replaced.into_iter().collect::<Vec<_>>();
    replaced.sort_unstable();
    for (class, left) in replaced.iter().copied() {
        let school = context.places.of_class(class);
        let key = context.names.key(school);
        let limit =
            context.rules.limit(context.rules.policy.limit(Fuse::Class), key, |window| window.classes);
        let today = context.students_of(class).count() as u64;
        let (left_lately, before) = lately.before(class, today);
        let is_too_much = limit.is_exceeded(left + left_lately, before)
            || limit.percent < 100 && exchanged.contains(&class);
        if is_too_much && !context.rules.is_additions_only(key) {
            partition.hold_turnover(class);
            let turnover = Turnover { class, left: left + left_lately, left_lately, before, limit };
            by_school.entry(school).or_default().push(turnover);
        }
    }
    // Where two classes exchange their ids, others that exchange fewer students do the same.
    let held = by_school.values().flatten();
    if held.clone().any(|turnover| is_exchange(turnover.class, &sources)) {
        let others = replaced.iter().map(|(class, _)| *class).filter(|class| is_exchange(*class, &sources));
        others.for_each(|class| partition.hold_turnover(class));
    }
    by_school
        .into_iter()
        .flat_map(|(school, classes)| class_fuses(context, school, &classes, &sources))
        .collect()
}

/// How many left and joined each class on the last nights.
struct Lately(HashMap<ClassNumber, (u64, u64)>);

impl Lately {
    fn new(context: &FuseContext<'_>) -> Lately {
        let mut by_class = HashMap::<ClassNumber, (u64, u64)>::new();
        for past in &context.limits.past.enrollments {
            let (left, joined) = by_class.entry(past.link.class).or_default();
            *if past.is_active { joined } else { left } += 1;
        }
        Lately(by_class)
    }

    fn of(&self, class: ClassNumber) -> (u64, u64) {
        self.0.get(&class).copied().unwrap_or_default()
    }

    /// How many left a class on the last nights while others joined, and how many students it had before.
    fn before(&self, class: ClassNumber, today: u64) -> (u64, u64) {
        let (left, joined) = self.of(class);
        let left = left.min(joined);
        (left, (today + left).saturating_sub(joined))
    }
}

/// Whether most who come to a class come from one to which most go who leave it.
fn is_exchange(class: ClassNumber, sources: &BTreeMap<ClassNumber, Source>) -> bool {
    let back = sources.get(&class).and_then(|source| sources.get(&source.class));
    back.is_some_and(|back| back.class == class)
}

/// Classes that stay while at least the limit's floor of students are replaced, and those that are exchanged, with how many leave. A
/// class that only shrinks or only grows is not replaced.
fn replaced_classes(
    context: &FuseContext<'_>,
    exchanged: &HashSet<ClassNumber>,
) -> HashMap<ClassNumber, u64> {
    let links = &context.plan.enrollments;
    if links.deactivate.is_empty() {
        return HashMap::new();
    }
    let mut joined = count_by_class(&links.create);
    for (class, count) in count_by_class(&links.reactivate) {
        *joined.entry(class).or_default() += count;
    }
    let removed = context.plan.classes.deactivate.iter().collect::<HashSet<_>>();
    let floor = u64::from(context.rules.policy.limit(Fuse::Class).floor);
    let lately = Lately::new(context);
    let is_replaced = |(class, left): &(ClassNumber, u64)| {
        let joined = joined.get(class).copied().unwrap_or(0);
        let (left_lately, joined_lately) = lately.of(*class);
        let replaced = (joined + joined_lately).min(left + left_lately);
        joined > 0 && (replaced >= floor || exchanged.contains(class)) && !removed.contains(class)
    };
    count_by_class(&links.deactivate).into_iter().filter(is_replaced).collect()
}

fn count_by_class(links: &[EnrollmentLink]) -> HashMap<ClassNumber, u64> {
    let mut counts = HashMap::new();
    for link in links {
        *counts.entry(link.class).or_default() += 1;
    }
    counts
}

fn class_fuses(
    context: &FuseContext<'_>,
    school: Option<SchoolNumber>,
    classes: &[Turnover],
    sources: &BTreeMap<ClassNumber, Source>,
) -> Vec<BlownFuse> {
    if classes.len() <= MAX_SEPARATE_FUSES {
        return classes.iter().filter_map(|turnover| class_fuse(context, turnover, sources)).collect();
    }
    let (key, name) = (context.names.key(school), context.names.name(school));
    let from_one = classes.iter().filter(|turnover| sources.contains_key(&turnover.class)).count();
    let cause = if from_one * 2 > classes.len() {
        format!(
            "{from_one} of them would get the students of one other class: most likely class_id has slipped, or was sorted, without \
             the other columns"
        )
    } else {
        "Most likely a new term has begun and class_ids are reused".into()
    };
    let message = format!(
        "In {} classes of {name}, students would be replaced by others; the limit is {}% of a class. {cause}.",
        classes.len(),
        classes[0].limit.percent
    );
    let examples = context.examples(classes.iter().map(|turnover| turnover.class));
    vec![BlownFuse { fuse: Fuse::Class, scope: key.into(), message, examples }]
}

fn class_fuse(
    context: &FuseContext<'_>,
    turnover: &Turnover,
    sources: &BTreeMap<ClassNumber, Source>,
) -> Option<BlownFuse> {
    let Turnover { class, left, left_lately, before, limit } = turnover;
    let values = context.stored.classes.by_number(*class)?.values;
    let key = context.stored.texts.get(values.key);
    let name = context.stored.texts.get(values.name);
    let cause = match sources.get(class) {
        None => "Most likely this class_id is reused for another class".into(),
        Some(Source { class: from, students, has_teacher }) => format!(
            "{students} of those who come are in {} today{}: most likely {}, unless the classes really change",
            context.describe((*from).into()),
            if *has_teacher { ", and a teacher of it comes with them" } else { "" },
            if is_exchange(*class, sources) {
                "the class_ids of the two were exchanged in the file"
            } else {
                "class_id has slipped, or was sorted, without the other columns"
            },
        ),
    };
    let exceeded = match limit.is_exceeded(*left, *before) {
        true => format!("; the limit is {}%", limit.percent),
        false => String::new(),
    };
    let on_nights_before = match left_lately {
        0 => String::new(),
        _ => format!(", {left_lately} of them on the last {PAST_DAYS} days already"),
    };
    let message = format!(
        "{left} of the {before} students of {name} ({key}) would be replaced by others{on_nights_before}{exceeded}. {cause}."
    );
    let leavers = context.plan.enrollments.deactivate.iter().filter(|link| link.class == *class);
    let examples = context.examples(leavers.map(|link| link.person).take(MAX_EXAMPLES));
    Some(BlownFuse { fuse: Fuse::Class, scope: key.into(), message, examples })
}
