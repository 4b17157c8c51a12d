//! What the runs of the last nights did, for the fuses that count over nights.

use homeroom_model::entity::{ClassNumber, EntityRef};
use homeroom_model::ids::{BlobId, EntityKind, RunNumber};
use homeroom_model::roster::Link;
use jiff::Timestamp;

use crate::bulk::{self, Cells};
use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::roster::LinkedPerson;
use crate::tx::Row;

/// An earlier run that applied the same bytes, and how many applied others since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SameBytes {
    /// When it was applied.
    pub at: Timestamp,
    /// Files that were applied since.
    pub others_since: u64,
}

/// A student or teacher whom a run made active or inactive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Who.
    pub entity: EntityRef,
    /// The run.
    pub run: RunNumber,
    /// Whether they came.
    pub is_here: bool,
}

/// A link that is what a run made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangedLink<P> {
    /// The class and the person.
    pub link: Link<P>,
    /// The run.
    pub run: RunNumber,
    /// Whether it began; else it ended.
    pub is_active: bool,
}

/// The newest people of each role, with the run that created them.
const NEWEST: [(EntityKind, &str); 2] = [
    (
        EntityKind::Student,
        "SELECT number, created_run FROM student WHERE district = $1 ORDER BY number DESC LIMIT $2",
    ),
    (
        EntityKind::Teacher,
        "SELECT number, created_run FROM teacher WHERE district = $1 ORDER BY number DESC LIMIT $2",
    ),
];

impl DistrictStore {
    /// The students, teachers and classes that these runs deactivated, whatever became of them since.
    pub fn removed_by_runs(&self, runs: &[RunNumber]) -> Result<Vec<EntityRef>, StoreError> {
        if runs.is_empty() {
            return Ok(vec![]);
        }
        let list = listed(runs);
        let sql = format!(
            "SELECT DISTINCT kind, number FROM roster_change
             WHERE district = $1 AND run_number IN ({list}) AND operation = 'deactivate'
               AND kind IN ('student', 'teacher', 'class') ORDER BY kind, number"
        );
        self.store().read(|tx| tx.rows(&sql, &[self.id().0.into()], entity))
    }

    /// The links that these runs began or ended, in active classes that they did not create.
    pub fn links_changed_by_runs<P: LinkedPerson>(
        &self,
        runs: &[RunNumber],
    ) -> Result<Vec<ChangedLink<P>>, StoreError> {
        let mut links = Vec::new();
        if runs.is_empty() {
            return Ok(links);
        }
        let (district, list) = (self.id().0, listed(runs));
        let (table_of_links, person) = (P::LINKS.table(), P::LINKS.person());
        let sql = format!(
            "SELECT l.class, l.{person}, l.changed_run, l.active FROM {table_of_links} l
             JOIN class c ON c.district = l.district AND c.number = l.class
             WHERE l.district = {district} AND l.changed_run IN ({list})
               AND c.active AND c.created_run NOT IN ({list})"
        );
        self.store().read(|tx| {
            bulk::load(tx, &sql, |row| {
                let (class, person) = (ClassNumber(row.number(0)?), P::from_u32(row.number(1)?));
                let run = RunNumber(row.number(2)?.into());
                links.push(ChangedLink { link: Link { class, person }, run, is_active: row.bool(3)? });
                Ok(())
            })
        })?;
        Ok(links)
    }

    /// The students and teachers whom the runs from `first` to `last` made active or inactive, each of them in the order of the runs. Of
    /// those who were new, as many as `new` of each kind at the most, the newest.
    pub fn comings_and_goings(
        &self,
        (first, last): (RunNumber, RunNumber),
        new: u64,
    ) -> Result<Vec<Move>, StoreError> {
        let runs = [self.id().0.into(), first.0.into(), last.0.into()];
        self.store().read(|tx| {
            let mut moves = Vec::new();
            for (kind, sql) in NEWEST {
                // Numbers are given in order, so that the newest are found without a look at all.
                let values = [self.id().0.into(), i64::try_from(new).unwrap_or(i64::MAX).into()];
                let newest = tx.rows(sql, &values, |row| {
                    let entity = EntityRef { kind, number: number(row.int(0)?)? };
                    Ok::<_, StoreError>(Move { entity, run: RunNumber(row.int(1)?), is_here: true })
                })?;
                moves.extend(newest.into_iter().filter(|one| (first..=last).contains(&one.run)));
            }
            moves.extend(tx.rows(
                "SELECT kind, number, run_number, operation FROM roster_change
                 WHERE district = $1 AND run_number >= $2 AND run_number <= $3 AND kind IN ('student', 'teacher')
                   AND operation IN ('deactivate', 'reactivate') ORDER BY run_number",
                &runs,
                |row| {
                    let is_here = row.text(3)? != "deactivate";
                    Ok::<_, StoreError>(Move { entity: entity(row)?, run: RunNumber(row.int(2)?), is_here })
                },
            )?);
            Ok(moves)
        })
    }

    /// The last run before `run` that applied these bytes, if others have been applied since.
    pub fn runs_applied_same_bytes(
        &self,
        run: RunNumber,
        blob: &BlobId,
    ) -> Result<Option<SameBytes>, StoreError> {
        self.store().read(|tx| {
            let same = tx.row(
                "SELECT r.number, r.finished_at FROM upload u JOIN run r ON r.district = u.district AND r.upload = u.id
                 WHERE u.district = $1 AND u.blob = $2 AND r.number < $3 AND r.kind = 'live' AND r.state = 'applied'
                 ORDER BY r.number DESC LIMIT 1",
                &[self.id().0.into(), blob.into(), run.0.into()],
                |row| Ok::<_, StoreError>((row.int(0)?, row.time(1)?)),
            )?;
            let Some((number, at)) = same else { return Ok(None) };
            let others = tx.row(
                "SELECT count(DISTINCT u.blob) FROM run r JOIN upload u ON u.district = r.district AND u.id = r.upload
                 WHERE r.district = $1 AND r.number > $2 AND r.number < $3 AND r.kind = 'live' AND r.state = 'applied'",
                &[self.id().0.into(), number.into(), run.0.into()],
                |row| row.int(0),
            )?;
            let others_since = others.and_then(|count| u64::try_from(count).ok()).unwrap_or_default();
            Ok((others_since > 0).then_some(SameBytes { at, others_since }))
        })
    }
}

fn listed(runs: &[RunNumber]) -> String {
    runs.iter().map(|run| run.0.to_string()).collect::<Vec<_>>().join(",")
}

/// A kind and a number, in this order.
fn entity(row: &Row<'_>) -> Result<EntityRef, StoreError> {
    Ok(EntityRef { kind: row.word(0)?, number: number(row.int(1)?)? })
}

fn number(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::Unusable("the number of an entity".into()))
}
