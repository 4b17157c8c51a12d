//! What can be asked of the conductor, as jobs in the queue.

use homeroom_model::check_report::Outcome;
use homeroom_model::district::{Slug, Stage};
use homeroom_model::ids::{RunId, RunNumber, UploadId};
use homeroom_model::rekey::Verdicts;
use homeroom_model::run::{Run, RunKind, RunState};
use homeroom_store::jobs::{Job, JobId, NewJob};
use homeroom_store::{DistrictStore, StoreError, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::SyncError;

/// One thing to do for a district.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// See whether uploads have come to rest, and queue their runs.
    Settle,
    /// Make a run.
    Run(RunNumber),
    /// Apply what a run holds, in these schools or, without any, in all.
    Approve(RunNumber, Vec<String>),
    /// Drop what a run holds, in these schools or, without any, in all.
    Discard(RunNumber, Vec<String>),
    /// Strike out or accept proposals of a held run.
    Judge(RunNumber, Verdicts),
    /// Drop what a run holds because its time is over.
    Expire(RunNumber),
    /// Take back what a run applied.
    Undo(RunNumber),
    /// Take a run's undo back. A task of its own: a job that is done twice after a crash must not turn back what it did.
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
    pub fn of_job(job: &Job) -> Option<Task> {
        if job.kind == "settle" {
            return Some(Task::Settle);
        }
        let Payload { run, schools, verdicts } = serde_json::from_str(&job.payload).ok()?;
        match job.kind.as_str() {
            "run" => Some(Task::Run(run)),
            "approve" => Some(Task::Approve(run, schools)),
            "discard" => Some(Task::Discard(run, schools)),
            "judge" => Some(Task::Judge(run, verdicts)),
            "expire" => Some(Task::Expire(run)),
            "undo" => Some(Task::Undo(run)),
            "redo" => Some(Task::Redo(run)),
            _ => None,
        }
    }

    /// Puts the task in the queue. One task that reads or changes the roster runs at a time in a district.
    pub(crate) fn enqueue_in_tx(
        self,
        district: &DistrictStore,
        tx: &mut Tx<'_>,
        run_at: Timestamp,
    ) -> Result<JobId, StoreError> {
        let exclusive = self != Task::Settle;
        let payload = |run, schools, verdicts| {
            serde_json::to_string(&Payload { run, schools, verdicts })
                .expect("numbers and texts have a JSON form")
        };
        let of_run = |run| payload(run, vec![], Verdicts::default());
        let (kind, payload) = match self {
            Task::Settle => ("settle", "{}".to_owned()),
            Task::Run(run) => ("run", of_run(run)),
            Task::Approve(run, schools) => ("approve", payload(run, schools, Verdicts::default())),
            Task::Discard(run, schools) => ("discard", payload(run, schools, Verdicts::default())),
            Task::Judge(run, verdicts) => ("judge", payload(run, vec![], verdicts)),
            Task::Expire(run) => ("expire", of_run(run)),
            Task::Undo(run) => ("undo", of_run(run)),
            Task::Redo(run) => ("redo", of_run(run)),
        };
        district.jobs_enqueue_in_tx(tx, &NewJob { kind, payload, exclusive, run_at })
    }
}

/// Queues a run of an upload, at once; its number, id and job.
pub fn queue_run(
    district: &DistrictStore,
    kind: RunKind,
    upload: UploadId,
) -> Result<(RunNumber, RunId, JobId), StoreError> {
    district.store().write(|tx| {
        let (number, id) = district.runs_create_in_tx(tx, kind, upload)?;
        let job = Task::Run(number).enqueue_in_tx(district, tx, district.store().now())?;
        Ok((number, id, job))
    })
}

/// Queues an approval, discard, undo or redo, at once.
pub fn queue_decision(district: &DistrictStore, task: Task) -> Result<JobId, StoreError> {
    district.store().write(|tx| task.clone().enqueue_in_tx(district, tx, district.store().now()))
}

/// Queues the live run of the newest clean test upload, for a district on its way to `verifying`. With `force` a test
/// upload of which rows were rejected will do.
///
/// # Errors
/// [`SyncError::Refused`] when there is none.
pub fn queue_verifying(
    district: &DistrictStore,
    slug: &Slug,
    force: bool,
) -> Result<(RunNumber, RunId, JobId), SyncError> {
    let settings = district.settings()?;
    if !matches!(settings.stage, Stage::Setup | Stage::Testing | Stage::Verifying) {
        return Err(SyncError::Refused(format!(
            "{slug} is {}: only a district in testing goes on to verifying",
            settings.stage
        )));
    }
    let outcome = |run: &Run| run.report.check.as_ref().map(|check| check.outcome);
    let clean = |run: &Run| {
        let fits = match outcome(run) {
            Some(Outcome::Clean | Outcome::Warnings) => true,
            Some(Outcome::RowsRejected) => force,
            _ => false,
        };
        run.state == RunState::Tested && fits && run.upload.name == settings.file
    };
    let runs = district.runs_list(200)?;
    let upload = runs.iter().find(|run| clean(run)).and_then(|run| run.upload.id);
    let Some(upload) = upload else {
        let newest =
            runs.iter().find(|run| run.state == RunState::Tested && run.upload.name == settings.file);
        return Err(SyncError::Refused(match newest {
            None => format!(
                "{slug} has no test run yet: upload {} to its drop account and wait for the test run",
                settings.file
            ),
            Some(run) => format!(
                "{slug} has no clean test run: in the newest ({}) rows were rejected. Have the file mended and uploaded \
                 again, or load it without these rows with --force \"reason\"",
                run.id
            ),
        }));
    };
    Ok(queue_run(district, RunKind::Live, upload)?)
}
