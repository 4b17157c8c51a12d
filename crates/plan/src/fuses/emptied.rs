//! The class fuse, for classes that lose students who get no other class: their rows are missing.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ClassNumber, SchoolNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};

use super::context::FuseContext;
use super::partition::Partition;
use super::wording::counted;

/// Fewer students who go from one class without another are ordinary, whatever else is missing.
const MIN_LOST: usize = 2;

/// A class that stays is emptied when it loses at least so many, and this share in percent.
const EMPTIED: (usize, usize) = (4, 50);

/// One emptied class is a gap when it loses so many; two are always.
const LOST_BY_ONE: usize = 10;

/// So many classes do not end in one night without that their students get others, and fewer not if they lose so many students together.
const ENDED_CLASSES: usize = 4;
const ENDED_WITH_MANY: (usize, usize) = (3, 30);

/// A class whose students get no other class.
struct Losing {
    class: ClassNumber,
    lost: usize,
    before: usize,
    ends: bool,
}

impl Losing {
    fn is_half(&self) -> bool {
        self.lost * 100 >= self.before * EMPTIED.1
    }

    fn is_emptied(&self) -> bool {
        self.lost >= EMPTIED.0 && self.is_half()
    }
}

/// Classes lose half of their students or more, who get no other class, while hardly anybody comes: their students stay. Where rows of
/// some classes are missing, so are most likely those of others that lose fewer.
pub(super) fn emptied_classes(
    context: &FuseContext<'_>,
    fuses: &[BlownFuse],
    partition: &mut Partition<'_>,
) -> Vec<BlownFuse> {
    let rows_are_missing =
        fuses.iter().any(|blown| matches!(blown.fuse, Fuse::Shrink | Fuse::District | Fuse::School));
    let by_school = losing_classes(context, partition);
    if !rows_are_missing && !by_school.values().any(|classes| is_gap(classes)) {
        return vec![];
    }
    by_school.into_iter().map(|(school, classes)| hold(context, school, &classes, partition)).collect()
}

fn is_gap(classes: &[Losing]) -> bool {
    let (ending, staying) = classes.iter().partition::<Vec<_>, _>(|class| class.ends);
    let emptied = staying.into_iter().filter(|class| class.is_emptied()).collect::<Vec<_>>();
    let ended = ending.into_iter().filter(|class| class.is_half()).collect::<Vec<_>>();
    let lost = ended.iter().map(|class| class.lost).sum::<usize>();
    emptied.len() > 1
        || emptied.iter().any(|class| class.lost >= LOST_BY_ONE)
        || ended.len() >= ENDED_CLASSES
        || ended.len() >= ENDED_WITH_MANY.0 && lost >= ENDED_WITH_MANY.1
}

fn hold(
    context: &FuseContext<'_>,
    school: Option<SchoolNumber>,
    classes: &[Losing],
    partition: &mut Partition<'_>,
) -> BlownFuse {
    for Losing { class, ends, .. } in classes {
        partition.hold_turnover(*class);
        if *ends {
            partition.hold_removal(*class);
        }
    }
    let sum = |count: fn(&Losing) -> usize| classes.iter().map(count).sum::<usize>();
    let message = format!(
        "In {} of {}, {} of {} students would go without another class, and hardly anybody would come: most likely rows of these classes \
         are missing. Compare the classes with the SIS before you decide.",
        counted(classes.len() as u64, "class"),
        context.names.name(school),
        sum(|class| class.lost),
        sum(|class| class.before),
    );
    let examples = context.examples(classes.iter().map(|losing| losing.class));
    BlownFuse { fuse: Fuse::Class, scope: context.names.key(school).into(), message, examples }
}

/// The classes of each school that lose students who get no other class, when at most a quarter as many come; without those of which
/// no removal is made anyway, or as many as agreed.
fn losing_classes(
    context: &FuseContext<'_>,
    partition: &Partition<'_>,
) -> BTreeMap<Option<SchoolNumber>, Vec<Losing>> {
    let ending = context.plan.classes.deactivate.iter().copied().collect::<HashSet<_>>();
    let usual = context.rules.policy.limit(Fuse::Class);
    let mut by_school = BTreeMap::<_, Vec<_>>::new();
    for (class, lost) in lost_without_another(context) {
        let school = context.places.of_class(class);
        let key = context.names.key(school);
        let limit = context.rules.limit(usual, key, |window| window.classes);
        let waits = partition.removals_wait(school) || context.rules.is_additions_only(key);
        if limit.percent < 100 && !waits {
            let before = context.students_of(class).count();
            let losing = Losing { class, lost, before, ends: ending.contains(&class) };
            by_school.entry(school).or_default().push(losing);
        }
    }
    by_school
}

fn lost_without_another(context: &FuseContext<'_>) -> BTreeMap<ClassNumber, usize> {
    let links = &context.plan.enrollments;
    if links.deactivate.is_empty() {
        return BTreeMap::new();
    }
    let mut joined = HashMap::<ClassNumber, usize>::new();
    let mut moving = HashSet::new();
    for link in links.beginning() {
        *joined.entry(link.class).or_default() += 1;
        moving.insert(link.person);
    }
    let mut lost = BTreeMap::<ClassNumber, usize>::new();
    for link in links.deactivate.iter().filter(|link| !moving.contains(&link.person)) {
        *lost.entry(link.class).or_default() += 1;
    }
    lost.retain(|class, lost| *lost >= MIN_LOST && joined.get(class).copied().unwrap_or(0) * 4 <= *lost);
    lost
}
