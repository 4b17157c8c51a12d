//! Uploads that have come to rest become runs.

use homeroom_jobs::Outcome;
use homeroom_model::district::{District, Mode, Stage};
use homeroom_model::ids::UploadId;
use homeroom_model::run::RunKind;
use homeroom_model::time::after;
use homeroom_store::{DistrictStore, StoreError, Tx};

use crate::handler::Conductor;
use crate::pack::{PackedSet, pack_sets};
use crate::queue::Task;
use crate::schedule::{next_night, today};

impl Conductor {
    /// Queues a run for each new upload when the district has been quiet for long enough, else waits on.
    pub(crate) fn settle(&self, district: &DistrictStore) -> Outcome {
        let settled = || {
            if let Some(wait) = self.inbox.settle_wait(district)? {
                return Ok(Outcome::Again { at: after(district.store().now(), wait) });
            }
            let packed = pack_sets(district)?;
            district.store().write(|tx| queue_uploads_in_tx(district, tx, &packed))?;
            Ok::<_, StoreError>(Outcome::Done)
        };
        settled().unwrap_or_else(|error| Outcome::Retry(error.to_string()))
    }
}

fn queue_uploads_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    packed: &[PackedSet],
) -> Result<(), StoreError> {
    packed.iter().try_for_each(|set| set.record_in_tx(district, tx))?;
    let settings = district.settings_in_tx(tx)?;
    let profile = district.profile_in_tx(tx)?;
    for upload in district.runs_uploads_waiting_in_tx(tx)? {
        let expected = upload.name == settings.file || profile.expects(&upload.name);
        queue_upload_in_tx(district, tx, &settings, upload.id, expected)?;
    }
    Ok(())
}

fn queue_upload_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    settings: &District,
    upload: UploadId,
    expected: bool,
) -> Result<(), StoreError> {
    let now = district.store().now();
    if settings.stage == Stage::Setup {
        district.stage_set_in_tx(tx, Stage::Testing)?;
    }
    let pauses = settings.policy.pauses(today(settings, now)).is_some();
    let (kind, at) = match (settings.stage, settings.mode) {
        _ if pauses => (RunKind::Test, now),
        (Stage::Live, Mode::OnUpload) if expected => (RunKind::Live, now),
        (Stage::Live, Mode::Nightly) if expected => (RunKind::Live, next_night(settings, now)),
        _ => (RunKind::Test, now),
    };
    if kind == RunKind::Live && at > now {
        // A newer file takes the place of the one that was waiting for the night.
        district.jobs_cancel_in_tx(tx, "run")?;
        district.runs_supersede_queued_in_tx(tx, kind)?;
    }
    let (number, _) = district.runs_create_in_tx(tx, kind, upload)?;
    Task::Run(number).enqueue_in_tx(district, tx, at).map(drop)
}
