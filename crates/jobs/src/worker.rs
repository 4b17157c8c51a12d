//! A worker: claims jobs, passes them to a handler, and records how they ended.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use homeroom_model::time::after;
use homeroom_model::{DistrictId, JobId};
use homeroom_store::jobs::{Claimable, Job, JobState};
use homeroom_store::{Store, StoreError};
use jiff::{SignedDuration, Timestamp};

use crate::settings::WorkerSettings;
use crate::shutdown::Shutdown;
use crate::worker_lock::{WorkerLock, release_jobs_of_dead_workers};

/// How a job ended.
#[derive(Debug, PartialEq, Eq)]
pub enum JobOutcome {
    /// It is done.
    Done,
    /// It is done, and was finished in the transaction of what it did.
    Finished,
    /// Another worker has taken it over meanwhile: nothing that this one did was written.
    Lost,
    /// Nothing went wrong, but it is too early: it is run again later.
    Postponed {
        /// Not before this time.
        until: Timestamp,
    },
    /// It failed for a reason that may pass: it is tried again after growing pauses.
    Retry(String),
    /// It can never succeed.
    Fail(String),
}

/// Does the jobs of a worker.
pub trait JobHandler: Sync {
    /// Does a job. It may have been begun before, and stopped at any point.
    fn handle(&self, job: &Job) -> JobOutcome;

    /// Ends a job that failed too often to be tried again; `reason` is that of the last failure.
    fn give_up(&self, _job: &Job, reason: String) -> JobOutcome {
        JobOutcome::Fail(reason)
    }
}

impl<F: Fn(&Job) -> JobOutcome + Sync> JobHandler for F {
    fn handle(&self, job: &Job) -> JobOutcome {
        self(job)
    }
}

/// How often a failing job is tried.
const MAX_TRIES: i64 = 6;
/// How often a job is started that kills its worker every time.
const MAX_STARTS: i64 = 60;

/// Claims and runs jobs. Clones are the same worker.
#[derive(Clone)]
pub struct Worker {
    store: Store,
    lock: Arc<WorkerLock>,
    settings: WorkerSettings,
    kinds: &'static [&'static str],
}

