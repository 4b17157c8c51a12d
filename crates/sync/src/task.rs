//! The jobs of a district, and their form in the queue.

use homeroom_model::ids::{JobId, RunNumber};
use homeroom_model::rekey::ProposalReviews;
use homeroom_store::jobs::{Job, NewJob, SETTLE};
use homeroom_store::{DistrictStore, StoreError, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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
    ReviewProposals(RunNumber, ProposalReviews),
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
    #[serde(default, rename = "verdicts", skip_serializing_if = "ProposalReviews::is_empty")]
    reviews: ProposalReviews,
}

impl Task {
    /// The kinds of jobs that this version knows. These words are in the database, where jobs of an earlier version may wait: they never
    /// change.
    pub const KINDS: &'static [&'static str] =
        &[SETTLE, "run", "approve", "discard", "judge", "expire", "undo", "redo"];

    /// The task of a claimed job; `None` when this version cannot read it.
    pub fn from_job(job: &Job) -> Option<Task> {
        if job.kind == SETTLE {
            return Some(Task::Settle);
        }
        let Payload { run, schools, reviews } = serde_json::from_str(&job.payload).ok()?;
        match job.kind.as_str() {
            "run" => Some(Task::Run(run)),
            "approve" => Some(Task::Approve(run, schools)),
            "discard" => Some(Task::Discard(run, schools)),
            "judge" => Some(Task::ReviewProposals(run, reviews)),
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
        let (kind, payload) = self.into_parts();
        district.jobs_enqueue_in_tx(tx, &NewJob { kind, payload, exclusive, run_at })
    }

    /// Takes the task out of the queue, unless it has begun.
    pub(crate) fn cancel_in_tx(self, district: &DistrictStore, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let (kind, payload) = self.into_parts();
        district.jobs_cancel_in_tx(tx, kind, &payload).map(drop)
    }

    /// The kind and the payload.
    fn into_parts(self) -> (&'static str, String) {
        let payload = |run, schools, reviews| {
            serde_json::to_string(&Payload { run, schools, reviews }).expect("a payload has a JSON form")
        };
        let of_run = |run| payload(run, vec![], ProposalReviews::default());
        match self {
            Task::Settle => (SETTLE, "{}".to_owned()),
            Task::Run(run) => ("run", of_run(run)),
            Task::Approve(run, schools) => ("approve", payload(run, schools, ProposalReviews::default())),
            Task::Discard(run, schools) => ("discard", payload(run, schools, ProposalReviews::default())),
            Task::ReviewProposals(run, reviews) => ("judge", payload(run, vec![], reviews)),
            Task::Expire(run) => ("expire", of_run(run)),
            Task::Undo(run) => ("undo", of_run(run)),
            Task::Redo(run) => ("redo", of_run(run)),
        }
    }
}
