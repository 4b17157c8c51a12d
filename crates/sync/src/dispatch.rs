//! Does one job of the queue: what the job runner calls.

use homeroom_jobs::{JobHandler, JobOutcome};
use homeroom_model::district::Stage;
use homeroom_model::ids::RunNumber;
use homeroom_model::run::RunState;
use homeroom_report::render_refusal;
use homeroom_store::StoreError;
use homeroom_store::jobs::Job;

use crate::claim::Claim;
use crate::context::SyncContext;
use crate::decide::{approve, discard, expire, review_proposals};
use crate::error::SyncError;
use crate::run::make_run;
use crate::settle::settle;
use crate::task::Task;
use crate::undo::{redo, undo};

impl JobHandler for SyncContext {
    fn handle(&self, job: &Job) -> JobOutcome {
        handle_job(self, job)
    }

    /// A run that failed too often has failed; of other jobs the queue keeps the reason.
    fn give_up(&self, job: &Job, reason: String) -> JobOutcome {
        match Task::from_job(job) {
            Some((Task::Run(number) | Task::Verify(number), cause)) => {
                let district = self.store.district(job.district).acting_for(cause);
                fail_run(&Claim { district: &district, job }, number, reason)
            }
            _ => JobOutcome::Fail(reason),
        }
    }
}

/// Does one job of the queue.
fn handle_job(context: &SyncContext, job: &Job) -> JobOutcome {
    let Some((task, cause)) = Task::from_job(job) else {
        return JobOutcome::Fail(format!("this version cannot read this job of the kind '{}'", job.kind));
    };
    let district = context.store.district(job.district).acting_for(cause);
    let claim = &Claim { district: &district, job };
    let done = match &task {
        Task::Settle => return settle(context, claim),
        Task::Run(number) => make_run(context, claim, *number, None),
        Task::Verify(number) => make_run(context, claim, *number, Some(Stage::Verifying)),
        Task::Approve(number, schools) => approve(context, claim, *number, schools),
        Task::Discard(number, schools) => discard(claim, *number, schools),
        Task::ReviewProposals(number, reviews) => review_proposals(context, claim, *number, reviews),
        Task::Expire(number) => expire(claim, *number),
        Task::Undo(number) => undo(context, claim, *number),
        Task::Redo(number) => redo(context, claim, *number),
    };
    match (done, task) {
        (Ok(()), _) => JobOutcome::Finished,
        (Err(SyncError::Store(StoreError::ClaimLost)), _) => JobOutcome::Lost,
        (Err(SyncError::Refused(refusal)), Task::Run(number) | Task::Verify(number)) => {
            fail_run(claim, number, render_refusal(&refusal))
        }
        (Err(SyncError::Refused(refusal)), _) => JobOutcome::Fail(render_refusal(&refusal)),
        (Err(error), _) => JobOutcome::Retry(error.to_string()),
    }
}

/// Ends a run that will not be tried again.
fn fail_run(claim: &Claim<'_>, number: RunNumber, reason: String) -> JobOutcome {
    let district = claim.district;
    tracing::error!(district = district.id().0, run = number.0, reason, "a run failed for good");
    let ended = claim.finish(|tx| {
        let mut report = district.runs_get_in_tx(tx, number)?.report;
        report.messages.push(reason.clone());
        district.runs_set_in_tx(tx, number, RunState::Failed, &report)
    });
    match ended {
        Ok(()) => JobOutcome::Finished,
        Err(StoreError::ClaimLost) => JobOutcome::Lost,
        Err(error) => JobOutcome::Retry(error.to_string()),
    }
}
