//! A transaction on either engine, its parameters and its rows.

use std::fmt::Display;
use std::str::FromStr;

use homeroom_model::ids::BlobId;
use jiff::Timestamp;
use jiff::civil::Date;
use postgres::types::{IsNull, ToSql, Type};
use rusqlite::types::{ToSqlOutput, ValueRef};
use uuid::Uuid;

use crate::engine::EngineKind;
use crate::error::StoreError;

/// A parameter of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// NULL.
    Null,
    /// A whole number of any width.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// Text.
    Text(&'a str),
    /// A UUID.
    Uuid(Uuid),
    /// A blob's id, kept as text.
    Blob(&'a BlobId),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Value::Text(text)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Value::Int(number)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Value::Int(number.into())
    }
}

impl From<Timestamp> for Value<'_> {
    /// Milliseconds since 1970-01-01 UTC, which is how every table keeps times.
    fn from(time: Timestamp) -> Self {
        Value::Int(time.as_millisecond())
    }
}

impl From<bool> for Value<'_> {
    fn from(yes: bool) -> Self {
        Value::Bool(yes)
    }
}

impl From<Uuid> for Value<'_> {
    fn from(id: Uuid) -> Self {
        Value::Uuid(id)
    }
}

impl<'a> From<&'a BlobId> for Value<'a> {
    fn from(id: &'a BlobId) -> Self {
        Value::Blob(id)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Bool(yes) => ValueRef::Integer((*yes).into()),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Uuid(id) => ValueRef::Blob(id.as_bytes()),
            Value::Blob(id) => return Ok(id.to_string().into()),
        }))
    }
}

type ToSqlResult = Result<IsNull, Box<dyn std::error::Error + Sync + Send>>;

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut postgres::types::private::BytesMut) -> ToSqlResult {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(number) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
            Value::Int(number) => number.to_sql(kind, out),
            Value::Bool(yes) => yes.to_sql(kind, out),
            Value::Text(text) => text.to_sql(kind, out),
            Value::Uuid(id) => id.to_sql(kind, out),
            Value::Blob(id) => id.to_string().to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT4, Type::INT8, Type::BOOL, Type::TEXT, Type::UUID].contains(kind)
    }

    postgres::types::to_sql_checked!();
}

/// A row of a query's result; columns count from 0.
pub(crate) struct Row<'r>(EngineRow<'r>);

enum EngineRow<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r postgres::Row),
}

impl Row<'_> {
    /// A whole number.
    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.maybe_int(column)?.ok_or_else(|| missing(column))
    }

    /// A whole number, or NULL.
    pub(crate) fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        Ok(match self.0 {
            EngineRow::Sqlite(row) => row.get(column)?,
            EngineRow::Postgres(row) if *row.columns()[column].type_() == Type::INT4 => {
                row.try_get::<_, Option<i32>>(column)?.map(i64::from)
            }
            EngineRow::Postgres(row) => row.try_get(column)?,
        })
    }

    /// A time.
    pub(crate) fn time(&self, column: usize) -> Result<Timestamp, StoreError> {
        self.maybe_time(column)?.ok_or_else(|| missing(column))
    }

    /// A time, or NULL.
    pub(crate) fn maybe_time(&self, column: usize) -> Result<Option<Timestamp>, StoreError> {
        self.maybe_int(column)?.map(time_of).transpose()
    }

    /// A day, kept as `2026-11-24`.
    pub(crate) fn date(&self, column: usize) -> Result<Date, StoreError> {
        self.word(column)
    }

    /// Yes or no.
    pub(crate) fn bool(&self, column: usize) -> Result<bool, StoreError> {
        Ok(match self.0 {
            EngineRow::Sqlite(row) => row.get(column)?,
            EngineRow::Postgres(row) => row.try_get(column)?,
        })
    }

    /// Text.
    pub(crate) fn text(&self, column: usize) -> Result<String, StoreError> {
        self.maybe_text(column)?.ok_or_else(|| missing(column))
    }

    /// Text, or NULL.
    pub(crate) fn maybe_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        Ok(match self.0 {
            EngineRow::Sqlite(row) => row.get(column)?,
            EngineRow::Postgres(row) => row.try_get(column)?,
        })
    }

    /// A UUID.
    pub(crate) fn uuid(&self, column: usize) -> Result<Uuid, StoreError> {
        Ok(match self.0 {
            EngineRow::Sqlite(row) => Uuid::from_bytes(row.get::<_, [u8; 16]>(column)?),
            EngineRow::Postgres(row) => row.try_get(column)?,
        })
    }

    /// A blob's id.
    pub(crate) fn blob(&self, column: usize) -> Result<BlobId, StoreError> {
        self.word(column)
    }

    /// A blob's id, or NULL.
    pub(crate) fn maybe_blob(&self, column: usize) -> Result<Option<BlobId>, StoreError> {
        self.maybe_text(column)?.map(|text| parse_word(&text)).transpose()
    }

    /// A value that is kept as a word: a state, a stage, a mode.
    pub(crate) fn word<W: FromStr<Err: Display>>(&self, column: usize) -> Result<W, StoreError> {
        parse_word(&self.text(column)?)
    }
}

