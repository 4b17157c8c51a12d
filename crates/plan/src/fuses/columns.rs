//! The column fuse: a whole column of the file went wrong, and what follows from it waits.

use hashbrown::HashSet;
use homeroom_model::Column;
use homeroom_model::assessment::{ColumnFault, ColumnVerdict};
use homeroom_model::entity::{ClassNumber, EntityRef};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::Changes;

use super::context::FuseContext;
use super::partition::Partition;
use super::people::{Attribute, HasAttributes};
use super::wording::counted;

/// The changes that follow from a column that went wrong wait; those of other people go ahead. A file of an earlier year waits whole.
pub(super) fn columns(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Vec<BlownFuse> {
    let limit = context.rules.policy.limit(Fuse::Column);
    let is_exceeded = |verdict: &&ColumnVerdict| {
        let kind = verdict.entities.first().map_or(EntityKind::Student, |entity| entity.kind);
        limit.is_exceeded(verdict.entities.len() as u64, context.stored.active_count(kind) as u64)
    };
    let changed = changed(context);
    let verdicts = context.limits.verdicts.iter().filter(is_exceeded);
    verdicts.filter_map(|verdict| blow(context, verdict, &changed, partition)).collect()
}

fn blow(
    context: &FuseContext<'_>,
    verdict: &ColumnVerdict,
    changed: &HashSet<EntityRef>,
    partition: &mut Partition<'_>,
) -> Option<BlownFuse> {
    let mut concerned =
        verdict.entities.iter().copied().filter(|entity| changed.contains(entity)).collect::<Vec<_>>();
    let newcomers = newcomers(context, verdict);
    let mut message = verdict.message.clone();
    if verdict.fault == ColumnFault::Kept {
        // Everybody else keeps what is stored.
        concerned.clone_from(&newcomers);
    }
    if concerned.is_empty() {
        return None;
    }
    if verdict.fault != ColumnFault::Kept {
        message += &format!(" {}", choices(verdict, concerned.len()));
    }
    if verdict.is_about_whole_file() {
        partition.hold_everything(context.plan);
    } else {
        concerned.iter().for_each(|entity| hold(*entity, verdict.column, partition));
        newcomers.iter().for_each(|entity| partition.hold_arrival(*entity));
        if let Some(first) = newcomers.first() {
            let people = counted(newcomers.len() as u64, &format!("new {}", first.kind.as_str()));
            message += &match verdict.fault {
                ColumnFault::Emptied => {
                    format!(" {people} would have no such value, and will come with a good file.")
                }
                _ => format!(" {people} may have wrong values, too, and will come with a good file."),
            };
        }
    }
    Some(BlownFuse {
        fuse: Fuse::Column,
        scope: verdict.column.name().into(),
        message,
        examples: context.examples(concerned),
    })
}

/// New and returning people of this kind: the column would give them what belongs to others, or is damaged.
fn newcomers(context: &FuseContext<'_>, verdict: &ColumnVerdict) -> Vec<EntityRef> {
    let Some(first) = verdict.entities.first() else { return vec![] };
    match (verdict.fault, first.kind) {
        (ColumnFault::EarlierYear, _) | (_, EntityKind::School | EntityKind::Class) => vec![],
        (_, EntityKind::Student) => arrivals(context, &context.plan.students, verdict),
        (_, EntityKind::Teacher) => arrivals(context, &context.plan.teachers, verdict),
    }
}

/// Where values are missing, only those who have none are concerned.
fn arrivals<V: HasAttributes>(
    context: &FuseContext<'_>,
    changes: &Changes<V>,
    verdict: &ColumnVerdict,
) -> Vec<EntityRef> {
    let emptied = Attribute::of_column(verdict.column).filter(|_| verdict.fault == ColumnFault::Emptied);
    let has_none = |values: &V| {
        emptied.is_none_or(|attribute| values.attributes(&context.plan.texts).get(attribute).is_empty())
    };
    let arriving = changes.arriving().filter(|new| has_none(&new.values));
    arriving.map(|new| new.number.into()).collect()
}

/// Whoever changes, classes and schools with other names, and classes whose teachers or students change.
fn changed(context: &FuseContext<'_>) -> HashSet<EntityRef> {
    if context.limits.verdicts.is_empty() {
        return HashSet::new();
    }
    let (teachers, students, links) =
        (&context.plan.teachers, &context.plan.students, &context.plan.teachings);
    let teachers = teachers
        .valued()
        .map(|new| new.number.into())
        .chain(teachers.deactivate.iter().map(|gone| (*gone).into()));
    let students = students
        .valued()
        .map(|new| new.number.into())
        .chain(students.deactivate.iter().map(|gone| (*gone).into()));
    let links = links.beginning().chain(&links.deactivate).map(|link| link.class);
    let enrollments = &context.plan.enrollments;
    let links = links.chain(enrollments.beginning().chain(&enrollments.deactivate).map(|link| link.class));
    let classes = context.plan.classes.valued().map(|new| new.number.into());
    let schools = context.plan.schools.valued().map(|new| new.number.into());
    let places = classes.chain(schools).chain(links.map(EntityRef::from));
    teachers.chain(students).chain(places).collect()
}

/// Holds everything about a person, also their classes: a key that stands with someone else may bring another's classes with it. Of a
/// class it holds who is in it, when its teachers or ids moved.
fn hold(entity: EntityRef, column: Column, partition: &mut Partition<'_>) {
    match entity.number_as::<ClassNumber>() {
        Some(class) if column == Column::TeacherEmail => partition.hold_turnover(class),
        Some(class) if column == Column::ClassId => {
            partition.hold_update(class);
            partition.hold_turnover(class);
        }
        _ => partition.hold_person(entity),
    }
}

/// What a decision would do to people.
fn choices(verdict: &ColumnVerdict, count: usize) -> String {
    let people = people(verdict, count);
    match verdict.fault {
        ColumnFault::Moved
            if verdict.column == Column::TeacherEmail
                && verdict.entities.first().is_some_and(|entity| entity.kind == EntityKind::Class) =>
        {
            format!(
                "Discarding leaves the teachers of these {count} classes as they are. Approving would show the students of the classes to \
             all teachers who stand beside them in the file."
            )
        }
        ColumnFault::Moved if verdict.column == Column::ClassId => format!(
            "Discarding leaves {people} as they are. Approving would give them the students, teachers and names that stand beside their \
             ids in the file."
        ),
        ColumnFault::Moved => format!(
            "Discarding leaves {people} as they are. Approving would give each of them what stands in the file, which belonged to \
             somebody else yesterday."
        ),
        ColumnFault::Exchanged => format!(
            "Discarding leaves the names of {people} as they are. Approving would call them as the file does."
        ),
        ColumnFault::Emptied => format!(
            "Discarding leaves {people} as they are. Approving would erase these values of theirs: only if they have been withdrawn \
             on purpose."
        ),
        ColumnFault::Filled => format!(
            "Discarding leaves {people} as they are. Approving would give all of them the value that stands in the file."
        ),
        ColumnFault::Kept => String::new(),
        ColumnFault::EarlierYear => format!(
            "Discarding leaves everything as it is. Approving would move {people} down a grade, bring back who has left, and remove who \
             is new this year."
        ),
    }
}

/// "these 40 people", "this class".
fn people(verdict: &ColumnVerdict, count: usize) -> String {
    let (one, many) = match verdict.entities.first().map(|entity| entity.kind) {
        Some(EntityKind::Class) => ("class", "classes"),
        Some(EntityKind::School) => ("school", "schools"),
        _ => ("person", "people"),
    };
    if count == 1 { format!("this {one}") } else { format!("these {count} {many}") }
}
