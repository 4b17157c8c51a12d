//! Runs: each reads one upload, and its row keeps its state and report.

use homeroom_model::audit::Cause;
use homeroom_model::event::EventKind;
use homeroom_model::ids::{DistrictId, RunId, RunNumber, UploadId};
use homeroom_model::run::{Run, RunKind, RunReport, RunState, RunUpload, seconds_between};
use jiff::Timestamp;

use crate::district::DistrictStore;
use crate::engine::Store;
use crate::error::StoreError;
use crate::numbering::Sequence;
use crate::tx::{Row, Tx};

const COLUMNS: &str = "r.id, d.slug, r.number, r.kind, r.state, r.upload, u.name, u.bytes, u.blob, r.report,
    r.started_at, r.finished_at, r.requested_by";
const TABLES: &str = "run r JOIN district d ON d.id = r.district
    JOIN upload u ON u.district = r.district AND u.id = r.upload";

/// The most runs that are looked at: several a day for two weeks.
const MAX_RUNS: i64 = 100;

/// Among so many numbers of runs and undos the last ones are looked for.
const MAX_NUMBERS: i64 = 400;

/// A live run that waits for its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuedLiveRun {
    /// Its number.
    pub number: RunNumber,
    /// Its id.
    pub id: RunId,
    /// The upload that it reads.
    pub upload: UploadId,
}

fn run_of(row: &Row<'_>) -> Result<Run, StoreError> {
    let report = serde_json::from_str::<RunReport>(&row.text(9)?)
        .map_err(|error| StoreError::Unusable(format!("a run's report: {error}")))?;
    let (started_at, finished_at) = (row.maybe_time(10)?, row.maybe_time(11)?);
    let requested_by = row.maybe_text(12)?.map(|cause| serde_json::from_str::<Cause>(&cause)).transpose();
    let requested_by =
        requested_by.map_err(|error| StoreError::Unusable(format!("who asked for a run: {error}")))?;
    Ok(Run {
        id: RunId(row.uuid(0)?),
        district: row.word(1)?,
        number: RunNumber(row.int(2)?),
        kind: row.word(3)?,
        state: row.word(4)?,
        upload: RunUpload {
            id: Some(UploadId(row.uuid(5)?)),
            name: row.text(6)?,
            bytes: u64::try_from(row.int(7)?).unwrap_or_default(),
            blob: row.blob(8)?,
        },
        requested_by,
        report,
        started_at,
        finished_at,
        seconds: started_at.zip(finished_at).map(|(start, end)| seconds_between(start, end)),
    })
}

fn as_json(report: &RunReport) -> String {
    serde_json::to_string(report).expect("a report has a JSON form")
}

impl Store {
    /// The district and number of a run.
    pub fn runs_find(&self, run: RunId) -> Result<Option<(DistrictId, RunNumber)>, StoreError> {
        self.read(|tx| {
            tx.row("SELECT district, number FROM run WHERE id = $1", &[run.0.into()], |row| {
                Ok((DistrictId(row.int(0)?), RunNumber(row.int(1)?)))
            })
        })
    }
}

