//! The order in which changes are written, so that every constraint of the database holds after each step.
//!
//! Deactivations come first, because they free keys; then updates, in which two people may swap keys; then
//! reactivations and new entities; links last.

use homeroom_model::entity::Entity;
use homeroom_model::entity_log::Undo;
use homeroom_model::ids::{RosterVersion, RunNumber};
use homeroom_model::plan::{Changes, LinkChanges, Numbered, Plan};
use homeroom_model::roster::{Class, School, Student, Teacher};
use homeroom_model::string_arena::StringArena;

use homeroom_store::roster::{LinkedPerson, Operation, StorableEntity};
use homeroom_store::{DistrictStore, StoreError, Tx};

use crate::stale::{ApplyError, claim_in_tx};

/// Writes a plan as changes of `run`; returns the roster's new version.
///
/// # Errors
/// [`ApplyError::Stale`] when the roster is not at the plan's version. After any error the caller must not commit the
/// transaction.
pub fn apply_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    run: RunNumber,
    plan: &Plan,
) -> Result<RosterVersion, ApplyError> {
    let version = claim_in_tx(district, tx, plan)?;
    let mut writer = Writer { district, tx, run, texts: &plan.texts };
    writer.entities(&plan.schools)?;
    writer.entities(&plan.classes)?;
    writer.entities(&plan.teachers)?;
    writer.entities(&plan.students)?;
    writer.links(&plan.teachings)?;
    writer.links(&plan.enrollments)?;
    district.former_keys_add_in_tx(tx, run, &plan.former_keys, &plan.texts)?;
    Ok(version)
}

/// Writes the part of a run's plan that was held, after its first part.
///
/// # Errors
/// As [`apply_in_tx`].
pub fn apply_held_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    run: RunNumber,
    plan: &Plan,
) -> Result<RosterVersion, ApplyError> {
    let version = apply_in_tx(district, tx, run, plan)?;
    district.late_creations_add_in_tx(tx, version, plan)?;
    Ok(version)
}

/// Writes an undo, logged under a `number` of its own; returns the roster's new version.
///
/// # Errors
/// As [`apply_in_tx`].
pub fn apply_undo_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    number: RunNumber,
    undo: &Undo,
) -> Result<RosterVersion, ApplyError> {
    let version = apply_in_tx(district, tx, number, &undo.plan)?;
    let (inactive, runs) = (&undo.inactive_updates, &undo.changed_runs);
    let mut writer = Writer { district, tx, run: number, texts: &undo.plan.texts };
    writer.update_inactive(&inactive.schools)?;
    writer.update_inactive(&inactive.classes)?;
    writer.update_inactive(&inactive.teachers)?;
    writer.update_inactive(&inactive.students)?;
    district.changed_run_restore_in_tx::<School>(tx, &runs.schools)?;
    district.changed_run_restore_in_tx::<Class>(tx, &runs.classes)?;
    district.changed_run_restore_in_tx::<Teacher>(tx, &runs.teachers)?;
    district.changed_run_restore_in_tx::<Student>(tx, &runs.students)?;
    district.changed_run_restore_links_in_tx(tx, &runs.teachings)?;
    district.changed_run_restore_links_in_tx(tx, &runs.enrollments)?;
    Ok(version)
}

/// Writes changes, each after its entry in the log.
struct Writer<'w, 'c> {
    district: &'w DistrictStore,
    tx: &'w mut Tx<'c>,
    run: RunNumber,
    texts: &'w StringArena,
}

impl Writer<'_, '_> {
    fn entities<V: StorableEntity>(&mut self, changes: &Changes<V>) -> Result<(), StoreError> {
        let Writer { district, tx, run, texts } = self;
        // New keys are updates, too.
        let mut updated = numbers(&changes.update);
        updated.extend(numbers(&changes.rekey));
        let (run, reactivated) = (*run, numbers(&changes.reactivate));
        district.changes_log_in_tx::<V>(tx, run, Operation::Deactivate, &changes.deactivate)?;
        district.changes_log_in_tx::<V>(tx, run, Operation::Update, &updated)?;
        district.changes_log_in_tx::<V>(tx, run, Operation::Reactivate, &reactivated)?;
        district.roster_deactivate_in_tx::<V>(tx, run, &changes.deactivate)?;
        // Keys are unique among active entities. Updated ones are inactive for a moment, so that two can swap keys.
        district.roster_deactivate_in_tx::<V>(tx, run, &updated)?;
        district.roster_update_in_tx(tx, run, &changes.update, texts)?;
        district.roster_update_in_tx(tx, run, &changes.rekey, texts)?;
        district.roster_update_in_tx(tx, run, &changes.reactivate, texts)?;
        district.roster_create_in_tx(tx, run, &changes.create, texts)
    }

    fn update_inactive<V: StorableEntity>(&mut self, new: &[Numbered<V>]) -> Result<(), StoreError> {
        let Writer { district, tx, run, texts } = self;
        district.changes_log_in_tx::<V>(tx, *run, Operation::UpdateInactive, &numbers(new))?;
        district.roster_update_inactive_in_tx(tx, new, texts)
    }

    fn links<P: LinkedPerson>(&mut self, changes: &LinkChanges<P>) -> Result<(), StoreError> {
        let Writer { district, tx, run, .. } = self;
        let (run, ended, resumed) = (*run, &changes.deactivate, &changes.reactivate);
        district.changes_log_links_in_tx(tx, run, Operation::Deactivate, ended)?;
        district.changes_log_links_in_tx(tx, run, Operation::Reactivate, resumed)?;
        district.roster_links_deactivate_in_tx(tx, run, ended)?;
        district.roster_links_reactivate_in_tx(tx, run, resumed)?;
        district.roster_link_in_tx(tx, run, &changes.create)
    }
}

fn numbers<V: Entity>(list: &[Numbered<V>]) -> Vec<V::Number> {
    list.iter().map(|numbered| numbered.number).collect()
}
