//! The durable queue: rows that say what is to be done, written in the transaction that makes them necessary.
//!
//! A job is `waiting`, `running` under a worker's lease, or `failed` for good; the row of a finished job is deleted.
//! Exclusive jobs run one at a time in a district. Workers serve all districts, so claiming and ending jobs are methods of [`Store`].

use homeroom_model::ids::{DistrictId, JobId};
use jiff::Timestamp;

use crate::district::DistrictStore;
use crate::engine::{EngineKind, Store};
use crate::error::StoreError;
use crate::tx::{Row, Tx, Value};

/// Which of the jobs that are due is started first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Nobody waits for it: a thousand nightly runs may be due at once.
    Scheduled,
    /// Somebody waits for it.
    Requested,
}

impl Priority {
    fn number(self) -> i64 {
        match self {
            Priority::Scheduled => 0,
            Priority::Requested => 1,
        }
    }
}

/// A job to be queued.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    /// What is to be done: `settle`, `run` …
    pub kind: &'a str,
    /// What the handler needs to know, as JSON.
    pub payload: String,
    /// Whether it runs alone among the exclusive jobs of its district.
    pub exclusive: bool,
    /// Of waiting jobs with the same key a district has at most one: queueing another only moves its time.
    pub dedup_key: Option<&'a str>,
    /// Whether somebody waits for it.
    pub priority: Priority,
    /// Not before this time.
    pub run_at: Timestamp,
}

/// A job that a worker has claimed.
#[derive(Clone, Debug)]
pub struct Job {
    /// The district it belongs to.
    pub district: DistrictId,
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    pub kind: String,
    /// What the handler needs to know, as JSON.
    pub payload: String,
    /// How often it was started, including this time.
    pub attempts: i64,
    /// How often it has failed.
    pub failures: i64,
    /// The worker that has claimed it.
    pub worker: String,
}

impl Job {
    /// The values of [`HELD`].
    fn claim(&self) -> [Value<'_>; 4] {
        [self.district.0.into(), self.id.0.into(), (&self.worker).into(), self.attempts.into()]
    }
}

/// Whether a job is still that of the worker that claimed it, this time.
const HELD: &str = "district = $1 AND id = $2 AND worker = $3 AND attempts = $4 AND state = 'running'";

/// Refuses a change of a job that another worker has taken over.
fn if_held(changed: u64) -> Result<(), StoreError> {
    if changed == 1 { Ok(()) } else { Err(StoreError::ClaimLost) }
}

/// Which jobs a worker claims.
#[derive(Clone, Copy, Debug)]
pub enum Claimable<'k> {
    /// Of the jobs of these kinds that are due, one with the highest priority: the one that has been due longest.
    Due(&'k [&'k str]),
    /// This one, due or not.
    Only(JobId),
}

/// The state of a job, for someone who waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Not started yet, or to be tried again.
    Waiting,
    /// Being run.
    Running,
    /// Failed for good, with the reason.
    Failed(String),
    /// Done: its row is deleted.
    Done,
}

/// How often a job is inserted or moved before it is an error.
const MAX_ENQUEUES: usize = 5;

const CLAIMED: &str = "district, id, kind, payload, attempts, worker, failures";

fn job_of(row: &Row<'_>) -> Result<Job, StoreError> {
    Ok(Job {
        district: DistrictId(row.int(0)?),
        id: JobId(row.uuid(1)?),
        kind: row.text(2)?,
        payload: row.text(3)?,
        attempts: row.int(4)?,
        worker: row.text(5)?,
        failures: row.int(6)?,
    })
}

impl DistrictStore {
    /// Queues a job. When one with the same key waits already, it gets the time and payload of this one. Returns its id.
    pub fn jobs_enqueue_in_tx(&self, tx: &mut Tx<'_>, job: &NewJob<'_>) -> Result<JobId, StoreError> {
        for _ in 0..MAX_ENQUEUES {
            if let Some(id) = self.jobs_insert_in_tx(tx, job)? {
                return Ok(id);
            }
            if let Some(key) = job.dedup_key
                && let Some(id) = self.jobs_move_in_tx(tx, job.kind, key, job.run_at)?
            {
                return Ok(id);
            }
            // The one that waited was claimed between the two statements.
        }
        Err(StoreError::Unusable("a job could not be queued: others kept being claimed".into()))
    }

