//! The log of changes: what a run changed, with the values before.
//!
//! What a run created needs no entry: its rows say `created_run`.

use homeroom_model::entity::EntityNumber;
use homeroom_model::entity_log::{EntityLog, EntityState, LogStep, RunChanges};
use homeroom_model::ids::{RosterVersion, RunNumber};
use homeroom_model::roster::Link;
use homeroom_model::string_arena::StringArena;
use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::columns::{CHANGED, CLASS, NUMBER};
use super::entity_tables::{LinkedPerson, StorableEntity, column_names, link, number};
use crate::bulk::{self, Cells, ColumnType, WrittenColumn, unexpected_type};
use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::tx::{Tx, Value, time_of};

/// What a run did to an entity or link that existed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Changed values.
    Update,
    /// Deactivated, or ended.
    Deactivate,
    /// Reactivated, or put back in force.
    Reactivate,
    /// Changed values of something that is inactive and stays so.
    UpdateInactive,
}

impl Operation {
    fn word(self) -> &'static str {
        match self {
            Operation::Update => "update",
            Operation::Deactivate => "deactivate",
            Operation::Reactivate => "reactivate",
            Operation::UpdateInactive => "revalue",
        }
    }
}

/// Whether an entity was active before this operation.
fn active_before(word: &str) -> bool {
    ![Operation::Reactivate, Operation::UpdateInactive].map(Operation::word).contains(&word)
}

/// Numbers of entities (or links), each with the run to record as its last change.
pub type RestoredRuns<T> = Vec<(T, RunNumber)>;

/// A new entry of the log.
struct Entry {
    number: u32,
    /// The person of a link.
    person: Option<u32>,
    changed_before: u32,
    before: Option<String>,
}

/// Numbers in one statement.
const CHUNK: usize = 5_000;

/// The order in which the entries of one entity were written. A run whose held part was approved later has entries of two
/// versions, and an undo may lie between them. Entries without a version (0) are older than all others.
const LOG_ORDER: &str = "version, run_number, position";

/// Gives entities their steps; both come in the same order.
struct StepsOf<'p, K, V> {
    logs: std::slice::IterMut<'p, EntityLog<K, V>>,
    current: Option<&'p mut EntityLog<K, V>>,
}

impl<'p, K: PartialEq, V> StepsOf<'p, K, V> {
    fn new(logs: &'p mut [EntityLog<K, V>]) -> Self {
        StepsOf { logs: logs.iter_mut(), current: None }
    }

    fn add(&mut self, subject: K, step: LogStep<V>) {
        while self.current.as_ref().is_none_or(|log| log.subject != subject) {
            self.current = self.logs.next();
            if self.current.is_none() {
                return;
            }
        }
        if let Some(log) = &mut self.current {
            log.steps.push(step);
        }
    }
}