fn parse_word<W: FromStr<Err: Display>>(text: &str) -> Result<W, StoreError> {
    text.parse().map_err(|error: W::Err| StoreError::Unusable(error.to_string()))
}

/// The time that is `millis` milliseconds after 1970-01-01 UTC.
pub(crate) fn time_of(millis: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis)
        .map_err(|error| StoreError::Unusable(format!("the database has an impossible time: {error}")))
}

fn missing(column: usize) -> StoreError {
    StoreError::Unusable(format!("column {column} of a row is NULL, which it must not be"))
}

/// A transaction. It is committed when the closure that received it returns `Ok`.
pub struct Tx<'c>(pub(crate) EngineTx<'c>);

pub(crate) enum EngineTx<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(postgres::Transaction<'c>),
}

impl Tx<'_> {
    /// Which engine this is; for the few statements that differ.
    pub(crate) fn engine(&self) -> EngineKind {
        match self.0 {
            EngineTx::Sqlite(_) => EngineKind::Sqlite,
            EngineTx::Postgres(_) => EngineKind::Postgres,
        }
    }

    /// Runs a statement whose parameters are written `$1`, `$2` …. Returns the number of rows it changed.
    pub(crate) fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        match &mut self.0 {
            EngineTx::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(&sqlite_parameters(sql))?;
                Ok(statement.execute(rusqlite::params_from_iter(values))? as u64)
            }
            EngineTx::Postgres(transaction) => Ok(transaction.execute(sql, &as_params(values))?),
        }
    }

    /// Runs a query and turns each row into a value.
    pub(crate) fn rows<T, E: From<StoreError>>(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, E>,
    ) -> Result<Vec<T>, E> {
        let mut found = Vec::new();
        match &mut self.0 {
            EngineTx::Sqlite(connection) => {
                let mut statement =
                    connection.prepare_cached(&sqlite_parameters(sql)).map_err(StoreError::from)?;
                let mut rows =
                    statement.query(rusqlite::params_from_iter(values)).map_err(StoreError::from)?;
                while let Some(row) = rows.next().map_err(StoreError::from)? {
                    found.push(read(&Row(EngineRow::Sqlite(row)))?);
                }
            }
            EngineTx::Postgres(transaction) => {
                for row in &transaction.query(sql, &as_params(values)).map_err(StoreError::from)? {
                    found.push(read(&Row(EngineRow::Postgres(row)))?);
                }
            }
        }
        Ok(found)
    }

    /// The first row of a query, if there is one.
    pub(crate) fn row<T, E: From<StoreError>>(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        Ok(self.rows(sql, values, read)?.into_iter().next())
    }
}

/// Turns PostgreSQL's `$1` into SQLite's `?1`. Statements contain no other dollar sign.
pub(crate) fn sqlite_parameters(sql: &str) -> String {
    sql.replace('$', "?")
}

fn as_params<'v>(values: &'v [Value<'v>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}
