//! Plans an undo or a redo: each value and each state on its own. What later runs changed is kept, and listed.

use std::sync::Arc;

use homeroom_model::counts::Counts;
use homeroom_model::entity::{Entity, EntityNumber};
use homeroom_model::entity_log::{ChangedRuns, EntityLog, InactiveUpdates, RunChanges, Undo};
use homeroom_model::fields::Fields;
use homeroom_model::ids::RunNumber;
use homeroom_model::plan::{Changes, LinkChanges, Numbered, Plan};
use homeroom_model::roster::Link;
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};
use homeroom_model::string_arena::StringArena;

use super::consistency::{RevertedEntities, RevertedLinks, RevertedRoster};
use super::kept::later_changes;
use super::reversal::{Reversal, Reverted};

/// Plans that `run` is undone, or redone when it is undone already. `stored` and `changes` must be of the same version.
pub fn undo(stored: &StoredRoster, changes: RunChanges, run: RunNumber) -> Undo {
    let mut reverted = revert(stored, &changes, run);
    reverted.make_consistent(&stored.texts, &changes.texts);
    outcome(&reverted, changes)
}

/// Reverts each entity and link on its own.
fn revert<'s>(stored: &'s StoredRoster, changes: &RunChanges, run: RunNumber) -> RevertedRoster<'s> {
    let reversal = Reversal::new(run, &changes.undos, &changes.texts);
    let mut reverter = Reverter { reversal, kept: Vec::new() };
    RevertedRoster {
        schools: reverter.entities("school", &stored.schools, &changes.schools),
        classes: reverter.entities("class", &stored.classes, &changes.classes),
        teachers: reverter.entities("teacher", &stored.teachers, &changes.teachers),
        students: reverter.entities("student", &stored.students, &changes.students),
        teachings: reverter.links("teaching", &stored.teachings, &changes.teachings),
        enrollments: reverter.links("enrollment", &stored.enrollments, &changes.enrollments),
        kept: reverter.kept,
    }
}

/// Reverts one list after the other, and gathers what is kept.
struct Reverter<'c> {
    reversal: Reversal<'c>,
    kept: Vec<String>,
}

impl Reverter<'_> {
    fn entities<'s, V: Entity + Fields>(
        &mut self,
        noun: &'static str,
        stored: &'s [Stored<V>],
        logs: &[EntityLog<V::Number, V>],
    ) -> RevertedEntities<'s, V> {
        let reverted = logs.iter().map(|log| {
            let (reverted, later) = self.reversal.revert(log);
            self.kept.extend(later_changes(self.reversal.undos, noun, log.subject, &later));
            reverted
        });
        RevertedEntities { noun, stored, reverted: reverted.collect() }
    }

    fn links<'s, P: EntityNumber>(
        &mut self,
        noun: &'static str,
        stored: &'s [StoredLink<P>],
        logs: &[EntityLog<Link<P>, ()>],
    ) -> RevertedLinks<'s, P> {
        let reverted = logs.iter().map(|log| {
            let (reverted, later) = self.reversal.revert(log);
            let Link { class, person } = log.subject;
            let of = format_args!("{class}/{person}");
            self.kept.extend(later_changes(self.reversal.undos, noun, of, &later));
            reverted
        });
        RevertedLinks { noun, stored, reverted: reverted.collect() }
    }
}

/// What is left to do.
fn outcome(reverted: &RevertedRoster<'_>, changes: RunChanges) -> Undo {
    let texts = &changes.texts;
    let mut restored = Counts::default();
    let schools = entities_outcome(&reverted.schools.reverted, texts, &mut restored.schools);
    let classes = entities_outcome(&reverted.classes.reverted, texts, &mut restored.classes);
    let teachers = entities_outcome(&reverted.teachers.reverted, texts, &mut restored.teachers);
    let students = entities_outcome(&reverted.students.reverted, texts, &mut restored.students);
    let (teachings, teaching_runs) =
        links_outcome(&reverted.teachings.reverted, texts, &mut restored.teachings);
    let (enrollments, enrollment_runs) =
        links_outcome(&reverted.enrollments.reverted, texts, &mut restored.enrollments);
    Undo {
        plan: Plan {
            base_version: changes.version,
            schools: schools.changes,
            classes: classes.changes,
            teachers: teachers.changes,
            students: students.changes,
            teachings,
            enrollments,
            // A key that is given back stays remembered as a former one, which does no harm. One that is taken back is not:
            // the undone file may have given somebody's address to somebody else.
            former_keys: vec![],
            texts: Arc::new(changes.texts),
            ..Plan::default()
        },
        inactive_updates: InactiveUpdates {
            schools: schools.inactive,
            classes: classes.inactive,
            teachers: teachers.inactive,
            students: students.inactive,
        },
        changed_runs: ChangedRuns {
            schools: schools.changed_runs,
            classes: classes.changed_runs,
            teachers: teachers.changed_runs,
            students: students.changed_runs,
            teachings: teaching_runs,
            enrollments: enrollment_runs,
        },
        restored,
        kept: reverted.kept.clone(),
    }
}

/// What is left to do for the entities of one kind.
struct EntitiesOutcome<V: Entity> {
    changes: Changes<V>,
    /// New values of entities that stay, or become, inactive.
    inactive: Vec<Numbered<V>>,
    /// Which run is the last change in effect.
    changed_runs: Vec<(V::Number, RunNumber)>,
}

fn entities_outcome<V: Entity + Fields>(
    reverted: &[Reverted<V::Number, V>],
    texts: &StringArena,
    restored: &mut u64,
) -> EntitiesOutcome<V> {
    let (mut changes, mut inactive, mut changed_runs) = (Changes::default(), vec![], vec![]);
    for entity in reverted {
        let (number, changes_values) = (entity.subject, entity.changes_values(texts));
        let values = Numbered { number, values: entity.after.values };
        match (entity.before.active, entity.after.active) {
            (false, true) => changes.reactivate.push(values),
            (true, true) if changes_values => changes.update.push(values),
            (true, false) => changes.deactivate.push(number),
            _ => {}
        }
        if changes_values && !entity.after.active {
            inactive.push(values);
        }
        *restored += u64::from(entity.is_changed(texts));
        changed_runs.extend(entity.changed_run(texts).map(|run| (number, run)));
    }
    EntitiesOutcome { changes, inactive, changed_runs }
}

/// The changes of links, and the run that is the last one in effect.
fn links_outcome<P: EntityNumber>(
    reverted: &[Reverted<Link<P>, ()>],
    texts: &StringArena,
    restored: &mut u64,
) -> (LinkChanges<P>, Vec<(Link<P>, RunNumber)>) {
    let deactivate = reverted.iter().filter(|link| link.is_deactivated()).map(|link| link.subject);
    let deactivate = deactivate.collect::<Vec<_>>();
    let reactivate = reverted.iter().filter(|link| link.is_reactivated()).map(|link| link.subject);
    let reactivate = reactivate.collect::<Vec<_>>();
    *restored = (deactivate.len() + reactivate.len()) as u64;
    let changed_runs =
        reverted.iter().filter_map(|link| Some((link.subject, link.changed_run(texts)?))).collect();
    (LinkChanges { deactivate, reactivate, ..LinkChanges::default() }, changed_runs)
}
