//! Queues runs and decisions.

use homeroom_model::ids::{JobId, RunId, RunNumber, UploadId};
use homeroom_model::run::RunKind;
use homeroom_store::{DistrictStore, StoreError};

use crate::task::Task;

/// A run that was queued.
#[derive(Clone, Copy, Debug)]
pub struct QueuedRun {
    /// The run's number in its district.
    pub number: RunNumber,
    /// The run.
    pub id: RunId,
    /// Its job.
    pub job: JobId,
}

/// Queues a run of an upload, at once.
pub fn queue_run(district: &DistrictStore, kind: RunKind, upload: UploadId) -> Result<QueuedRun, StoreError> {
    queue(district, kind, upload, Task::Run)
}

pub(crate) fn queue(
    district: &DistrictStore,
    kind: RunKind,
    upload: UploadId,
    task: fn(RunNumber) -> Task,
) -> Result<QueuedRun, StoreError> {
    district.store().write(|tx| {
        let (number, id) = district.runs_create_in_tx(tx, kind, upload)?;
        let job = task(number).enqueue_in_tx(district, tx, district.store().now())?;
        Ok(QueuedRun { number, id, job })
    })
}

/// Queues an approval, discard, review, undo or redo, at once.
pub fn queue_decision(district: &DistrictStore, task: Task) -> Result<JobId, StoreError> {
    district.store().write(|tx| task.clone().enqueue_in_tx(district, tx, district.store().now()))
}
