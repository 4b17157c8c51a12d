//! The log of changes: what a run changed, with the values before.
//!
//! What a run created needs no entry: its rows say `created_run`.

use std::collections::HashSet;

use homeroom_model::changes::{Before, ChangedEntity, ChangedLink, RunChanges};
use homeroom_model::ids::RunNumber;
use homeroom_model::roster::Link;
use homeroom_model::texts::Texts;
use serde_json::{Map, Value as Json};

use super::kept::{KeptEntity, KeptLink};
use super::load::kind_word;
use crate::bulk::{self, Cells, Column, ColumnType, not_as_asked};
use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::tx::{Tx, Value};

/// What a run did to something that was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Changed values.
    Update,
    /// Switched off, ended.
    Deactivate,
    /// Switched on, in force again.
    Reactivate,
}

impl Operation {
    fn word(self) -> &'static str {
        match self {
            Operation::Update => "update",
            Operation::Deactivate => "deactivate",
            Operation::Reactivate => "reactivate",
        }
    }
}

/// Numbers of things (or links) with the run that is to stand as their last change.
pub type RestoredRuns<T> = Vec<(T, RunNumber)>;

const COLUMNS: &[Column<'static>] = &[
    ("position", ColumnType::Int4),
    ("number", ColumnType::Int4),
    ("person", ColumnType::Int4),
    ("changed_before", ColumnType::Int4),
    ("before", ColumnType::Text),
];

/// One entry on its way into the log.
struct Entry {
    number: u32,
    person: u32,
    changed_before: u32,
    before: Option<String>,
}

/// Numbers in one statement.
const CHUNK: usize = 5_000;

