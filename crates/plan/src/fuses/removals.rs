//! Fuses on removals: of the district, and of a file that is too short.

use hashbrown::HashSet;
use homeroom_model::calendar::Allowed;
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;

use super::causes;
use super::context::{FuseContext, Measured};
use super::partition::Partition;
use super::past::PAST_DAYS;
use super::wording::counted;

/// The file has far fewer rows than the one applied last, or rows of it are known to be missing: every removal waits.
pub(super) fn shrink(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Option<BlownFuse> {
    let limits = context.limits;
    let removed = context.plan.counts().deactivate.total();
    let before = context.stored.applied_rows.unwrap_or(0);
    let message = if removed == 0 || context.rules.is_additions_only_everywhere() {
        return None;
    } else if limits.lacks_rows {
        "Rows of the file are missing: it ends in the middle of a row, or a part of it cannot be read. Most likely the export or the \
         upload was cut off or damaged. Send the whole file again."
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
        let all = || context.stored.active(kind).map(school);
        let removed = || context.plan.deactivated(kind).map(school);
        let tonight = context.measure(usual, allowed, all(), removed());
        if let Some(exceeded) = tonight.iter().find(|measured| measured.is_exceeded()) {
            fuses.push(district_fuse(context, kind, exceeded));
        } else if context.gone_lately.count(kind) > 0 && removed().next().is_some() {
            let gone = || context.gone_lately.schools(kind);
            let nights = context.measure(usual, allowed, all().chain(gone()), removed().chain(gone()));
            let exceeded = nights.iter().find(|measured| measured.is_exceeded());
            fuses.extend(exceeded.map(|measured| creeping_loss(context, kind, measured)));
        }
    }
    if !fuses.is_empty() {
        hold_all_removals(context, partition);
        hold_losing_classes(context, partition);
    }
    fuses
}

/// Holds the teachers of all classes that stay and lose one: who goes and who comes for them.
pub(super) fn hold_losing_classes(context: &FuseContext<'_>, partition: &mut Partition<'_>) {
    let ending = context.plan.classes.deactivate.iter().copied().collect::<HashSet<_>>();
    let losing = context.plan.teachings.deactivate.iter().map(|link| link.class);
    losing.filter(|class| !ending.contains(class)).for_each(|class| partition.hold_turnover(class));
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

/// Little each night, too much over the last nights.
fn creeping_loss(context: &FuseContext<'_>, kind: EntityKind, measured: &Measured) -> BlownFuse {
    let Measured { limit, count, of } = measured;
    let tonight = context.plan.deactivated(kind).count() as u64;
    let before = context.gone_lately.count(kind);
    let noun = kind.as_str();
    BlownFuse {
        fuse: Fuse::District,
        scope: kind.plural().into(),
        message: format!(
            "{} would be deactivated, and {} of the last {PAST_DAYS} days are gone already: {count} of {of}; the limit is {}%. Most likely \
             the export loses rows, a few each night: compare how many {} the file has with the files of two weeks ago.",
            counted(tonight, noun),
            counted(before, noun),
            limit.percent,
            kind.plural(),
        ),
        examples: context.examples(context.plan.deactivated(kind)),
    }
}

pub(super) fn hold_all_removals(context: &FuseContext<'_>, partition: &mut Partition<'_>) {
    context.schools().for_each(|school| partition.hold_removals(school));
}
