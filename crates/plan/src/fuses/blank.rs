//! The blank fuse: values that the file leaves empty for many people wait; emptiness never overwrites in bulk.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::SchoolNumber;
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;

use super::context::FuseContext;
use super::partition::Partition;
use super::people::{Attribute, ChangedPerson, Kind};

/// Values of one sort that would be emptied for too large a share of the people of the district, or of a school.
pub(super) fn blanks(
    context: &FuseContext<'_>,
    people: &[ChangedPerson<'_>],
    partition: &mut Partition<'_>,
) -> Vec<BlownFuse> {
    let mut emptied = BTreeMap::<(EntityKind, Attribute), Vec<&ChangedPerson<'_>>>::new();
    for person in people.iter().filter(|person| person.kind != Kind::Arrival) {
        for attribute in Attribute::ALL {
            if person.changes(attribute) && person.new.get(attribute).is_empty() {
                emptied.entry((person.entity.kind, attribute)).or_default().push(person);
            }
        }
    }
    let floor = context.rules.policy.limit(Fuse::Blank).floor as usize;
    emptied.retain(|_, people| people.len() >= floor);
    let mut fuses = Vec::new();
    for ((kind, attribute), people) in emptied {
        let held = beyond_limit(context, kind, &people);
        if !held.is_empty() {
            held.iter().for_each(|person| person.hold(partition));
            fuses.push(blank_fuse(context, kind, attribute, &held));
        }
    }
    fuses
}

/// All of these people when they are too many for the district, else those of the schools for which they are too many.
fn beyond_limit<'p>(
    context: &FuseContext<'_>,
    kind: EntityKind,
    people: &[&'p ChangedPerson<'p>],
) -> Vec<&'p ChangedPerson<'p>> {
    let limit = context.rules.policy.limit(Fuse::Blank);
    let mut all = HashMap::<Option<SchoolNumber>, u64>::new();
    context.stored.active(kind).for_each(|entity| *all.entry(context.places.of(entity)).or_default() += 1);
    if limit.is_exceeded(people.len() as u64, all.values().sum()) {
        return people.to_vec();
    }
    let mut emptied = HashMap::<Option<SchoolNumber>, u64>::new();
    people.iter().for_each(|person| *emptied.entry(person.school(context)).or_default() += 1);
    let exceeded = emptied
        .into_iter()
        .filter(|(school, count)| limit.is_exceeded(*count, all.get(school).copied().unwrap_or_default()));
    let exceeded = exceeded.map(|(school, _)| school).collect::<HashSet<_>>();
    people.iter().copied().filter(|person| exceeded.contains(&person.school(context))).collect()
}

fn blank_fuse(
    context: &FuseContext<'_>,
    kind: EntityKind,
    attribute: Attribute,
    held: &[&ChangedPerson<'_>],
) -> BlownFuse {
    let all = context.stored.active_count(kind);
    let grades = held.iter().map(|person| person.old.get(Attribute::Grade)).collect::<HashSet<_>>();
    let schools = held.iter().map(|person| person.school(context)).collect::<HashSet<_>>();
    let grade = grades.iter().next().copied().unwrap_or_default();
    let among = match (grades.len(), schools.len()) {
        (1, _) if !grade.is_empty() => format!(", all of them in grade {grade}"),
        (_, 1) => format!(", all of them in {}", context.names.name(held[0].school(context))),
        _ => String::new(),
    };
    BlownFuse {
        fuse: Fuse::Blank,
        scope: kind.plural().into(),
        message: format!(
            "{} of {all} active {} would lose their {}, which the file leaves empty{among}: most likely the export left it out. They \
             keep it until someone decides; discard this, and export the file again.",
            held.len(),
            kind.plural(),
            attribute.noun(),
        ),
        examples: context.examples(held.iter().map(|person| person.entity)),
    }
}
