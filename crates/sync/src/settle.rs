//! Queues runs for uploads that are complete.

use homeroom_jobs::JobOutcome;
use homeroom_model::district::Stage;
use homeroom_model::run::RunKind;
use homeroom_model::time::after;
use homeroom_store::{DistrictStore, StoreError, Tx};

use crate::claim::Claim;
use crate::context::SyncContext;
use crate::pack::{PackedSet, pack_sets};
use crate::schedule::reschedule_in_tx;
use crate::task::Task;

/// Queues a run for each new upload when the district has been quiet for long enough, else waits longer.
pub(crate) fn settle(context: &SyncContext, claim: &Claim<'_>) -> JobOutcome {
    let district = claim.district;
    let settled = || {
        if let Some(wait) = context.inbox.quiet_in(district)? {
            return Ok(JobOutcome::Postponed { until: after(district.store().now(), wait) });
        }
        let packed = pack_sets(district)?;
        claim.finish(|tx| queue_uploads_in_tx(district, tx, &packed))?;
        Ok(JobOutcome::Finished)
    };
    settled().unwrap_or_else(|error| match error {
        StoreError::ClaimLost => JobOutcome::Lost,
        error => JobOutcome::Retry(error.to_string()),
    })
}

fn queue_uploads_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    packed: &[PackedSet],
) -> Result<(), StoreError> {
    packed.iter().try_for_each(|set| set.record_in_tx(district, tx))?;
    let waiting = district.uploads_waiting_in_tx(tx)?;
    if waiting.is_empty() {
        return Ok(());
    }
    if district.settings_in_tx(tx)?.stage == Stage::Setup {
        district.stage_set_in_tx(tx, Stage::Testing)?;
    }
    let next = reschedule_in_tx(district, tx, "A newer file came before this run began.")?.next;
    let now = district.store().now();
    let settings = district.settings_in_tx(tx)?;
    let is_paused = settings.policy.pause_on(settings.today(now)).is_some();
    for upload in waiting {
        // What is synced by itself is not tested before, unless that takes until the end of a pause.
        if is_paused || next.is_none_or(|next| next.upload != upload.id) {
            let (number, _) = district.runs_create_in_tx(tx, RunKind::Test, upload.id)?;
            Task::Run(number).enqueue_in_tx(district, tx, now)?;
        }
    }
    Ok(())
}
