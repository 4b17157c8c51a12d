//! The update fuse: nearly everyone would be changed a little.

use homeroom_model::entity::EntityRef;
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;

use super::context::{FuseContext, Measured};
use super::partition::Partition;
use super::people::ChangedPerson;
use super::update_causes::likely_cause;

/// Too large a share of active people would be changed: their changes wait.
pub(super) fn updates(
    context: &FuseContext<'_>,
    people: &[ChangedPerson<'_>],
    partition: &mut Partition<'_>,
) -> Option<BlownFuse> {
    let (teachers, students) = (&context.plan.teachers.update, &context.plan.students.update);
    let all = context.stored.active(EntityKind::Teacher).chain(context.stored.active(EntityKind::Student));
    let all = all.map(|entity| context.places.of(entity));
    let changing = teachers.iter().map(|teacher| context.places.of(teacher.number));
    let changing = changing.chain(students.iter().map(|student| context.places.of(student.number)));
    let usual = context.rules.policy.limit(Fuse::Update);
    let measured = context.measure(usual, |window| window.updates, all, changing);
    let Measured { limit, count, of } = measured.into_iter().find(Measured::is_exceeded)?;
    teachers.iter().for_each(|teacher| partition.hold_update(teacher.number));
    students.iter().for_each(|student| partition.hold_update(student.number));
    // What is wrong with nearly everyone is most likely wrong with whoever comes, too.
    context.plan.students.arriving().for_each(|new| partition.hold_arrival(new.number));
    context.plan.teachers.arriving().for_each(|new| partition.hold_arrival(new.number));
    let first = students.iter().map(|student| EntityRef::from(student.number));
    let first = first.chain(teachers.iter().map(|teacher| EntityRef::from(teacher.number)));
    let (cause, advice) = likely_cause(people);
    Some(BlownFuse {
        fuse: Fuse::Update,
        scope: "people".into(),
        message: format!(
            "{count} of {of} active people would be changed; the limit is {}%. Most likely {cause}. {advice}",
            limit.percent,
        ),
        examples: context.examples(first),
    })
}
