//! A worker: claims jobs, hands them to a handler, and writes down what became of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use homeroom_model::time::after;
use homeroom_model::{DistrictId, JobId};
use homeroom_store::jobs::{Job, JobState};
use homeroom_store::{Store, StoreError};
use jiff::{SignedDuration, Timestamp};

use crate::alive::{Liveness, release_jobs_of_dead_workers};
use crate::settings::WorkerSettings;
use crate::shutdown::Shutdown;

/// What became of a job.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It is to be begun again at this time; nothing went wrong.
    Again {
        /// The time.
        at: Timestamp,
    },
    /// Something went wrong that may be better later; it is tried again with growing pauses.
    Retry(String),
    /// It can never succeed.
    Fail(String),
}

/// Tries after which a failing job is given up.
const TRIES: i64 = 6;
/// Begins after which a job is given up that ends its worker every time.
const BEGINS: i64 = 60;

/// Claims and does jobs.
#[derive(Clone)]
pub struct Worker {
    store: Store,
    liveness: Arc<Liveness>,
    settings: WorkerSettings,
}

impl Worker {
    /// A worker of this process.
    pub fn new(store: Store, settings: WorkerSettings) -> Result<Worker, StoreError> {
        let liveness = Liveness::begin(&settings.folder, store.random())
            .map_err(StoreError::io(format!("making a lock file in {}", settings.folder.display())))?;
        Ok(Worker { store, liveness: Arc::new(liveness), settings })
    }

    /// Starts `threads` threads that do jobs until `stop`; each finishes the job at hand first.
    pub fn start<H>(&self, threads: usize, stop: &Shutdown, handler: &Arc<H>) -> Vec<JoinHandle<()>>
    where
        H: Fn(&Job) -> Outcome + Send + Sync + 'static,
    {
        (0..threads.max(1))
            .map(|_| {
                let (worker, stop, handler) = (self.clone(), stop.clone(), handler.clone());
                thread::spawn(move || worker.work_until(&stop, &*handler))
            })
            .collect()
    }

    fn work_until(&self, stop: &Shutdown, handler: &(impl Fn(&Job) -> Outcome + Sync)) {
        while !stop.is_stopped() {
            let worked = release_jobs_of_dead_workers(&self.store, &self.settings.folder)
                .and_then(|_| self.work_once(handler));
            match worked {
                Ok(true) => {}
                Ok(false) => stop.sleep(self.pause()),
                Err(error) => {
                    tracing::error!(error = %error, "the job queue cannot be read; trying again");
                    stop.sleep(Duration::from_secs(1));
                }
            }
        }
    }

    /// Until the next job is due, but no longer than the poll interval.
    fn pause(&self) -> Duration {
        let due = self.store.jobs_next_due().ok().flatten();
        let wait = due.map_or(self.settings.poll, |due| {
            // A job that is due and was not claimed waits for its district's turn.
            let until_due = Duration::try_from(due.duration_since(self.store.now())).unwrap_or_default();
            until_due.max(Duration::from_millis(20))
        });
        wait.min(self.settings.poll)
    }

    /// Does the job that is due longest; `false` when there was none.
    pub fn work_once(&self, handler: &(impl Fn(&Job) -> Outcome + Sync)) -> Result<bool, StoreError> {
        match self.store.jobs_claim(self.liveness.id(), self.lease_until(), None)? {
            Some(job) => self.work(&job, handler).map(|()| true),
            None => Ok(false),
        }
    }

    /// Does one job now, or waits while another worker does it; `Err(reason)` inside when it failed for good.
    pub fn work_on(
        &self,
        district: DistrictId,
        id: JobId,
        handler: &(impl Fn(&Job) -> Outcome + Sync),
    ) -> Result<Result<(), String>, StoreError> {
        let store = self.store.district(district);
        loop {
            release_jobs_of_dead_workers(&self.store, &self.settings.folder)?;
            if let Some(job) = self.store.jobs_claim(self.liveness.id(), self.lease_until(), Some(id))? {
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

    fn work(&self, job: &Job, handler: &(impl Fn(&Job) -> Outcome + Sync)) -> Result<(), StoreError> {
        let outcome = if job.attempts > BEGINS {
            Outcome::Fail(format!("the job was begun {BEGINS} times and never came to an end"))
        } else {
            let _renewed = self.keep_lease(job);
            catch_unwind(AssertUnwindSafe(|| handler(job)))
                .unwrap_or_else(|_| Outcome::Retry("the program met a state that it does not expect".into()))
        };
        let (kind, district) = (&job.kind, job.district.0);
        match outcome {
            Outcome::Done => self.store.jobs_finish(job),
            Outcome::Again { at } => self.store.jobs_put_back(job, at, None),
            Outcome::Retry(reason) if job.attempts < TRIES => {
                let pause = SignedDuration::from_secs(1 << job.attempts.clamp(0, 8));
                tracing::warn!(
                    job.kind = kind,
                    district,
                    reason,
                    pause_ms = pause.as_millis(),
                    "a job failed and is tried again"
                );
                self.store.jobs_put_back(job, after(self.store.now(), pause), Some(&reason))
            }
            Outcome::Retry(reason) | Outcome::Fail(reason) => {
                tracing::error!(job.kind = kind, district, reason, "a job failed");
                self.store.jobs_fail(job, &reason)
            }
        }
    }

    fn lease_until(&self) -> Timestamp {
        after(self.store.now(), self.settings.lease)
    }

    /// Renews the job's lease until the answer is dropped.
    fn keep_lease(&self, job: &Job) -> Renewed {
        let (worker, job) = (self.clone(), job.clone());
        let (done, is_done) = channel::<()>();
        let thread = thread::spawn(move || {
            while is_done.recv_timeout(worker.settings.lease / 3) == Err(RecvTimeoutError::Timeout) {
                let renewed = worker.store.jobs_renew(&job, worker.liveness.id(), worker.lease_until());
                if let Err(error) = renewed {
                    tracing::warn!(error = %error, "a lease could not be renewed; trying again");
                }
            }
        });
        Renewed { done: Some(done), thread: Some(thread) }
    }
}

struct Renewed {
    done: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Renewed {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(thread) = self.thread.take() {
            // It only waits and renews; a panic there has been reported by the runtime.
            let _ = thread.join();
        }
    }
}