impl DistrictStore {
    /// A new run in state `queued`.
    pub fn runs_create_in_tx(
        &self,
        tx: &mut Tx<'_>,
        kind: RunKind,
        upload: UploadId,
    ) -> Result<(RunNumber, RunId), StoreError> {
        let number = RunNumber(self.next_number_in_tx(tx, Sequence::Run)?);
        let now = self.store().now();
        let id = RunId(self.store().random().uuid_at(now));
        tx.execute(
            "INSERT INTO run (district, number, id, kind, state, upload, report, created_at, requested_by)
             VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7, $8)",
            &[
                self.id().0.into(),
                number.0.into(),
                id.0.into(),
                kind.as_str().into(),
                upload.0.into(),
                (&as_json(&RunReport::default())).into(),
                now.into(),
                (&serde_json::to_string(self.cause()).expect("a cause has a JSON form")).into(),
            ],
        )?;
        self.events_add_in_tx(tx, &EventKind::RunQueued { run: id, kind })?;
        Ok((number, id))
    }

    /// Runs, newest first.
    pub fn runs_list(&self, most: u32) -> Result<Vec<Run>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM {TABLES} WHERE r.district = $1 ORDER BY r.number DESC LIMIT $2");
        self.store().read(|tx| tx.rows(&sql, &[self.id().0.into(), most.into()], run_of))
    }

    /// A run.
    pub fn runs_get(&self, number: RunNumber) -> Result<Run, StoreError> {
        self.store().read(|tx| self.runs_get_in_tx(tx, number))
    }

    /// The run with this number. `None` when the number is an undo's, which shares the sequence.
    pub fn runs_find(&self, number: RunNumber) -> Result<Option<Run>, StoreError> {
        self.store().read(|tx| self.runs_find_in_tx(tx, number))
    }

    fn runs_find_in_tx(&self, tx: &mut Tx<'_>, number: RunNumber) -> Result<Option<Run>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE r.district = $1 AND r.number = $2");
        tx.row(&sql, &[self.id().0.into(), number.0.into()], run_of)
    }

    /// A run, inside a transaction.
    pub fn runs_get_in_tx(&self, tx: &mut Tx<'_>, number: RunNumber) -> Result<Run, StoreError> {
        let found = self.runs_find_in_tx(tx, number)?;
        found.ok_or_else(|| StoreError::NotFound(format!("run {}", number.0)))
    }

    /// The last finished live run, or the last one before `number`.
    pub fn runs_live_before(&self, number: Option<RunNumber>) -> Result<Option<Run>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE r.district = $1 AND r.number < $2 AND r.kind = 'live'
               AND r.state IN ('held', 'superseded', 'applied', 'unchanged') ORDER BY r.number DESC LIMIT 1"
        );
        let before = number.map_or(i64::MAX, |number| number.0);
        self.store().read(|tx| tx.row(&sql, &[self.id().0.into(), before.into()], run_of))
    }

    /// The live run that still holds something, if there is one.
    pub fn runs_held(&self) -> Result<Option<Run>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE r.district = $1 AND r.kind = 'live' AND r.state = 'held'
             ORDER BY r.number DESC LIMIT 1"
        );
        self.store().read(|tx| tx.row(&sql, &[self.id().0.into()], run_of))
    }

    /// The run to look at instead of a superseded one: the later live run that holds something, else the newest that was planned.
    pub fn runs_instead_of(&self, number: RunNumber) -> Result<Option<Run>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE r.district = $1 AND r.number > $2 AND r.kind = 'live'
               AND r.state IN ('held', 'applied', 'unchanged')
             ORDER BY CASE WHEN r.state = 'held' THEN 0 ELSE 1 END, r.number DESC LIMIT 1"
        );
        self.store().read(|tx| tx.row(&sql, &[self.id().0.into(), number.0.into()], run_of))
    }

    /// The live runs before `run` that applied something at `since` or later, newest first. An undone run has applied nothing.
    pub fn runs_applied_since(&self, run: RunNumber, since: Timestamp) -> Result<Vec<Run>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE r.district = $1 AND r.number < $2 AND r.number > $3 AND r.kind = 'live'
               AND r.state IN ('applied', 'held', 'superseded') AND r.finished_at >= $4
             ORDER BY r.number DESC LIMIT $5"
        );
        let oldest = run.0 - MAX_NUMBERS;
        let values = [self.id().0.into(), run.0.into(), oldest.into(), since.into(), MAX_RUNS.into()];
        self.store().read(|tx| tx.rows(&sql, &values, run_of))
    }

    /// Whether a later live run has finished with the roster planned: applied, unchanged or held.
    pub fn runs_live_since(&self, number: RunNumber) -> Result<bool, StoreError> {
        let later = |tx: &mut Tx<'_>| {
            tx.row(
                "SELECT 1 FROM run WHERE district = $1 AND number > $2 AND kind = 'live'
                   AND state IN ('applied', 'unchanged', 'held') LIMIT 1",
                &[self.id().0.into(), number.0.into()],
                |row| row.int(0),
            )
        };
        Ok(self.store().read(later)?.is_some())
    }

    /// Marks a run as running. It may have been started before, and crashed. Returns `false` when it has ended meanwhile, or was cancelled.
    pub fn runs_start_in_tx(&self, tx: &mut Tx<'_>, number: RunNumber) -> Result<bool, StoreError> {
        let values = [self.id().0.into(), number.0.into(), self.store().now().into()];
        let started = tx.execute(
            "UPDATE run SET state = 'running', started_at = $3
             WHERE district = $1 AND number = $2 AND state IN ('queued', 'running')",
            &values,
        )?;
        Ok(started == 1)
    }

    /// Records the end of a run, or the state that a decision gives to a finished one.
    pub fn runs_set_in_tx(
        &self,
        tx: &mut Tx<'_>,
        number: RunNumber,
        state: RunState,
        report: &RunReport,
    ) -> Result<(), StoreError> {
        let id = tx.row(
            "UPDATE run SET state = $3, report = $4, finished_at = coalesce(finished_at, $5)
             WHERE district = $1 AND number = $2 RETURNING id",
            &[
                self.id().0.into(),
                number.0.into(),
                state.as_str().into(),
                (&as_json(report)).into(),
                self.store().now().into(),
            ],
            |row| row.uuid(0).map(RunId),
        )?;
        let run = id.ok_or_else(|| StoreError::NotFound(format!("run {number}")))?;
        self.events_add_in_tx(tx, &EventKind::RunEnded { run, state })
    }

    /// Supersedes the held runs before `by`, which changes the roster.
    pub fn runs_supersede_in_tx(&self, tx: &mut Tx<'_>, by: RunNumber) -> Result<(), StoreError> {
        let superseded = tx.rows(
            "UPDATE run SET state = 'superseded' WHERE district = $1 AND state = 'held' AND number < $2 RETURNING id",
            &[self.id().0.into(), by.0.into()],
            |row| row.uuid(0).map(RunId),
        )?;
        superseded.into_iter().try_for_each(|run| {
            self.events_add_in_tx(tx, &EventKind::RunEnded { run, state: RunState::Superseded })
        })
    }

    /// The live runs that wait for their time, apart from those that a person asked for; oldest first.
    pub fn runs_scheduled_in_tx(&self, tx: &mut Tx<'_>) -> Result<Vec<QueuedLiveRun>, StoreError> {
        let queued = tx.rows(
            "SELECT number, id, upload, requested_by FROM run
             WHERE district = $1 AND kind = 'live' AND state = 'queued' ORDER BY number",
            &[self.id().0.into()],
            |row| {
                let run = QueuedLiveRun {
                    number: RunNumber(row.int(0)?),
                    id: RunId(row.uuid(1)?),
                    upload: UploadId(row.uuid(2)?),
                };
                Ok::<_, StoreError>((run, row.maybe_text(3)?))
            },
        )?;
        let by_person = |cause: Option<String>| {
            let cause = cause.and_then(|cause| serde_json::from_str::<Cause>(&cause).ok());
            cause.is_some_and(|cause| cause.actor.is_person())
        };
        Ok(queued.into_iter().filter(|(_, cause)| !by_person(cause.clone())).map(|(run, _)| run).collect())
    }

    /// Ends a run that has not begun. Returns `false` when it has.
    pub fn runs_end_queued_in_tx(
        &self,
        tx: &mut Tx<'_>,
        number: RunNumber,
        state: RunState,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let mut run = self.runs_get_in_tx(tx, number)?;
        run.report.messages.push(reason.to_owned());
        let ended = tx.execute(
            "UPDATE run SET state = $3, report = $4, finished_at = $5
             WHERE district = $1 AND number = $2 AND state = 'queued'",
            &[
                self.id().0.into(),
                number.0.into(),
                state.as_str().into(),
                (&as_json(&run.report)).into(),
                self.store().now().into(),
            ],
        )?;
        if ended == 1 {
            self.events_add_in_tx(tx, &EventKind::RunEnded { run: run.id, state })?;
        }
        Ok(ended == 1)
    }

    /// Whether the last live run of an upload has left removals out that wait for the end of an additions-only period.
    pub fn runs_deferred_in_tx(&self, tx: &mut Tx<'_>, upload: UploadId) -> Result<bool, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE r.district = $1 AND r.upload = $2 AND r.kind = 'live'
               AND r.state NOT IN ('queued', 'tested') ORDER BY r.number DESC LIMIT 1"
        );
        let last = tx.row(&sql, &[self.id().0.into(), upload.0.into()], run_of)?;
        Ok(last.is_some_and(|run| run.state == RunState::Applied && run.report.deferred > 0))
    }

    /// Runs that are queued or running, oldest first.
    pub fn runs_unfinished_in_tx(&self, tx: &mut Tx<'_>) -> Result<Vec<Run>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE r.district = $1 AND r.state IN ('queued', 'running')
             ORDER BY r.number"
        );
        tx.rows(&sql, &[self.id().0.into()], run_of)
    }
}

impl Store {
    /// How many runs are in each state.
    pub fn runs_count(&self) -> Result<Vec<(String, i64)>, StoreError> {
        self.read(|tx| {
            tx.rows("SELECT state, count(*) FROM run GROUP BY state ORDER BY state", &[], |row| {
                Ok((row.text(0)?, row.int(1)?))
            })
        })
    }
}
