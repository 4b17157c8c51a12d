//! The column fuse, for new people: in their names letters are lost, which nobody can restore from the file.

use homeroom_model::entity::{Entity, EntityRef};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::name_letters::is_damaged;
use homeroom_model::plan::Changes;

use super::context::{FuseContext, MAX_EXAMPLES};
use super::partition::Partition;
use super::wording::counted;
use crate::roster_person::RosterPerson;

/// New people with damaged names wait, unless everyone is new.
pub(super) fn unreadable_names(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Vec<BlownFuse> {
    let plan = context.plan;
    if context.rules.policy.is_off(Fuse::Column) {
        return vec![];
    }
    let kinds = [
        with_damaged_names(context, &plan.students, "student"),
        with_damaged_names(context, &plan.teachers, "teacher"),
    ];
    let mut fuses = Vec::new();
    for (people, noun) in kinds.into_iter().filter(|(people, _)| !people.is_empty()) {
        people.iter().for_each(|new| partition.hold_arrival(*new));
        let count = people.len() as u64;
        let message = format!(
            "The {} of {} {} damaged letters, such as '?' in place of 'é'. They come with the next good file; approve only if they are \
             called so.",
            if count == 1 { "name" } else { "names" },
            counted(count, &format!("new {noun}")),
            if count == 1 { "has" } else { "have" },
        );
        let examples = people.iter().take(MAX_EXAMPLES).map(|new| context.describe_new(*new)).collect();
        fuses.push(BlownFuse { fuse: Fuse::Column, scope: format!("{noun} names"), message, examples });
    }
    fuses
}

fn with_damaged_names<V: RosterPerson + Entity>(
    context: &FuseContext<'_>,
    changes: &Changes<V>,
    noun: &'static str,
) -> (Vec<EntityRef>, &'static str) {
    let is_damaged_name = |values: &V| {
        let person = values.person();
        [person.first_name, person.last_name].iter().any(|name| is_damaged(context.plan.texts.get(*name)))
    };
    let new = changes.create.iter().filter(|new| is_damaged_name(&new.values));
    (new.map(|new| new.number.into()).collect(), noun)
}