impl DistrictStore {
    /// Logs the current state of entities, before `operation` changes them.
    pub fn changes_log_in_tx<V: StorableEntity>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        operation: Operation,
        numbers: &[V::Number],
    ) -> Result<(), StoreError> {
        let names = column_names::<V>();
        let mut entries = Vec::with_capacity(numbers.len());
        for chunk in numbers.chunks(CHUNK) {
            let list = chunk.iter().map(V::Number::to_string).collect::<Vec<_>>().join(",");
            let query = format!(
                "SELECT number, changed_run, {names} FROM {} WHERE district = {} AND number IN ({list})",
                V::TABLE,
                self.id().0
            );
            bulk::load(tx, &query, |row| {
                let mut texts = StringArena::default();
                let values = V::read(row, 2, &mut texts)?;
                entries.push(Entry {
                    number: row.number(0)?,
                    person: None,
                    changed_before: row.number(1)?,
                    before: Some(to_json(&values, &texts)),
                });
                Ok(())
            })?;
        }
        self.entries_add_in_tx(tx, run, (V::KIND.as_str(), operation), &entries)
    }

    /// Logs the current state of links, before `operation` changes them.
    pub fn changes_log_links_in_tx<P: LinkedPerson>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        operation: Operation,
        links: &[Link<P>],
    ) -> Result<(), StoreError> {
        let mut entries = Vec::with_capacity(links.len());
        for chunk in links.chunks(CHUNK) {
            let list =
                chunk.iter().map(|link| format!("({},{})", link.class, link.person)).collect::<Vec<_>>();
            let (table, person) = (P::LINKS.table(), P::LINKS.person());
            let query = format!(
                "SELECT class, {person}, changed_run FROM {table}
                 WHERE district = {} AND (class, {person}) IN (VALUES {})",
                self.id().0,
                list.join(",")
            );
            bulk::load(tx, &query, |row| {
                entries.push(Entry {
                    number: row.number(0)?,
                    person: Some(row.number(1)?),
                    changed_before: row.number(2)?,
                    before: None,
                });
                Ok(())
            })?;
        }
        self.entries_add_in_tx(tx, run, (P::LINKS.table(), operation), &entries)
    }

    fn entries_add_in_tx(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        (kind, operation): (&'static str, Operation),
        entries: &[Entry],
    ) -> Result<(), StoreError> {
        let district = self.id().0;
        let (version, last) = tx
            .row(
                "SELECT roster_version, (SELECT max(position) FROM roster_change WHERE district = $1 AND run_number = $2)
                 FROM district WHERE id = $1",
                &[district.into(), run.0.into()],
                |row| Ok::<_, StoreError>((row.int(0)?, row.maybe_int(1)?)),
            )?
            .ok_or_else(|| StoreError::NotFound("the district".into()))?;
        let first = last.unwrap_or(0) + 1;
        let fixed = [
            (("district", ColumnType::Int8), district.into()),
            (("run_number", ColumnType::Int4), run.0.into()),
            (("version", ColumnType::Int8), version.into()),
            (("at", ColumnType::Int8), self.store().now().into()),
            (("kind", ColumnType::Text), kind.into()),
            (("operation", ColumnType::Text), operation.word().into()),
        ];
        // Entries of entities have no person, which the table keeps as 0.
        let written = [
            WrittenColumn::new(("position", ColumnType::Int4), |(at, _): (usize, &Entry)| {
                Value::Int(first + at as i64)
            }),
            WrittenColumn::new(("number", ColumnType::Int4), |(_, entry): (usize, &Entry)| {
                entry.number.into()
            }),
            WrittenColumn::new(("person", ColumnType::Int4), |(_, entry): (usize, &Entry)| {
                entry.person.unwrap_or(0).into()
            }),
            WrittenColumn::new(("changed_before", ColumnType::Int4), |(_, entry): (usize, &Entry)| {
                entry.changed_before.into()
            }),
            WrittenColumn::new(("before", ColumnType::Text), |(_, entry): (usize, &Entry)| {
                entry.before.as_ref().into()
            }),
        ];
        bulk::insert(tx, "roster_change", &fixed, &written, entries.iter().enumerate())
    }

    /// The log of everything that a run created or changed.
    pub fn changes_of_run(&self, run: RunNumber) -> Result<RunChanges, StoreError> {
        self.store().read(|tx| {
            let mut changes = RunChanges {
                version: self.settings_in_tx(tx)?.roster_version,
                undos: self.undos_in_tx(tx)?,
                ..RunChanges::default()
            };
            let texts = &mut changes.texts;
            changes.schools = self.logs_of_run_in_tx(tx, run, texts)?;
            changes.classes = self.logs_of_run_in_tx(tx, run, texts)?;
            changes.teachers = self.logs_of_run_in_tx(tx, run, texts)?;
            changes.students = self.logs_of_run_in_tx(tx, run, texts)?;
            changes.teachings = self.link_logs_of_run_in_tx(tx, run)?;
            changes.enrollments = self.link_logs_of_run_in_tx(tx, run)?;
            Ok(changes)
        })
    }

    fn logs_of_run_in_tx<V: StorableEntity>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        texts: &mut StringArena,
    ) -> Result<Vec<EntityLog<V::Number, V>>, StoreError> {
        let (district, run, table, kind) = (self.id().0, run.0, V::TABLE, V::KIND.as_str());
        let selection = format!(
            "SELECT number FROM {table} WHERE district = {district} AND created_run = {run}
             UNION SELECT number FROM roster_change
             WHERE district = {district} AND run_number = {run} AND kind = '{kind}'"
        );
        self.logs_in_tx(tx, &selection, texts)
    }

    fn link_logs_of_run_in_tx<P: LinkedPerson>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
    ) -> Result<Vec<EntityLog<Link<P>, ()>>, StoreError> {
        let (district, run, table, person) = (self.id().0, run.0, P::LINKS.table(), P::LINKS.person());
        let selection = format!(
            "SELECT class, {person} FROM {table} WHERE district = {district} AND created_run = {run}
             UNION SELECT number, person FROM roster_change
             WHERE district = {district} AND run_number = {run} AND kind = '{table}'"
        );
        self.link_logs_in_tx(tx, &selection)
    }

    /// The logs of the entities whose numbers `selection` selects, by number.
    pub(super) fn logs_in_tx<V: StorableEntity>(
        &self,
        tx: &mut Tx<'_>,
        selection: &str,
        texts: &mut StringArena,
    ) -> Result<Vec<EntityLog<V::Number, V>>, StoreError> {
        let (district, table, kind) = (self.id().0, V::TABLE, V::KIND.as_str());
        let names = column_names::<V>();
        let entities = format!(
            "SELECT number, active, created_run, changed_run, {names} FROM {table}
             WHERE district = {district} AND number IN ({selection}) ORDER BY number"
        );
        let mut logs = Vec::new();
        bulk::load(tx, &entities, |row| {
            logs.push(EntityLog {
                subject: number(row, 0)?,
                created_run: run_number(row, 2)?,
                changed_run: run_number(row, 3)?,
                steps: vec![],
                now: EntityState { active: row.bool(1)?, values: V::read(row, 4, texts)? },
            });
            Ok(())
        })?;
        let steps = format!(
            "SELECT number, run_number, version, at, operation, before FROM roster_change
             WHERE district = {district} AND kind = '{kind}' AND number IN ({selection})
             ORDER BY number, {LOG_ORDER}"
        );
        let mut steps_of = StepsOf::new(&mut logs);
        bulk::load(tx, &steps, |row| {
            let before =
                EntityState { active: active_before(row.text(4)?), values: from_json(row.text(5)?, texts)? };
            steps_of.add(number(row, 0)?, step(row, 1, before)?);
            Ok(())
        })?;
        Ok(logs)
    }

    /// The logs of the links whose class and person `selection` selects, by class and person.
    pub(super) fn link_logs_in_tx<P: LinkedPerson>(
        &self,
        tx: &mut Tx<'_>,
        selection: &str,
    ) -> Result<Vec<EntityLog<Link<P>, ()>>, StoreError> {
        let (district, table, person) = (self.id().0, P::LINKS.table(), P::LINKS.person());
        let links = format!(
            "SELECT class, {person}, active, created_run, changed_run FROM {table}
             WHERE district = {district} AND (class, {person}) IN ({selection}) ORDER BY class, {person}"
        );
        let mut logs = Vec::new();
        bulk::load(tx, &links, |row| {
            logs.push(EntityLog {
                subject: link(row, 0)?,
                created_run: run_number(row, 3)?,
                changed_run: run_number(row, 4)?,
                steps: vec![],
                now: EntityState { active: row.bool(2)?, values: () },
            });
            Ok(())
        })?;
        let steps = format!(
            "SELECT number, person, run_number, version, at, operation FROM roster_change
             WHERE district = {district} AND kind = '{table}' AND (number, person) IN ({selection})
             ORDER BY number, person, {LOG_ORDER}"
        );
        let mut steps_of = StepsOf::new(&mut logs);
        bulk::load(tx, &steps, |row| {
            let before = EntityState { active: active_before(row.text(5)?), values: () };
            steps_of.add(link(row, 0)?, step(row, 2, before)?);
            Ok(())
        })?;
        Ok(logs)
    }

    /// After an undo: sets the last run whose change is in effect.
    pub fn changed_run_restore_in_tx<V: StorableEntity>(
        &self,
        tx: &mut Tx<'_>,
        restored: &RestoredRuns<V::Number>,
    ) -> Result<(), StoreError> {
        let keys = [
            self.district_column(),
            WrittenColumn::new(NUMBER, |(number, _): &(V::Number, RunNumber)| number.as_u32().into()),
        ];
        let set = [WrittenColumn::new(CHANGED, |(_, run): &(V::Number, RunNumber)| run.0.into())];
        bulk::update(tx, V::TABLE, &keys, &set, restored.iter())
    }

    /// The same for links.
    pub fn changed_run_restore_links_in_tx<P: LinkedPerson>(
        &self,
        tx: &mut Tx<'_>,
        restored: &RestoredRuns<Link<P>>,
    ) -> Result<(), StoreError> {
        let keys = [
            self.district_column(),
            WrittenColumn::new(CLASS, |(link, _): &(Link<P>, RunNumber)| link.class.0.into()),
            WrittenColumn::new(P::LINKS.person_column(), |(link, _): &(Link<P>, RunNumber)| {
                link.person.as_u32().into()
            }),
        ];
        let set = [WrittenColumn::new(CHANGED, |(_, run): &(Link<P>, RunNumber)| run.0.into())];
        bulk::update(tx, P::LINKS.table(), &keys, &set, restored.iter())
    }
}

