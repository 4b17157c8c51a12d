//! The file fuse: the file as a whole is an old one, so nothing of it goes ahead.

use homeroom_model::entity::ByNumber;
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;

use super::context::FuseContext;
use super::partition::Partition;
use super::wording::counted;

/// The file is of an earlier school year: the whole plan waits.
pub(super) fn old_file(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Option<BlownFuse> {
    let limit = context.rules.policy.limit(Fuse::File);
    let all = context.stored.active_count(EntityKind::Student) as u64;
    let back = students_in_a_lower_grade(context);
    if !limit.is_exceeded(back, all) {
        return None;
    }
    let message = format!(
        "{} of {} would go back to a lower grade: most likely the file is from an earlier school year. Nothing of it is applied, \
         because its new people and classes would be those of that year. Send today's file; this hold ends with it.",
        back,
        counted(all, "student"),
    );
    partition.hold_everything(context.plan);
    let examples = context.examples(context.plan.students.update.iter().map(|student| student.number));
    Some(BlownFuse { fuse: Fuse::File, scope: "rows".into(), message, examples })
}

/// How many students would be in the grade before theirs.
fn students_in_a_lower_grade(context: &FuseContext<'_>) -> u64 {
    let students = &context.plan.students;
    let back = students.update.iter().chain(&students.rekey).filter(|new| {
        let old = context.stored.students.by_number(new.number).and_then(|old| old.values.grade);
        old.zip(new.values.grade).is_some_and(|(old, new)| old.follows(new))
    });
    back.count() as u64
}
