//! Every change that a tested or held run would still make, as a CSV.

use homeroom_model::ids::RunNumber;
use homeroom_model::refusal::Refusal;
use homeroom_model::run::RunState;
use homeroom_plan::Approval;
use homeroom_read::ReadLimits;
use homeroom_store::DistrictStore;

use crate::error::AskError;
use crate::replan::reread;

/// Every change of a run that was tested or holds something, as a CSV: planned again on the roster as it is now.
///
/// # Errors
/// [`AskError::Refused`] when the run's changes have been made or discarded.
pub fn planned_changes(
    district: &DistrictStore,
    limits: &ReadLimits,
    number: RunNumber,
) -> Result<Vec<u8>, AskError> {
    let run = district.runs_get(number)?;
    let approval = match run.state {
        RunState::Tested => Approval::None,
        // Of a held run everything that is left waits.
        RunState::Held => Approval::HoldAll,
        state => return Err(Refusal::NoPlannedChanges { run: run.id, state }.into()),
    };
    let reread = reread(district, limits, &run)?;
    Ok(reread.plan(&approval).to_csv(&reread.stored))
}