/// A step from its number, version and time, from the column `first` on.
fn step<V>(row: &dyn Cells, first: usize, before: EntityState<V>) -> Result<LogStep<V>, StoreError> {
    let version = RosterVersion(row.long(first + 1)?);
    Ok(LogStep { by: run_number(row, first)?, version, at: noted_time(row, first + 2)?, before })
}

fn run_number(row: &dyn Cells, column: usize) -> Result<RunNumber, StoreError> {
    Ok(RunNumber(row.number(column)?.into()))
}

/// `{"email":"…","grade":"05"}`: an entity's values by the names of their columns.
fn to_json<V: StorableEntity>(values: &V, texts: &StringArena) -> String {
    let cells = V::COLUMNS.iter().map(|column| {
        let value = match (column.value)(values, texts) {
            Value::Int(number) => Json::from(number),
            Value::Text(text) => Json::from(text),
            Value::Null | Value::Bool(_) | Value::Uuid(_) | Value::Blob(_) => Json::Null,
        };
        (column.name.to_owned(), value)
    });
    Json::Object(cells.collect::<Map<_, _>>()).to_string()
}

fn from_json<V: StorableEntity>(json: &str, texts: &mut StringArena) -> Result<V, StoreError> {
    let object = serde_json::from_str(json).map_err(|error| {
        StoreError::Unusable(format!("an entry of the change log is not valid JSON: {error}"))
    })?;
    V::read(&JsonCells { object, name_of: |column| V::COLUMNS[column].name }, 0, texts)
}

