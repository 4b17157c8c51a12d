//! Cancels a queued run.

use homeroom_model::audit::AuditAction;
use homeroom_model::ids::RunNumber;
use homeroom_model::refusal::Refusal;
use homeroom_model::run::{Run, RunState};
use homeroom_store::DistrictStore;

use crate::error::SyncError;
use crate::task::Task;

/// Takes a run that has not begun out of the queue. Its upload is not synced by itself any more; a newer one is.
///
/// # Errors
/// [`SyncError::Refused`] when it has begun, or ended.
pub fn cancel_run(district: &DistrictStore, number: RunNumber) -> Result<Run, SyncError> {
    district.store().write(|tx| {
        let reason = format!("Cancelled {}.", district.cause().in_words());
        if !district.runs_end_queued_in_tx(tx, number, RunState::Cancelled, &reason)? {
            let run = district.runs_get_in_tx(tx, number)?;
            return Err(Refusal::NotQueued { run: run.id, state: run.state }.into());
        }
        Task::Run(number).cancel_in_tx(district, tx)?;
        let run = district.runs_get_in_tx(tx, number)?;
        district.audit_in_tx(tx, AuditAction::RunCancelled, &format!("run {}", run.id), "")?;
        Ok(run)
    })
}
