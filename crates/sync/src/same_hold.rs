//! The same file again while its changes wait for a decision: it is the same hold, with its id and its end.

use homeroom_ask::SplitPlan;
use homeroom_model::run::{Run, RunKind, RunState};
use homeroom_report::same_hold_message;

use crate::active_run::ActiveRun;
use crate::ending::{Ending, end_without_changes};
use crate::error::SyncError;

/// The held run of the same file, if an operator has changed nothing since that could give the file another plan.
pub(crate) fn held_run_of_same_file(active: &ActiveRun<'_>) -> Result<Option<Run>, SyncError> {
    let ActiveRun { district, run, .. } = active;
    if run.kind != RunKind::Live {
        return Ok(None);
    }
    let is_same = |held: &Run| held.number < run.number && held.upload.blob == run.upload.blob;
    match district.runs_held()?.filter(is_same) {
        Some(held) if district.rules_changed_since(held.finished_at.unwrap_or_default())? => Ok(None),
        found => Ok(found),
    }
}

/// Whether the plan, as a whole, is what the held run shows, on the same roster.
pub(crate) fn is_what_waits(held: &Run, plan: &SplitPlan) -> bool {
    let (safe, risky) = (&plan.parts.safe, &plan.parts.risky);
    held.report
        .held
        .as_ref()
        .is_some_and(|shown| shown.roster_version == safe.base_version && shown.is(&[safe, risky]))
}

/// Ends the run without a change: what its file asks for waits in the held run already.
pub(crate) fn end_as_same(
    active: &ActiveRun<'_>,
    held: &Run,
    mut ending: Ending<'_>,
) -> Result<(), SyncError> {
    ending.state = RunState::Unchanged;
    ending.report.same_as = Some(held.id);
    ending.report.held.clone_from(&held.report.held);
    ending.report.messages.push(same_hold_message(held, &active.settings.time_zone));
    end_without_changes(active, &ending)
}
