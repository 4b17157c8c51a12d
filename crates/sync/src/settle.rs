//! Queues runs for uploads that are complete.

use homeroom_jobs::JobOutcome;
use homeroom_model::district::{District, Mode, Stage};
use homeroom_model::run::RunKind;
use homeroom_model::time::after;
use homeroom_store::{DistrictStore, StoreError, Tx};
use jiff::Timestamp;

use crate::claim::Claim;
use crate::context::SyncContext;
use crate::pack::{PackedSet, pack_sets};
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
    let settings = district.settings_in_tx(tx)?;
    let profile = district.profile_in_tx(tx)?;
    let now = district.store().now();
    for upload in district.uploads_waiting_in_tx(tx)? {
        if settings.stage == Stage::Setup {
            district.stage_set_in_tx(tx, Stage::Testing)?;
        }
        let (kind, at) = if upload.name == settings.file || profile.expects(&upload.name) {
            kind_and_time(&settings, now)
        } else {
            (RunKind::Test, now)
        };
        if kind == RunKind::Live && at > now {
            // A newer file replaces the one that was waiting for the night.
            for superseded in district.runs_supersede_queued_in_tx(tx, kind)? {
                Task::Run(superseded).cancel_in_tx(district, tx)?;
            }
        }
        let (number, _) = district.runs_create_in_tx(tx, kind, upload.id)?;
        Task::Run(number).enqueue_in_tx(district, tx, at)?;
    }
    Ok(())
}

/// The kind of run that a file with an expected name gets, and when.
fn kind_and_time(settings: &District, now: Timestamp) -> (RunKind, Timestamp) {
    let is_paused = settings.policy.pause_on(settings.today(now)).is_some();
    match (settings.stage, settings.mode) {
        _ if is_paused => (RunKind::Test, now),
        (Stage::Live, Mode::OnUpload) => (RunKind::Live, now),
        (Stage::Live, Mode::Nightly) => (RunKind::Live, settings.next_night(now)),
        _ => (RunKind::Test, now),
    }
}
