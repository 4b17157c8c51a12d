//! Undoes what a run applied, and redoes it.

use homeroom_apply::apply_undo_in_tx;
use homeroom_model::audit::AuditAction;
use homeroom_model::hold::HeldState;
use homeroom_model::ids::RunNumber;
use homeroom_model::refusal::UndoRefusal;
use homeroom_model::run::{DecisionKind, Run, RunReport, RunState, Undone};

use homeroom_store::ChangeSet;

use crate::claim::Claim;
use crate::context::{Progress, SyncContext};
use crate::decide::decision;
use crate::error::{SyncError, with_fresh_plan};

/// Undoes a run, value by value and state by state. What later runs changed is kept and listed in the run's report.
///
/// # Errors
/// [`SyncError::Refused`] when the run has applied nothing, or is undone already.
pub(crate) fn undo(context: &SyncContext, claim: &Claim<'_>, number: RunNumber) -> Result<(), SyncError> {
    let run = claim.district.runs_get(number)?;
    if run.state == RunState::Undone {
        return Err(UndoRefusal::AlreadyUndone { run: run.id }.into());
    }
    if !matches!(run.state, RunState::Applied | RunState::Held | RunState::Superseded) {
        return Err(UndoRefusal::NothingToUndo { run: run.id, state: run.state }.into());
    }
    revert(context, claim, &run, (AuditAction::RunUndone, number), |report, undone| {
        report.undo = Some(undone);
        RunState::Undone
    })
}

/// Undoes the undo of a run in the same way: the run counts again.
///
/// # Errors
/// [`SyncError::Refused`] when the run is not undone, or was by a version that did not record what it undid.
pub(crate) fn redo(context: &SyncContext, claim: &Claim<'_>, number: RunNumber) -> Result<(), SyncError> {
    let district = claim.district;
    let run = district.runs_get(number)?;
    let not_undone = UndoRefusal::NotUndone { run: run.id, state: run.state };
    let undone = run.report.undo.as_ref().filter(|_| run.state == RunState::Undone).ok_or(not_undone)?;
    let undo_number = undone.number.ok_or(UndoRefusal::UndoNotRecorded { run: run.id })?;
    let state_before = undone.state_before.unwrap_or(RunState::Applied);
    revert(context, claim, &run, (AuditAction::RunRedone, undo_number), |report, redone| {
        if let Some(undone) = &mut report.undo {
            undone.taken_back = Some(Box::new(redone));
        }
        if state_before != RunState::Held {
            return state_before;
        }
        // The held changes were shown for a roster that is no longer there.
        report.decisions.push(decision(district, DecisionKind::Discarded, &[]));
        let schools = report.held.iter_mut().flat_map(|held| &mut held.schools);
        schools
            .filter(|school| school.state == HeldState::Waiting)
            .for_each(|school| school.state = HeldState::Discarded);
        report.messages.push(
            "The changes that this run held were discarded when it was undone and redone: sync the file again to plan them again."
                .into(),
        );
        RunState::Applied
    })
}

/// Reverts the changes with the number `reverted`, of `run` or of its undo. `note` writes what was done into the run's report and
/// returns the run's new state.
fn revert(
    context: &SyncContext,
    claim: &Claim<'_>,
    run: &Run,
    (action, reverted): (AuditAction, RunNumber),
    note: impl Fn(&mut RunReport, Undone) -> RunState,
) -> Result<(), SyncError> {
    let district = claim.district;
    with_fresh_plan(|| {
        context.report(Progress::Planning);
        let changes = district.changes_of_run(run.number)?;
        let stored = district.roster_load()?;
        let undo = homeroom_plan::undo(&stored, changes, run.number);
        context.report(Progress::Applying);
        claim.finish(|tx| {
            let own_number = district.undos_begin_in_tx(tx, reverted)?;
            let version = apply_undo_in_tx(district, tx, own_number, &undo)?;
            let set = ChangeSet { action, run: run.id, number: own_number, version };
            district.change_sets_add_in_tx(tx, &set)?;
            let undone = Undone {
                number: Some(own_number),
                state_before: Some(run.state),
                restored: undo.restored,
                kept: first_of(&undo.kept),
                at: district.store().now(),
                by: Some(district.cause().clone()),
                taken_back: None,
            };
            let mut report = run.report.clone();
            let state = note(&mut report, undone);
            district.runs_set_in_tx(tx, run.number, state, &report)?;
            Ok::<_, SyncError>(())
        })
    })
}

/// The most sentences in a report: an undo of a first load after a year would otherwise have one for nearly everyone.
const MAX_KEPT: usize = 1_000;

fn first_of(kept: &[String]) -> Vec<String> {
    let mut first = kept.iter().take(MAX_KEPT).cloned().collect::<Vec<_>>();
    if kept.len() > MAX_KEPT {
        first.push(format!("{} more stay as they are", kept.len() - MAX_KEPT));
    }
    first
}