    fn jobs_insert_in_tx(&self, tx: &mut Tx<'_>, job: &NewJob<'_>) -> Result<Option<JobId>, StoreError> {
        let now = self.store().now();
        tx.row(
            "INSERT INTO job (district, id, kind, payload, exclusive, dedup_key, state, run_at, attempts, created_at,
               priority)
             VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, 0, $8, $9) ON CONFLICT DO NOTHING RETURNING id",
            &[
                self.id().0.into(),
                self.store().random().uuid_at(now).into(),
                job.kind.into(),
                (&job.payload).into(),
                job.exclusive.into(),
                job.dedup_key.into(),
                job.run_at.into(),
                now.into(),
                job.priority.number().into(),
            ],
            |row| row.uuid(0).map(JobId),
        )
    }

    /// Moves the waiting job with this key to another time; `None` when none waits. Jobs that a node of the version before has queued have
    /// no key: only the kind counts then, if one of the kind waits at all.
    pub fn jobs_move_in_tx(
        &self,
        tx: &mut Tx<'_>,
        kind: &str,
        dedup_key: &str,
        run_at: Timestamp,
    ) -> Result<Option<JobId>, StoreError> {
        let values = [self.id().0.into(), kind.into(), dedup_key.into(), run_at.into()];
        tx.row(
            "UPDATE job SET run_at = $4 WHERE district = $1 AND kind = $2 AND state = 'waiting'
               AND (dedup_key = $3 OR (dedup_key IS NULL AND kind = $3)) RETURNING id",
            &values,
            |row| row.uuid(0).map(JobId),
        )
    }

    /// The state of a job.
    pub fn jobs_state(&self, id: JobId) -> Result<JobState, StoreError> {
        let values = [self.id().0.into(), id.0.into()];
        let found = self.store().read(|tx| {
            tx.row("SELECT state, error FROM job WHERE district = $1 AND id = $2", &values, |row| {
                Ok::<_, StoreError>((row.text(0)?, row.maybe_text(1)?))
            })
        })?;
        Ok(match found {
            None => JobState::Done,
            Some((state, error)) => match state.as_str() {
                "running" => JobState::Running,
                "failed" => JobState::Failed(error.unwrap_or_default()),
                _ => JobState::Waiting,
            },
        })
    }

    /// Deletes the waiting job with this key. Returns whether there was one.
    pub fn jobs_cancel_in_tx(&self, tx: &mut Tx<'_>, dedup_key: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM job WHERE district = $1 AND dedup_key = $2 AND state = 'waiting'";
        Ok(tx.execute(sql, &[self.id().0.into(), dedup_key.into()])? > 0)
    }

    /// The keys of all jobs that are waiting or running.
    pub fn jobs_keys_in_tx(&self, tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT dedup_key FROM job
                   WHERE district = $1 AND dedup_key IS NOT NULL AND state IN ('waiting', 'running')";
        tx.rows(sql, &[self.id().0.into()], |row| row.text(0))
    }

    /// Deletes a failed job, once someone has read the reason.
    pub fn jobs_forget(&self, id: JobId) -> Result<(), StoreError> {
        let values = [self.id().0.into(), id.0.into()];
        self.store().write(|tx| {
            tx.execute("DELETE FROM job WHERE district = $1 AND id = $2 AND state = 'failed'", &values)
                .map(drop)
        })
    }
}

impl Store {
    /// Claims a job for `worker` until `lease_until`. `None` when there is none, or when its district is running another exclusive one.
    pub fn jobs_claim(
        &self,
        worker: &str,
        lease_until: Timestamp,
        which: Claimable<'_>,
    ) -> Result<Option<Job>, StoreError> {
        let skip_locked = match self.engine() {
            EngineKind::Sqlite => "",
            EngineKind::Postgres => "FOR UPDATE SKIP LOCKED",
        };
        let mut values = vec![worker.into(), lease_until.into()];
        let which = match which {
            Claimable::Only(id) => {
                values.push(id.0.into());
                "j.id = $3".to_owned()
            }
            Claimable::Due(kinds) => {
                values.push(self.now().into());
                values.extend(kinds.iter().map(|kind| Value::from(*kind)));
                let kinds = (0..kinds.len()).map(|at| format!("${}", at + 4)).collect::<Vec<_>>();
                format!("j.run_at <= $3 AND j.kind IN ({})", kinds.join(", "))
            }
        };
        let sql = format!(
            "UPDATE job SET state = 'running', worker = $1, lease_until = $2, attempts = attempts + 1
             WHERE (district, id) = (
               SELECT j.district, j.id FROM job j
               WHERE j.state = 'waiting' AND {which} AND NOT (j.exclusive AND EXISTS (
                 SELECT 1 FROM job r WHERE r.district = j.district AND r.state = 'running' AND r.exclusive))
               ORDER BY j.priority DESC, j.run_at, j.id LIMIT 1 {skip_locked})
             RETURNING {CLAIMED}"
        );
        match self.write(|tx| tx.row(&sql, &values, job_of)) {
            // Two nodes claimed two jobs of one district at the same moment: the second waits for its turn.
            Err(error) if error.is_conflict("job_one_exclusive_running") => Ok(None),
            other => other,
        }
    }

    /// Extends a lease.
    ///
    /// # Errors
    /// [`StoreError::ClaimLost`], as of everything that a worker does to a job, when another one has taken the job over: it changes nothing.
    pub fn jobs_renew(&self, job: &Job, lease_until: Timestamp) -> Result<(), StoreError> {
        let [district, id, worker, attempts] = job.claim();
        let values = [district, id, worker, attempts, lease_until.into()];
        let renewed =
            self.write(|tx| tx.execute(&format!("UPDATE job SET lease_until = $5 WHERE {HELD}"), &values))?;
        if_held(renewed)
    }