/// The time of a change; `None` for the 0 in rows by a version that did not note it.
fn noted_time(row: &dyn Cells, column: usize) -> Result<Option<Timestamp>, StoreError> {
    match row.long(column)? {
        0 => Ok(None),
        millis => time_of(millis).map(Some),
    }
}

struct JsonCells {
    object: Map<String, Json>,
    /// The name of a column.
    name_of: fn(usize) -> &'static str,
}

impl JsonCells {
    fn cell(&self, column: usize) -> Option<&Json> {
        self.object.get((self.name_of)(column))
    }
}

impl Cells for JsonCells {
    fn number(&self, column: usize) -> Result<u32, StoreError> {
        let number = self.cell(column).and_then(Json::as_u64).and_then(|number| u32::try_from(number).ok());
        number.ok_or_else(|| unexpected_type(column))
    }

    fn long(&self, column: usize) -> Result<i64, StoreError> {
        self.cell(column).and_then(Json::as_i64).ok_or_else(|| unexpected_type(column))
    }

    fn bool(&self, column: usize) -> Result<bool, StoreError> {
        self.cell(column).and_then(Json::as_bool).ok_or_else(|| unexpected_type(column))
    }

    fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.cell(column).and_then(Json::as_str).ok_or_else(|| unexpected_type(column))
    }
}
