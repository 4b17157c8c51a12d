//! A student who would become a teacher, or a teacher who would become a student: it waits, whether they share a key or only the name.

use hashbrown::HashMap;
use homeroom_model::entity::{ByNumber, EntityRef, SchoolNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;
use homeroom_model::name::folded;
use homeroom_model::plan::Changes;
use homeroom_model::stored::Stored;

use super::context::{FuseContext, MAX_EXAMPLES};
use super::partition::Partition;
use crate::roster_person::RosterPerson;

/// Someone who leaves in one role while a namesake comes in the other one, in the same school.
struct RoleChange {
    from: EntityRef,
    to: EntityRef,
}

/// Holds both sides of each change of role: the student stays a student, and the class keeps its teachers, until someone decides.
pub(super) fn roles(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Option<BlownFuse> {
    if context.rules.policy.is_off(Fuse::Keys) {
        return None;
    }
    let (plan, stored) = (context.plan, context.stored);
    let mut changes = role_changes(context, (&plan.students, &stored.students), &plan.teachers);
    changes.extend(role_changes(context, (&plan.teachers, &stored.teachers), &plan.students));
    for RoleChange { from, to } in &changes {
        partition.hold_removal(*from);
        partition.hold_arrival(*to);
    }
    let example = |change: &RoleChange| {
        let school = context.names.name(context.places.of(change.from)).to_owned();
        format!("{}, {} of {school}", context.describe(change.from), change.from.kind.as_str())
    };
    (!changes.is_empty()).then(|| BlownFuse {
        fuse: Fuse::Keys,
        scope: "roles".into(),
        message: message(&changes),
        examples: changes.iter().take(MAX_EXAMPLES).map(example).collect(),
    })
}

/// Those who come in the role `W` with the name and school of one who leaves in the role `V`.
fn role_changes<V: RosterPerson, W: RosterPerson>(
    context: &FuseContext<'_>,
    (leaving, stored): (&Changes<V>, &[Stored<V>]),
    coming: &Changes<W>,
) -> Vec<RoleChange> {
    let coming = coming.arriving();
    let texts = &context.plan.texts;
    let mut arrivals = HashMap::<(SchoolNumber, String), EntityRef>::new();
    if leaving.deactivate.is_empty() {
        return vec![];
    }
    for new in coming {
        let entity: EntityRef = new.number.into();
        if let Some(school) = context.places.of(entity) {
            arrivals.insert((school, folded(&new.values.person().full_name(texts))), entity);
        }
    }
    if arrivals.is_empty() {
        return vec![];
    }
    let change = |number: &V::Number| {
        let from: EntityRef = (*number).into();
        let name = stored.by_number(*number)?.values.person().full_name(&context.stored.texts);
        let to = *arrivals.get(&(context.places.of(from)?, folded(&name)))?;
        Some(RoleChange { from, to })
    };
    leaving.deactivate.iter().filter_map(change).collect()
}

fn message(changes: &[RoleChange]) -> String {
    let (from, to) = match changes[0].from.kind {
        EntityKind::Student => ("student", "teacher"),
        _ => ("teacher", "student"),
    };
    let (count, who) = (changes.len(), if changes.len() == 1 { "person leaves" } else { "people leave" });
    format!(
        "{count} {who} as a {from} while a {to} of the same name comes to the same school: most likely a row has somebody in the wrong \
         column. A teacher sees the students of the class. Approve only if the school says that this {to} is right; until then \
         everybody stays as they are.",
    )
}
