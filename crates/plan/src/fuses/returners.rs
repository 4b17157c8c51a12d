//! The reach fuse, for students who left long ago: many who are back on one night are most likely leavers whom the export lists, too.

use homeroom_model::entity::{EntityRef, StudentNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;

use super::context::FuseContext;
use super::partition::Partition;
use super::past::OLD_DAYS;

/// So many students do not come back in one night after so long, and this share of all, in percent.
const MANY_RETURN: (usize, usize) = (8, 2);

/// Too many students who left long ago would be back: they wait.
pub(super) fn returners(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Option<BlownFuse> {
    let left_lately = context.limits.past.left_lately.as_ref()?;
    if context.rules.policy.is_off(Fuse::Reach) {
        return None;
    }
    let returning = context.plan.students.reactivate.iter().map(|student| student.number);
    let is_long_gone = |student: &StudentNumber| !left_lately.contains(&EntityRef::from(*student));
    let back = returning.filter(is_long_gone).collect::<Vec<_>>();
    let (least, percent) = MANY_RETURN;
    let all = context.stored.active_count(EntityKind::Student);
    if back.len() < least || back.len() * 100 < all * percent {
        return None;
    }
    back.iter().for_each(|student| partition.hold_arrival(*student));
    Some(BlownFuse {
        fuse: Fuse::Reach,
        scope: "returners".into(),
        message: format!(
            "{} students who left more than {OLD_DAYS} days ago would be back in one night: most likely the export lists students who have \
             left, too. Compare some of them with the SIS before you decide. Approving gives them their accounts and classes again.",
            back.len(),
        ),
        examples: context.examples(back),
    })
}
