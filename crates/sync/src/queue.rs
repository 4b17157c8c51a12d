//! The jobs of a district, and how they are queued.

use homeroom_model::check_report::Outcome;
use homeroom_model::district::{Slug, Stage};
use homeroom_model::ids::{JobId, RunId, RunNumber, UploadId};
use homeroom_model::refusal::Refusal;
use homeroom_model::rekey::Verdicts;
use homeroom_model::run::{Run, RunKind, RunState};
use homeroom_store::jobs::{Job, NewJob};
use homeroom_store::{DistrictStore, StoreError, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::SyncError;

/// A job for a district.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Queue runs for uploads, once the district has been quiet for long enough.
    Settle,
    /// Make a run.
    Run(RunNumber),
    /// Apply what a run holds, in these schools or, without any, in all.
    Approve(RunNumber, Vec<String>),
    /// Discard what a run holds, in these schools or, without any, in all.
    Discard(RunNumber, Vec<String>),
    /// Reject or accept proposals of a held run.
    ReviewProposals(RunNumber, Verdicts),
    /// Discard what a run holds because its time is over.
    Expire(RunNumber),
    /// Undo what a run applied.
    Undo(RunNumber),
    /// Redo a run that was undone. A task of its own, so that a job that is done twice after a crash does not revert itself.
    Redo(RunNumber),
}

#[derive(Serialize, Deserialize)]
struct Payload {
    run: RunNumber,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    schools: Vec<String>,
    #[serde(default, skip_serializing_if = "Verdicts::is_empty")]
    verdicts: Verdicts,
}

impl Task {
    /// The task of a claimed job; `None` for a kind that this version does not know.
    pub fn from_job(job: &Job) -> Option<Task> {
        if job.kind == "settle" {
            return Some(Task::Settle);
        }
        let Payload { run, schools, verdicts } = serde_json::from_str(&job.payload).ok()?;
        match job.kind.as_str() {
            "run" => Some(Task::Run(run)),
            "approve" => Some(Task::Approve(run, schools)),
            "discard" => Some(Task::Discard(run, schools)),
            "judge" => Some(Task::ReviewProposals(run, verdicts)),
            "expire" => Some(Task::Expire(run)),
            "undo" => Some(Task::Undo(run)),
            "redo" => Some(Task::Redo(run)),
            _ => None,
        }
    }

    /// Queues the task. In a district, tasks that read or change the roster run one at a time.
    pub(crate) fn enqueue_in_tx(
        self,
        district: &DistrictStore,
        tx: &mut Tx<'_>,
        run_at: Timestamp,
    ) -> Result<JobId, StoreError> {
        let exclusive = self != Task::Settle;
        let payload = |run, schools, verdicts| {
            serde_json::to_string(&Payload { run, schools, verdicts }).expect("a payload has a JSON form")
        };
        let of_run = |run| payload(run, vec![], Verdicts::default());
        let (kind, payload) = match self {
            Task::Settle => ("settle", "{}".to_owned()),
            Task::Run(run) => ("run", of_run(run)),
            Task::Approve(run, schools) => ("approve", payload(run, schools, Verdicts::default())),
            Task::Discard(run, schools) => ("discard", payload(run, schools, Verdicts::default())),
            Task::ReviewProposals(run, verdicts) => ("judge", payload(run, vec![], verdicts)),
            Task::Expire(run) => ("expire", of_run(run)),
            Task::Undo(run) => ("undo", of_run(run)),
            Task::Redo(run) => ("redo", of_run(run)),
        };
        district.jobs_enqueue_in_tx(tx, &NewJob { kind, payload, exclusive, run_at })
    }
}

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
    district.store().write(|tx| {
        let (number, id) = district.runs_create_in_tx(tx, kind, upload)?;
        let job = Task::Run(number).enqueue_in_tx(district, tx, district.store().now())?;
        Ok(QueuedRun { number, id, job })
    })
}

/// Queues an approval, discard, review, undo or redo, at once.
pub fn queue_decision(district: &DistrictStore, task: Task) -> Result<JobId, StoreError> {
    district.store().write(|tx| task.clone().enqueue_in_tx(district, tx, district.store().now()))
}

/// Whether a test run with rejected rows is good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectedRows {
    /// It is.
    Allowed,
    /// It is not: the test run must be clean.
    Refused,
}

/// Queues the live run of the newest good test upload, for a district on its way to `verifying`.
///
/// # Errors
/// [`SyncError::Refused`] when there is none, or the district is not in testing.
pub fn queue_verifying(
    district: &DistrictStore,
    slug: &Slug,
    rejected_rows: RejectedRows,
) -> Result<QueuedRun, SyncError> {
    let settings = district.settings()?;
    if !matches!(settings.stage, Stage::Setup | Stage::Testing | Stage::Verifying) {
        return Err(Refusal::NotInTesting { district: slug.clone(), stage: settings.stage }.into());
    }
    let is_good = |run: &Run| match run.report.check.as_ref().map(|check| check.outcome) {
        Some(Outcome::Clean | Outcome::Warnings) => true,
        Some(Outcome::RowsRejected) => rejected_rows == RejectedRows::Allowed,
        _ => false,
    };
    let runs = district.runs_list(200)?;
    let mut tested = runs
        .iter()
        .filter(|run| run.state == RunState::Tested && run.upload.name == settings.file)
        .peekable();
    let newest = tested.peek().map(|run| run.id);
    match tested.find(|run| is_good(run)).and_then(|run| run.upload.id) {
        Some(upload) => Ok(queue_run(district, RunKind::Live, upload)?),
        None => Err(match newest {
            None => Refusal::NoTestRun { district: slug.clone(), file: settings.file },
            Some(newest) => Refusal::NoCleanTestRun { district: slug.clone(), newest },
        }
        .into()),
    }
}
