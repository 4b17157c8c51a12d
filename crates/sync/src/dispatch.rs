//! Does one job of the queue: what the job runner calls.

use homeroom_jobs::JobOutcome;
use homeroom_model::ids::RunNumber;
use homeroom_model::run::RunState;
use homeroom_report::render_refusal;
use homeroom_store::DistrictStore;
use homeroom_store::jobs::Job;

use crate::context::SyncContext;
use crate::decide::{approve, discard, expire, review_proposals};
use crate::error::SyncError;
use crate::run::make_run;
use crate::settle::settle;
use crate::task::Task;
use crate::undo::{redo, undo};

/// The attempt at a run whose failure ends the run instead of being tried again.
const LAST_ATTEMPT: i64 = 5;

/// Does one job of the queue.
pub fn handle_job(context: &SyncContext, job: &Job) -> JobOutcome {
    let district = context.store.district(job.district);
    let Some(task) = Task::from_job(job) else {
        return JobOutcome::Fail(format!("this version does not know jobs of the kind '{}'", job.kind));
    };
    let done = match &task {
        Task::Settle => return settle(context, &district),
        Task::Run(number) => make_run(context, &district, *number),
        Task::Approve(number, schools) => approve(context, &district, *number, schools),
        Task::Discard(number, schools) => discard(&district, *number, schools),
        Task::ReviewProposals(number, reviews) => review_proposals(context, &district, *number, reviews),
        Task::Expire(number) => expire(&district, *number),
        Task::Undo(number) => undo(context, &district, *number),
        Task::Redo(number) => redo(context, &district, *number),
    };
    match (done, task) {
        (Ok(()), _) => JobOutcome::Done,
        (Err(SyncError::Refused(refusal)), Task::Run(number)) => {
            fail_run(&district, number, render_refusal(&refusal))
        }
        (Err(SyncError::Refused(refusal)), _) => JobOutcome::Fail(render_refusal(&refusal)),
        (Err(error), Task::Run(number)) if job.attempts >= LAST_ATTEMPT => {
            fail_run(&district, number, error.to_string())
        }
        (Err(error), _) => JobOutcome::Retry(error.to_string()),
    }
}

/// Ends a run that will not be tried again.
fn fail_run(district: &DistrictStore, number: RunNumber, reason: String) -> JobOutcome {
    tracing::error!(district = district.id().0, run = number.0, reason, "a run failed for good");
    let ended = district.store().write(|tx| {
        let mut report = district.runs_get_in_tx(tx, number)?.report;
        report.messages.push(reason.clone());
        district.runs_set_in_tx(tx, number, RunState::Failed, &report)
    });
    match ended {
        Ok(()) => JobOutcome::Done,
        Err(error) => JobOutcome::Retry(error.to_string()),
    }
}
