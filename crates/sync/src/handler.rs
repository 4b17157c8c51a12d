//! What the job runner calls.

use homeroom_inbox::Inbox;
use homeroom_jobs::Outcome;
use homeroom_model::district::District;
use homeroom_model::ids::RunNumber;
use homeroom_model::run::RunState;
use homeroom_read::{ReadLimits, ReadRules};
use homeroom_store::jobs::Job;
use homeroom_store::{DistrictStore, Store, StoreError};

use crate::error::SyncError;
use crate::keys::keys_of;
use crate::queue::Task;
use crate::run::Progress;

type Report = Box<dyn Fn(Progress) + Send + Sync>;

/// Makes runs, settles uploads, carries out decisions.
pub struct Conductor {
    pub(crate) store: Store,
    pub(crate) inbox: Inbox,
    pub(crate) limits: ReadLimits,
    progress: Option<Report>,
}

impl Conductor {
    /// A conductor that works without being watched.
    pub fn new(store: Store, inbox: Inbox, limits: ReadLimits) -> Self {
        Conductor { store, inbox, limits, progress: None }
    }

    /// How the files of a district are read.
    pub(crate) fn rules(
        &self,
        district: &DistrictStore,
        settings: &District,
    ) -> Result<ReadRules, StoreError> {
        Ok(ReadRules {
            limits: self.limits.clone(),
            profile: district.profile()?,
            keys: keys_of(district)?,
            file_name: Some(settings.file.clone()),
        })
    }

    /// Reports progress to `report`, for a person who waits.
    pub fn watched(self, report: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Conductor { progress: Some(Box::new(report)), ..self }
    }

    pub(crate) fn progress(&self, progress: Progress) {
        if let Some(report) = &self.progress {
            report(progress);
        }
    }

    /// Does one job of the queue.
    pub fn handle(&self, job: &Job) -> Outcome {
        let district = self.store.district(job.district);
        let Some(task) = Task::of_job(job) else {
            return Outcome::Fail(format!("this version does not know jobs of the kind '{}'", job.kind));
        };
        let done = match &task {
            Task::Settle => return self.settle(&district),
            Task::Run(number) => self.make_run(&district, *number),
            Task::Approve(number, schools) => self.approve(&district, *number, schools),
            Task::Discard(number, schools) => self.discard(&district, *number, schools),
            Task::Judge(number, verdicts) => self.judge(&district, *number, verdicts),
            Task::Expire(number) => self.expire(&district, *number),
            Task::Undo(number) => self.undo(&district, *number),
            Task::Redo(number) => self.redo(&district, *number),
        };
        match (done, task) {
            (Ok(()), _) => Outcome::Done,
            (Err(SyncError::Refused(reason)), Task::Run(number)) => self.fail_run(&district, number, reason),
            (Err(SyncError::Refused(reason)), _) => Outcome::Fail(reason),
            (Err(error), Task::Run(number)) if job.attempts >= LAST_TRY => {
                self.fail_run(&district, number, error.to_string())
            }
            (Err(error), _) => Outcome::Retry(error.to_string()),
        }
    }

    /// Ends a run that will not be tried again.
    fn fail_run(&self, district: &DistrictStore, number: RunNumber, reason: String) -> Outcome {
        tracing::error!(district = district.id().0, run = number.0, reason, "a run failed for good");
        let ended = district.store().write(|tx| {
            let mut report = district.runs_get_in_tx(tx, number)?.report;
            report.messages.push(reason.clone());
            district.runs_set_in_tx(tx, number, RunState::Failed, &report)
        });
        match ended {
            Ok(()) => Outcome::Done,
            Err(error) => Outcome::Retry(error.to_string()),
        }
    }
}

/// The try of a run whose failure is written down instead of being tried again.
const LAST_TRY: i64 = 5;
