//! Fuses on removals: of the district, of a school, and of a file that is too short.

use hashbrown::{HashMap, HashSet};
use homeroom_model::calendar::Allowed;
use homeroom_model::entity::{SchoolNumber, StudentNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;
use homeroom_model::roster::EnrollmentLink;

use super::causes;
use super::context::{FuseContext, Measured};
use super::partition::Partition;

/// The file has far fewer rows than the one applied last, or ends in the middle of one: every removal waits.
pub(super) fn shrink(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Option<BlownFuse> {
    let limits = context.limits;
    let removed = context.plan.counts().deactivate.total();
    let before = context.stored.applied_rows.unwrap_or(0);
    let message = if removed == 0 || context.rules.is_additions_only_everywhere() {
        return None;
    } else if limits.ends_mid_row {
        "The file ends in the middle of a row: most likely the export or the upload was cut off. Send the whole file \
         again."
            .to_owned()
    } else if limits.policy.limit(Fuse::Shrink).is_undercut(limits.rows, before) {
        format!(
            "The file has {} rows; the last applied one had {before}. Most likely the export stopped early or left out schools.",
            limits.rows
        )
    } else {
        return None;
    };
    hold_all_removals(context, partition);
    let examples = context.examples(context.plan.students.deactivate.iter().copied());
    Some(BlownFuse { fuse: Fuse::Shrink, scope: "rows".into(), message, examples })
}

/// Too large a share of the district's students, teachers or classes would be deactivated: every removal waits.
pub(super) fn district(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Vec<BlownFuse> {
    if context.rules.is_additions_only_everywhere() {
        return vec![];
    }
    let mut fuses = Vec::new();
    let usual = context.rules.policy.limit(Fuse::District);
    for kind in [EntityKind::Student, EntityKind::Teacher, EntityKind::Class] {
        let allowed: fn(&Allowed) -> Option<u32> = match kind {
            EntityKind::Class => |window| window.classes,
            _ => |window| window.people,
        };
        let school = |entity| context.places.of(entity);
        let all = context.stored.active(kind).map(school);
        let removed = context.plan.deactivated(kind).map(school);
        let measured = context.measure(usual, allowed, all, removed);
        let exceeded = measured.iter().filter(|measured| measured.is_exceeded());
        fuses.extend(exceeded.map(|measured| district_fuse(context, kind, measured)));
    }
    if !fuses.is_empty() {
        hold_all_removals(context, partition);
    }
    fuses
}

fn district_fuse(context: &FuseContext<'_>, kind: EntityKind, measured: &Measured) -> BlownFuse {
    let Measured { limit, count, of } = measured;
    BlownFuse {
        fuse: Fuse::District,
        scope: kind.plural().into(),
        message: format!(
            "{count} of {of} active {} would be deactivated; the limit is {}%. {}",
            kind.plural(),
            limit.percent,
            causes::of_removal(kind, context)
        ),
        examples: context.examples(context.plan.deactivated(kind)),
    }
}

/// A school would vanish or lose too many students: the removals of this school wait.
pub(super) fn schools(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Vec<BlownFuse> {
    let lost = lost_by_school(context);
    let mut fuses = Vec::new();
    let mut schools = lost.iter().collect::<Vec<_>>();
    schools.sort_unstable_by_key(|(school, _)| **school);
    for (school, students) in schools {
        if let Some(fuse) = school_fuse(context, *school, students) {
            partition.hold_removals(*school);
            fuses.push(fuse);
        }
    }
    fuses
}

fn school_fuse(
    context: &FuseContext<'_>,
    school: Option<SchoolNumber>,
    lost: &[StudentNumber],
) -> Option<BlownFuse> {
    let (key, name) = (context.names.key(school), context.names.name(school));
    if context.rules.is_additions_only(key) {
        return None;
    }
    let limit = context.rules.limit(context.rules.policy.limit(Fuse::School), key, |window| window.people);
    let is_removed = school.is_some_and(|school| context.plan.schools.deactivate.contains(&school));
    let vanishes = is_removed && limit.percent < 100;
    let count = lost.len() as u64;
    let before =
        if vanishes || count >= u64::from(limit.floor) { count_students(context, school) } else { 0 };
    let message = if vanishes {
        format!(
            "{name} would vanish with its {before} students. Most likely the export left the school out; if it has closed, approve."
        )
    } else if before > 0 && limit.is_exceeded(count, before) {
        format!(
            "{name} would lose {count} of its {before} students; the limit is {}%. Most likely the export of this school is incomplete.",
            limit.percent
        )
    } else {
        return None;
    };
    let examples = context.examples(lost.iter().copied());
    Some(BlownFuse { fuse: Fuse::School, scope: key.into(), message, examples })
}

/// For each school the students who are in it now and would not be.
fn lost_by_school(context: &FuseContext<'_>) -> HashMap<Option<SchoolNumber>, Vec<StudentNumber>> {
    let ended = &context.plan.enrollments.deactivate;
    let place = |link: &EnrollmentLink| (context.places.of_class(link.class), link.person);
    let mut lost = ended.iter().map(place).collect::<HashSet<_>>();
    if lost.is_empty() {
        return HashMap::new();
    }
    let mut ends = ended.iter().peekable();
    for link in context.stored.enrollments.iter().filter(|link| link.active).map(|link| &link.link) {
        while ends.next_if(|end| *end < link).is_some() {}
        if ends.peek() != Some(&link) {
            lost.remove(&place(link));
        }
    }
    for link in context.plan.enrollments.create.iter().chain(&context.plan.enrollments.reactivate) {
        lost.remove(&place(link));
    }
    let mut by_school = HashMap::<_, Vec<_>>::new();
    for (school, student) in lost {
        by_school.entry(school).or_default().push(student);
    }
    by_school.values_mut().for_each(|students| students.sort_unstable());
    by_school
}

/// How many students a school has now.
fn count_students(context: &FuseContext<'_>, school: Option<SchoolNumber>) -> u64 {
    let links = context.stored.enrollments.iter().filter(|link| link.active).map(|link| &link.link);
    let here = links.filter(|link| context.places.of_class(link.class) == school);
    here.map(|link| link.person).collect::<HashSet<_>>().len() as u64
}

fn hold_all_removals(context: &FuseContext<'_>, partition: &mut Partition<'_>) {
    context.schools().for_each(|school| partition.hold_removals(school));
}