impl Worker {
    /// A worker of this process for jobs of these kinds. Jobs of other kinds wait for a worker that knows them.
    pub fn new(
        store: Store,
        settings: WorkerSettings,
        kinds: &'static [&'static str],
    ) -> Result<Worker, StoreError> {
        let lock = WorkerLock::acquire(&settings.folder, store.random())
            .map_err(StoreError::io(format!("creating a lock file in {}", settings.folder.display())))?;
        Ok(Worker { store, lock: Arc::new(lock), settings, kinds })
    }

    /// Starts `threads` threads that run jobs until `shutdown` is requested; each finishes its current job first.
    pub fn start<H>(&self, threads: usize, shutdown: &Shutdown, handler: &Arc<H>) -> Vec<JoinHandle<()>>
    where
        H: JobHandler + Send + 'static,
    {
        (0..threads.max(1))
            .map(|_| {
                let (worker, shutdown, handler) = (self.clone(), shutdown.clone(), handler.clone());
                thread::spawn(move || worker.work_until(&shutdown, &*handler))
            })
            .collect()
    }

    fn work_until(&self, shutdown: &Shutdown, handler: &impl JobHandler) {
        while !shutdown.is_requested() {
            let worked = release_jobs_of_dead_workers(&self.store, &self.settings.folder)
                .and_then(|_| self.work_once(handler));
            match worked {
                Ok(true) => {}
                Ok(false) => shutdown.sleep(self.pause()),
                Err(error) => {
                    tracing::error!(error = %error, "the job queue cannot be read; trying again");
                    shutdown.sleep(Duration::from_secs(1));
                }
            }
        }
    }

    /// The time until the next job is due, at most the poll interval.
    fn pause(&self) -> Duration {
        let due = self.store.jobs_next_due().ok().flatten();
        let wait = due.map_or(self.settings.poll, |due| {
            // A job that is due but was not claimed is waiting for another job of its district.
            let until_due = Duration::try_from(due.duration_since(self.store.now())).unwrap_or_default();
            until_due.max(Duration::from_millis(20))
        });
        wait.min(self.settings.poll)
    }

    /// Runs the job that has been due longest. Returns `false` when there was none.
    pub fn work_once(&self, handler: &impl JobHandler) -> Result<bool, StoreError> {
        match self.store.jobs_claim(self.lock.id(), self.lease_until(), Claimable::Due(self.kinds))? {
            Some(job) => {
                if let Some(reason) = self.work(&job, handler)? {
                    tracing::error!(job.kind = job.kind, district = job.district.0, reason, "a job failed");
                }
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Runs one job now, or waits while another worker runs it. The inner `Err` is the reason why the job failed for good.
    pub fn work_on(
        &self,
        district: DistrictId,
        id: JobId,
        handler: &impl JobHandler,
    ) -> Result<Result<(), String>, StoreError> {
        let store = self.store.district(district);
        loop {
            release_jobs_of_dead_workers(&self.store, &self.settings.folder)?;
            if let Some(job) =
                self.store.jobs_claim(self.lock.id(), self.lease_until(), Claimable::Only(id))?
            {
                self.work(&job, handler)?;
            }
            match store.jobs_state(id)? {
                JobState::Done => return Ok(Ok(())),
                JobState::Failed(reason) => {
                    store.jobs_forget(id)?;
                    return Ok(Err(reason));
                }
                JobState::Waiting | JobState::Running => thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// Runs a job. Returns the reason when it failed for good.
    fn work(&self, job: &Job, handler: &impl JobHandler) -> Result<Option<String>, StoreError> {
        let outcome = if job.attempts > MAX_STARTS {
            handler.give_up(job, format!("the job was started {MAX_STARTS} times and never finished"))
        } else {
            let _renewal = self.keep_lease(job);
            let outcome = catch_unwind(AssertUnwindSafe(|| handler.handle(job)))
                .unwrap_or_else(|_| JobOutcome::Retry("internal error: the job panicked".into()));
            match outcome {
                JobOutcome::Retry(reason) if job.failures + 1 >= MAX_TRIES => handler.give_up(job, reason),
                outcome => outcome,
            }
        };
        match self.end(job, outcome) {
            Err(StoreError::ClaimLost) => {
                let (kind, district) = (&job.kind, job.district.0);
                tracing::warn!(
                    job.kind = kind,
                    district,
                    "a job was taken over by another worker; nothing was changed"
                );
                Ok(None)
            }
            ended => ended,
        }
    }

    fn end(&self, job: &Job, outcome: JobOutcome) -> Result<Option<String>, StoreError> {
        let (kind, district) = (&job.kind, job.district.0);
        match outcome {
            JobOutcome::Finished => {}
            JobOutcome::Lost => return Err(StoreError::ClaimLost),
            JobOutcome::Done => self.store.jobs_finish(job)?,
            JobOutcome::Postponed { until } => self.store.jobs_requeue(job, until, None)?,
            JobOutcome::Retry(reason) => {
                let pause = SignedDuration::from_secs(1 << (job.failures + 1).clamp(0, 8));
                tracing::warn!(
                    job.kind = kind,
                    district,
                    reason,
                    pause_ms = pause.as_millis(),
                    "a job failed and will be tried again"
                );
                self.store.jobs_requeue(job, after(self.store.now(), pause), Some(&reason))?;
            }
            JobOutcome::Fail(reason) => {
                self.store.jobs_fail(job, &reason)?;
                return Ok(Some(reason));
            }
        }
        Ok(None)
    }

    fn lease_until(&self) -> Timestamp {
        after(self.store.now(), self.settings.lease)
    }

    /// Renews the job's lease until the returned value is dropped.
    fn keep_lease(&self, job: &Job) -> LeaseRenewal {
        let (worker, job) = (self.clone(), job.clone());
        let (done, is_done) = channel::<()>();
        let thread = thread::spawn(move || {
            while is_done.recv_timeout(worker.settings.lease / 3) == Err(RecvTimeoutError::Timeout) {
                match worker.store.jobs_renew(&job, worker.lease_until()) {
                    Ok(()) => {}
                    // The end of the job will say so.
                    Err(StoreError::ClaimLost) => return,
                    Err(error) => {
                        tracing::warn!(error = %error, "a lease could not be renewed; trying again")
                    }
                }
            }
        });
        LeaseRenewal { done: Some(done), thread: Some(thread) }
    }
}

struct LeaseRenewal {
    done: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for LeaseRenewal {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(thread) = self.thread.take() {
            // It only waits and renews; a panic there has been reported by the runtime.
            let _ = thread.join();
        }
    }
}