    /// Makes sure that the job is still this worker's until the end of the transaction.
    pub fn jobs_hold_in_tx(&self, tx: &mut Tx<'_>, job: &Job) -> Result<(), StoreError> {
        if_held(tx.execute(&format!("UPDATE job SET worker = worker WHERE {HELD}"), &job.claim())?)
    }

    /// Deletes a job that is done, in the transaction of what it did.
    pub fn jobs_finish_in_tx(&self, tx: &mut Tx<'_>, job: &Job) -> Result<(), StoreError> {
        if_held(tx.execute(&format!("DELETE FROM job WHERE {HELD}"), &job.claim())?)
    }

    /// Deletes a job that is done.
    pub fn jobs_finish(&self, job: &Job) -> Result<(), StoreError> {
        self.write(|tx| self.jobs_finish_in_tx(tx, job))
    }

    /// Puts a claimed job back in the queue, to be started again at `run_at`; `error` is the reason when it failed.
    pub fn jobs_requeue(&self, job: &Job, run_at: Timestamp, error: Option<&str>) -> Result<(), StoreError> {
        let [district, id, worker, attempts] = job.claim();
        let failed = i64::from(error.is_some());
        let values = [district, id, worker, attempts, run_at.into(), error.into(), failed.into()];
        self.write(|tx| {
            // One with the same key that was queued meanwhile does the same work: this one gives way to it.
            let gave_way = tx.execute(
                &format!(
                    "DELETE FROM job WHERE {HELD} AND EXISTS (
                       SELECT 1 FROM job w
                       WHERE w.district = job.district AND w.dedup_key = job.dedup_key AND w.state = 'waiting')"
                ),
                &values[..4],
            )?;
            if gave_way == 1 {
                return Ok(());
            }
            if_held(tx.execute(
                &format!(
                    "UPDATE job SET state = 'waiting', worker = NULL, lease_until = NULL, run_at = $5, error = $6,
                       failures = failures + $7 WHERE {HELD}"
                ),
                &values,
            )?)
        })
    }

    /// Marks a job as failed for good; its row stays, with the reason.
    pub fn jobs_fail(&self, job: &Job, error: &str) -> Result<(), StoreError> {
        let [district, id, worker, attempts] = job.claim();
        let values = [district, id, worker, attempts, error.into()];
        let failed = self.write(|tx| {
            tx.execute(
                &format!(
                    "UPDATE job SET state = 'failed', worker = NULL, lease_until = NULL, error = $5 WHERE {HELD}"
                ),
                &values,
            )
        })?;
        if_held(failed)
    }

    /// The workers that are running jobs.
    pub fn jobs_workers(&self) -> Result<Vec<String>, StoreError> {
        self.read(|tx| {
            tx.rows("SELECT DISTINCT worker FROM job WHERE state = 'running'", &[], |row| row.text(0))
        })
    }

    /// Requeues the jobs of a dead worker. Returns how many.
    pub fn jobs_release_worker(&self, worker: &str) -> Result<u64, StoreError> {
        self.jobs_release("worker = $1", worker.into())
    }

    /// Requeues the jobs whose lease has expired. Returns how many.
    pub fn jobs_release_expired(&self) -> Result<u64, StoreError> {
        self.jobs_release("lease_until < $1", self.now().into())
    }

    fn jobs_release(&self, which: &str, value: Value<'_>) -> Result<u64, StoreError> {
        self.write(|tx| {
            // As in `jobs_requeue`, a job gives way to one with the same key that waits.
            tx.execute(
                &format!(
                    "DELETE FROM job WHERE state = 'running' AND {which} AND EXISTS (
                       SELECT 1 FROM job w WHERE w.district = job.district AND w.dedup_key = job.dedup_key
                         AND (w.state = 'waiting' OR (w.state = 'running' AND w.id < job.id AND w.{which})))"
                ),
                &[value],
            )?;
            tx.execute(
                &format!(
                    "UPDATE job SET state = 'waiting', worker = NULL, lease_until = NULL
                     WHERE state = 'running' AND {which}"
                ),
                &[value],
            )
        })
    }

    /// When the next waiting job is due; `None` when none waits.
    pub fn jobs_next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let next = self.read(|tx| {
            tx.row("SELECT min(run_at) FROM job WHERE state = 'waiting'", &[], |row| row.maybe_time(0))
        })?;
        Ok(next.flatten())
    }

    /// How many jobs are in each state: for `/metrics` and `doctor`.
    pub fn jobs_count(&self) -> Result<Vec<(String, i64)>, StoreError> {
        self.read(|tx| {
            tx.rows("SELECT state, count(*) FROM job GROUP BY state ORDER BY state", &[], |row| {
                Ok((row.text(0)?, row.int(1)?))
            })
        })
    }
}
