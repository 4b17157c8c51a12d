//! The jobs of a district, and their form in the queue.

use homeroom_inbox::SETTLE;
use homeroom_model::audit::Cause;
use homeroom_model::ids::{JobId, RunNumber};
use homeroom_model::rekey::ProposalReviews;
use homeroom_store::jobs::{Job, NewJob, Priority};
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
    /// Make a run that moves the district to stage `verifying`, unless it applies nothing.
    Verify(RunNumber),
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
    /// Who asked for it; Homeroom itself in jobs of an earlier version.
    #[serde(default = "by_system", skip_serializing_if = "is_by_system")]
    cause: Cause,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    schools: Vec<String>,
    #[serde(default, rename = "verdicts", skip_serializing_if = "ProposalReviews::is_empty")]
    reviews: ProposalReviews,
}

fn by_system() -> Cause {
    Cause::SYSTEM
}

fn is_by_system(cause: &Cause) -> bool {
    *cause == Cause::SYSTEM
}

impl Task {
    /// The kinds of jobs that this version knows. These words are in the database, where jobs of an earlier version may wait: they never
    /// change.
    pub const KINDS: &'static [&'static str] =
        &[SETTLE, "run", "verify", "approve", "discard", "judge", "expire", "undo", "redo"];

    /// The task of a claimed job, and who asked for it; `None` when this version cannot read it.
    pub(crate) fn from_job(job: &Job) -> Option<(Task, Cause)> {
        if job.kind == SETTLE {
            return Some((Task::Settle, Cause::SYSTEM));
        }
        let Payload { run, cause, schools, reviews } = serde_json::from_str(&job.payload).ok()?;
        let task = match job.kind.as_str() {
            "run" => Task::Run(run),
            "verify" => Task::Verify(run),
            "approve" => Task::Approve(run, schools),
            "discard" => Task::Discard(run, schools),
            "judge" => Task::ReviewProposals(run, reviews),
            "expire" => Task::Expire(run),
            "undo" => Task::Undo(run),
            "redo" => Task::Redo(run),
            _ => return None,
        };
        Some((task, cause))
    }

    /// Queues the task for the cause of `district`. In a district, tasks that read or change the roster run one at a time.
    pub(crate) fn enqueue_in_tx(
        self,
        district: &DistrictStore,
        tx: &mut Tx<'_>,
        run_at: Timestamp,
    ) -> Result<JobId, StoreError> {
        let (exclusive, dedup_key) = (self != Task::Settle, self.dedup_key());
        let by_person = district.cause().actor.is_person();
        let priority = if by_person { Priority::Requested } else { Priority::Scheduled };
        let (kind, payload) = self.into_parts(district.cause());
        let dedup_key = dedup_key.as_deref();
        district.jobs_enqueue_in_tx(tx, &NewJob { kind, payload, exclusive, dedup_key, priority, run_at })
    }

    /// Takes the task out of the queue, unless it has begun.
    pub(crate) fn cancel_in_tx(&self, district: &DistrictStore, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        match self.dedup_key() {
            Some(key) => district.jobs_cancel_in_tx(tx, &key).map(drop),
            None => Ok(()),
        }
    }

    /// The key of a task that waits once at most: of a run there is one job.
    pub(crate) fn dedup_key(&self) -> Option<String> {
        match self {
            Task::Settle => Some(SETTLE.to_owned()),
            Task::Run(run) | Task::Verify(run) => Some(format!("run {run}")),
            _ => None,
        }
    }

    /// The kind and the payload.
    fn into_parts(self, cause: &Cause) -> (&'static str, String) {
        let payload = |run, schools, reviews| {
            let cause = cause.clone();
            serde_json::to_string(&Payload { run, cause, schools, reviews })
                .expect("a payload has a JSON form")
        };
        let of_run = |run| payload(run, vec![], ProposalReviews::default());
        match self {
            Task::Settle => (SETTLE, "{}".to_owned()),
            Task::Run(run) => ("run", of_run(run)),
            Task::Verify(run) => ("verify", of_run(run)),
            Task::Approve(run, schools) => ("approve", payload(run, schools, ProposalReviews::default())),
            Task::Discard(run, schools) => ("discard", payload(run, schools, ProposalReviews::default())),
            Task::ReviewProposals(run, reviews) => ("judge", payload(run, vec![], reviews)),
            Task::Expire(run) => ("expire", of_run(run)),
            Task::Undo(run) => ("undo", of_run(run)),
            Task::Redo(run) => ("redo", of_run(run)),
        }
    }
}