impl DistrictStore {
    /// Writes into the log how things are now, before `operation` changes them.
    pub fn changes_log_in_tx<V: KeptEntity>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        operation: Operation,
        numbers: &[u32],
    ) -> Result<(), StoreError> {
        let names = V::COLUMNS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let mut entries = Vec::with_capacity(numbers.len());
        for some in numbers.chunks(CHUNK) {
            let list = some.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
            let query = format!(
                "SELECT number, changed_run, {names} FROM {} WHERE district = {} AND number IN ({list})",
                V::TABLE,
                self.id().0
            );
            bulk::load(tx, &query, |row| {
                let mut texts = Texts::default();
                let values = V::read(row, 2, &mut texts)?;
                entries.push(Entry {
                    number: row.number(0)?,
                    person: 0,
                    changed_before: row.number(1)?,
                    before: Some(as_json(&values, &texts)),
                });
                Ok(())
            })?;
        }
        self.entries_add_in_tx(tx, run, kind_word(V::KIND), operation, &entries)
    }

    /// Writes into the log how links are now, before `operation` changes them.
    pub fn changes_log_links_in_tx(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        kind: KeptLink,
        operation: Operation,
        links: &[Link],
    ) -> Result<(), StoreError> {
        let mut entries = Vec::with_capacity(links.len());
        for some in links.chunks(CHUNK) {
            let list =
                some.iter().map(|link| format!("({},{})", link.class, link.person)).collect::<Vec<_>>();
            let (table, person) = (kind.table(), kind.person());
            let query = format!(
                "SELECT class, {person}, changed_run FROM {table}
                 WHERE district = {} AND (class, {person}) IN (VALUES {})",
                self.id().0,
                list.join(",")
            );
            bulk::load(tx, &query, |row| {
                entries.push(Entry {
                    number: row.number(0)?,
                    person: row.number(1)?,
                    changed_before: row.number(2)?,
                    before: None,
                });
                Ok(())
            })?;
        }
        self.entries_add_in_tx(tx, run, kind.table(), operation, &entries)
    }

    fn entries_add_in_tx(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        kind: &'static str,
        operation: Operation,
        entries: &[Entry],
    ) -> Result<(), StoreError> {
        let district = self.id().0;
        let last = tx.row(
            "SELECT max(position) FROM roster_change WHERE district = $1 AND run = $2",
            &[district.into(), run.0.into()],
            |row| row.maybe_int(0),
        )?;
        let first = last.flatten().unwrap_or(0) + 1;
        let fixed = [
            (("district", ColumnType::Int8), district.into()),
            (("run", ColumnType::Int4), run.0.into()),
            (("kind", ColumnType::Text), kind.into()),
            (("operation", ColumnType::Text), operation.word().into()),
        ];
        bulk::insert(tx, "roster_change", &fixed, COLUMNS, entries.iter().enumerate(), |(at, entry), row| {
            row.extend([
                Value::Int(first + at as i64),
                entry.number.into(),
                entry.person.into(),
                entry.changed_before.into(),
                entry.before.as_ref().into(),
            ] as [Value<'_>; 5]);
        })
    }

    /// Everything that a run changed, as it was before the run and as it is now.
    pub fn changes_of_run(&self, run: RunNumber) -> Result<RunChanges, StoreError> {
        self.store().read(|tx| {
            let mut changes =
                RunChanges { version: self.settings_in_tx(tx)?.roster_version, ..RunChanges::default() };
            let texts = &mut changes.texts;
            changes.schools = self.entities_of_run_in_tx(tx, run, texts)?;
            changes.classes = self.entities_of_run_in_tx(tx, run, texts)?;
            changes.teachers = self.entities_of_run_in_tx(tx, run, texts)?;
            changes.students = self.entities_of_run_in_tx(tx, run, texts)?;
            changes.teachings = self.links_of_run_in_tx(tx, run, KeptLink::Teaching)?;
            changes.enrollments = self.links_of_run_in_tx(tx, run, KeptLink::Enrollment)?;
            Ok(changes)
        })
    }

    fn entities_of_run_in_tx<V: KeptEntity>(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        texts: &mut Texts,
    ) -> Result<Vec<ChangedEntity<V>>, StoreError> {
        let (district, run, table) = (self.id().0, run.0, V::TABLE);
        let mut changed = Vec::new();
        let mut seen = HashSet::new();
        let created = format!(
            "SELECT number, active, changed_run FROM {table} WHERE district = {district} AND created_run = {run}
             ORDER BY number"
        );
        bulk::load(tx, &created, |row| {
            let number = row.number(0)?;
            seen.insert(number);
            changed.push(ChangedEntity {
                number,
                before: None,
                active: row.bool(1)?,
                changed_run: run_number(row, 2)?,
            });
            Ok(())
        })?;
        let logged = format!(
            "SELECT c.number, t.active, t.changed_run, c.operation, c.changed_before, c.before
             FROM roster_change c JOIN {table} t ON t.district = c.district AND t.number = c.number
             WHERE c.district = {district} AND c.run = {run} AND c.kind = '{}' ORDER BY c.position",
            kind_word(V::KIND)
        );
        bulk::load(tx, &logged, |row| {
            let number = row.number(0)?;
            if seen.insert(number) {
                let before = Before {
                    active: row.text(3)? != Operation::Reactivate.word(),
                    values: of_json::<V>(row.text(5)?, texts)?,
                    changed_run: run_number(row, 4)?,
                };
                let (active, changed_run) = (row.bool(1)?, run_number(row, 2)?);
                changed.push(ChangedEntity { number, before: Some(before), active, changed_run });
            }
            Ok(())
        })?;
        Ok(changed)
    }

    fn links_of_run_in_tx(
        &self,
        tx: &mut Tx<'_>,
        run: RunNumber,
        kind: KeptLink,
    ) -> Result<Vec<ChangedLink>, StoreError> {
        let (district, run, table, person) = (self.id().0, run.0, kind.table(), kind.person());
        let mut changed = Vec::new();
        let mut seen = HashSet::new();
        let created = format!(
            "SELECT class, {person}, active, changed_run FROM {table}
             WHERE district = {district} AND created_run = {run} ORDER BY class, {person}"
        );
        bulk::load(tx, &created, |row| {
            let link = Link { class: row.number(0)?, person: row.number(1)? };
            seen.insert(link);
            let (active, changed_run) = (row.bool(2)?, run_number(row, 3)?);
            changed.push(ChangedLink { link, before: None, active, changed_run });
            Ok(())
        })?;
        let logged = format!(
            "SELECT c.number, c.person, t.active, t.changed_run, c.operation, c.changed_before
             FROM roster_change c
             JOIN {table} t ON t.district = c.district AND t.class = c.number AND t.{person} = c.person
             WHERE c.district = {district} AND c.run = {run} AND c.kind = '{table}' ORDER BY c.position"
        );
        bulk::load(tx, &logged, |row| {
            let link = Link { class: row.number(0)?, person: row.number(1)? };
            if seen.insert(link) {
                let before = Some((row.text(4)? != Operation::Reactivate.word(), run_number(row, 5)?));
                let (active, changed_run) = (row.bool(2)?, run_number(row, 3)?);
                changed.push(ChangedLink { link, before, active, changed_run });
            }
            Ok(())
        })?;
        Ok(changed)
    }

    /// After an undo: things carry the run again that had changed them before the one that was undone.
    pub fn changed_run_restore_in_tx<V: KeptEntity>(
        &self,
        tx: &mut Tx<'_>,
        restored: &RestoredRuns<u32>,
    ) -> Result<(), StoreError> {
        let district = self.id().0;
        let columns =
            [("district", ColumnType::Int8), ("number", ColumnType::Int4), ("changed_run", ColumnType::Int4)];
        bulk::update(tx, V::TABLE, &columns, 2, restored.iter(), |(number, run), row| {
            row.extend([district.into(), (*number).into(), run.0.into()] as [Value<'_>; 3]);
        })
    }

    /// The same for links.
    pub fn changed_run_restore_links_in_tx(
        &self,
        tx: &mut Tx<'_>,
        kind: KeptLink,
        restored: &RestoredRuns<Link>,
    ) -> Result<(), StoreError> {
        let district = self.id().0;
        let columns = [
            ("district", ColumnType::Int8),
            ("class", ColumnType::Int4),
            (kind.person(), ColumnType::Int4),
            ("changed_run", ColumnType::Int4),
        ];
        bulk::update(tx, kind.table(), &columns, 3, restored.iter(), |(link, run), row| {
            row.extend(
                [district.into(), link.class.into(), link.person.into(), run.0.into()] as [Value<'_>; 4]
            );
        })
    }
}

fn run_number(row: &dyn Cells, column: usize) -> Result<RunNumber, StoreError> {
    Ok(RunNumber(row.number(column)?.into()))
}

/// `{"email":"…","grade":"05"}`: a thing's values by the names of their columns.
fn as_json<V: KeptEntity>(values: &V, texts: &Texts) -> String {
    let mut row = Vec::with_capacity(V::COLUMNS.len());
    values.push(texts, &mut row);
    let cells = V::COLUMNS.iter().zip(row).map(|((name, _), value)| {
        let value = match value {
            Value::Int(number) => Json::from(number),
            Value::Text(text) => Json::from(text),
            Value::Null | Value::Bool(_) | Value::Uuid(_) => Json::Null,
        };
        ((*name).to_owned(), value)
    });
    Json::Object(cells.collect::<Map<_, _>>()).to_string()
}

fn of_json<V: KeptEntity>(json: &str, texts: &mut Texts) -> Result<V, StoreError> {
    let object = serde_json::from_str(json)
        .map_err(|error| StoreError::Unusable(format!("an entry of the change log is no JSON: {error}")))?;
    V::read(&JsonCells { object, columns: V::COLUMNS }, 0, texts)
}

struct JsonCells {
    object: Map<String, Json>,
    columns: &'static [Column<'static>],
}

impl JsonCells {
    fn cell(&self, column: usize) -> Option<&Json> {
        self.object.get(self.columns[column].0)
    }
}

impl Cells for JsonCells {
    fn number(&self, column: usize) -> Result<u32, StoreError> {
        let number = self.cell(column).and_then(Json::as_u64).and_then(|number| u32::try_from(number).ok());
        number.ok_or_else(|| not_as_asked(column))
    }

    fn bool(&self, column: usize) -> Result<bool, StoreError> {
        self.cell(column).and_then(Json::as_bool).ok_or_else(|| not_as_asked(column))
    }

    fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.cell(column).and_then(Json::as_str).ok_or_else(|| not_as_asked(column))
    }
}
