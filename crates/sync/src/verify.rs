//! Takes a district from testing to verifying: the live run of a test upload.

use homeroom_model::check_report::Outcome;
use homeroom_model::district::Stage;
use homeroom_model::refusal::StageRefusal;
use homeroom_model::run::{Run, RunKind, RunState};
use homeroom_store::DistrictStore;

use crate::error::SyncError;
use crate::queue::{QueuedRun, queue};
use crate::task::Task;

/// Whether a test run with rejected rows is good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectedRows {
    /// It is.
    Allowed,
    /// It is not: the test run must be clean.
    Refused,
}

/// The newest runs, among which a good test run is looked for.
const MAX_RUNS: u32 = 200;

/// Queues the live run of the newest good test upload, for a district on its way to `verifying`.
///
/// # Errors
/// [`SyncError::Refused`] when there is none, or the district is not in testing.
pub fn queue_verifying(
    district: &DistrictStore,
    rejected_rows: RejectedRows,
) -> Result<QueuedRun, SyncError> {
    let settings = district.settings()?;
    let slug = settings.slug.clone();
    if !matches!(settings.stage, Stage::Setup | Stage::Testing | Stage::Verifying) {
        return Err(StageRefusal::NotInTesting { district: slug, stage: settings.stage }.into());
    }
    let is_good = |run: &Run| match run.report.check.as_ref().map(|check| check.outcome) {
        Some(Outcome::Clean | Outcome::Warnings) => true,
        Some(Outcome::RowsRejected) => rejected_rows == RejectedRows::Allowed,
        _ => false,
    };
    let runs = district.runs_list(MAX_RUNS)?;
    let mut tested = runs
        .iter()
        .filter(|run| run.state == RunState::Tested && run.upload.name == settings.file)
        .peekable();
    let newest = tested.peek().map(|run| run.id);
    match tested.find(|run| is_good(run)).and_then(|run| run.upload.id) {
        Some(upload) => Ok(queue(district, RunKind::Live, upload, Task::Verify)?),
        None => Err(match newest {
            None => StageRefusal::NoTestRun { district: slug, file: settings.file },
            Some(newest) => StageRefusal::NoCleanTestRun { district: slug, newest },
        }
        .into()),
    }
}
