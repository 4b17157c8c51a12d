//! The class fuse: most students of a class are replaced. A `class_id` was used again for another class.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ByNumber, ClassNumber, SchoolNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::roster::EnrollmentLink;

use super::cut::Cut;
use super::{EXAMPLES, Look};

/// Classes of one school that are told one by one; more are told together.
const ONE_BY_ONE: usize = 5;

/// A class of which too many students are replaced.
struct Turned {
    class: ClassNumber,
    left: u64,
    before: u64,
    percent: u32,
}

pub(super) fn classes(look: &Look<'_>, cut: &mut Cut<'_>) -> Vec<BlownFuse> {
    let count = |links: &[EnrollmentLink]| {
        let mut counts = HashMap::<ClassNumber, u64>::new();
        for link in links {
            *counts.entry(link.class).or_default() += 1;
        }
        counts
    };
    let left = count(&look.plan.enrollments.deactivate);
    let mut joined = count(&look.plan.enrollments.create);
    for (class, count) in count(&look.plan.enrollments.reactivate) {
        *joined.entry(class).or_default() += count;
    }
    let gone = look.plan.classes.deactivate.iter().collect::<HashSet<_>>();
    let floor = u64::from(look.rules.policy.limit(Fuse::Class).floor);
    let mut suspects = HashMap::<ClassNumber, u64>::new();
    for (class, left) in left {
        // A class that only shrinks or only grows is not replaced.
        let replaced = left.min(joined.get(&class).copied().unwrap_or(0));
        if replaced > 0 && replaced >= floor && !gone.contains(&class) {
            suspects.insert(class, left);
        }
    }
    if suspects.is_empty() {
        return vec![];
    }
    let mut before = HashMap::<ClassNumber, u64>::new();
    for link in look.stored.enrollments.iter().filter(|link| link.active) {
        if suspects.contains_key(&link.link.class) {
            *before.entry(link.link.class).or_default() += 1;
        }
    }
    let mut by_school = std::collections::BTreeMap::<Option<SchoolNumber>, Vec<Turned>>::new();
    let mut suspects = suspects.into_iter().collect::<Vec<_>>();
    suspects.sort_unstable();
    for (class, left) in suspects {
        let school = look.places.of_class(class);
        let key = look.names.key(school);
        let limit = look.rules.limit(look.rules.policy.limit(Fuse::Class), key, |window| window.classes);
        let before = before.get(&class).copied().unwrap_or(0);
        if limit.is_exceeded(left, before) && !look.rules.adds_only(key) {
            cut.hold_turnover(class);
            by_school.entry(school).or_default().push(Turned { class, left, before, percent: limit.percent });
        }
    }
    by_school.into_iter().flat_map(|(school, turned)| blown(look, school, &turned)).collect()
}

fn blown(look: &Look<'_>, school: Option<SchoolNumber>, turned: &[Turned]) -> Vec<BlownFuse> {
    if turned.len() > ONE_BY_ONE {
        let (key, name) = (look.names.key(school), look.names.name(school));
        let message = format!(
            "{} classes of {name} would have other students than before, the limit is {} % of a class: most likely a new term \
             has begun and class_ids are used again.",
            turned.len(),
            turned[0].percent
        );
        let examples = look.examples(turned.iter().map(|one| one.class));
        return vec![BlownFuse { fuse: Fuse::Class, scope: key.into(), message, examples }];
    }
    let one = |turned: &Turned| {
        let class = look.stored.classes.by_number(turned.class)?;
        let key = look.stored.texts.get(class.values.key);
        let name = look.stored.texts.get(class.values.name);
        let message = format!(
            "{} of the {} students of {name} ({key}) would be replaced by others, the limit is {} %: most likely this class_id \
             is used again for another class.",
            turned.left, turned.before, turned.percent
        );
        let left = look.plan.enrollments.deactivate.iter().filter(|link| link.class == turned.class);
        let examples = look.examples(left.map(|link| link.person).take(EXAMPLES));
        Some(BlownFuse { fuse: Fuse::Class, scope: key.into(), message, examples })
    };
    turned.iter().filter_map(one).collect()
}
