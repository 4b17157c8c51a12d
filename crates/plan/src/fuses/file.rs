//! The file fuse: the file as a whole cannot be believed, so nothing of it goes ahead.

use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;

use super::context::FuseContext;
use super::partition::Partition;
use super::past::AppliedBefore;
use super::wording::counted;

/// The file was applied before, hardly anybody in it is known, or it is of an earlier school year: the whole plan waits.
pub(super) fn whole_file(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Option<BlownFuse> {
    let (scope, message, examples) =
        same_bytes(context).or_else(|| other_people(context)).or_else(|| earlier_year(context))?;
    partition.hold_everything(context.plan);
    Some(BlownFuse { fuse: Fuse::File, scope: scope.into(), message, examples })
}

/// A scope, a sentence and examples.
type Doubt = (&'static str, String, Vec<String>);

fn is_off(context: &FuseContext<'_>) -> bool {
    context.rules.policy.limit(Fuse::File).percent >= 100
}

fn same_bytes(context: &FuseContext<'_>) -> Option<Doubt> {
    let AppliedBefore { on, others_since } = context.limits.past.same_bytes?;
    if is_off(context) {
        return None;
    }
    let others = if others_since == 1 {
        "another file has been applied".to_owned()
    } else {
        format!("{others_since} other files have been applied")
    };
    let message = format!(
        "This very file was already applied on {}, and {others} since: most likely an old file was sent again. Nothing of it is applied. \
         Discarding leaves everyone as they are today. Approving takes everyone back to that day: who came since goes, who left \
         since is back, and changed names are the old ones.",
        on.strftime("%-d %b %Y"),
    );
    Some(("rows", message, context.examples(context.plan.students.deactivate.iter().copied())))
}

fn other_people(context: &FuseContext<'_>) -> Option<Doubt> {
    let message = context.limits.other_people.as_ref()?;
    if is_off(context) {
        return None;
    }
    let message = format!(
        "{message} Nothing of it is applied. Compare the names and addresses in the file with those of this district; when the file is \
         wrong, discard this, and send the right one."
    );
    Some(("people", message, context.examples(context.plan.students.deactivate.iter().copied())))
}

fn earlier_year(context: &FuseContext<'_>) -> Option<Doubt> {
    let limit = context.rules.policy.limit(Fuse::File);
    let all = context.stored.active_count(EntityKind::Student) as u64;
    let back = context.students_going_back().count() as u64;
    if !limit.is_exceeded(back, all) {
        return None;
    }
    let message = format!(
        "{} of {} would go back to a lower grade: most likely the file is from an earlier school year. Nothing of it is applied, \
         because its new people and classes would be those of that year. Send today's file; this hold ends with it.",
        back,
        counted(all, "student"),
    );
    let examples = context.examples(context.plan.students.update.iter().map(|student| student.number));
    Some(("rows", message, examples))
}
