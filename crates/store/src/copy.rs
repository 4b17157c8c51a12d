//! Copies a whole database into an empty one, of either engine: what a backup and a restore are.

use uuid::Uuid;

use crate::bulk::{self, Column, ColumnType};
use crate::engine::Store;
use crate::error::StoreError;
use crate::migrate::schema_lines;
use crate::tx::{Row, Tx, Value};

/// A value on its way from one database to the other.
enum Carried {
    Null,
    Int(i64),
    Bool(bool),
    Text(String),
    Uuid(Uuid),
}

/// Rows that are carried at once.
const PAGE: i64 = 20_000;

impl Store {
    /// Copies every row into `target`, which must have this version's schema and no district, in one transaction
    /// on each side; the number of rows.
    pub fn copy_into(&self, target: &Store) -> Result<u64, StoreError> {
        if !target.districts_list()?.is_empty() {
            return Err(StoreError::Unusable("the database to restore into is not empty".into()));
        }
        self.read(|from| {
            target.write(|to| {
                let mut copied = copy_table(from, to, "district", "id")?;
                for table in crate::TABLES_OF_A_DISTRICT {
                    copied += copy_table(from, to, table, "district")?;
                }
                next_district_in_tx(to)?;
                Ok(copied)
            })
        })
    }
}

fn copy_table(from: &mut Tx<'_>, to: &mut Tx<'_>, table: &str, first: &str) -> Result<u64, StoreError> {
    let columns = columns(table)?;
    let names = columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    let borrowed = columns.iter().map(|(name, kind)| (name.as_str(), *kind)).collect::<Vec<Column<'_>>>();
    let key = primary_key(table).unwrap_or(first);
    let query = format!("SELECT {names} FROM {table} ORDER BY {key} LIMIT $1 OFFSET $2");
    let mut copied = 0;
    loop {
        let page = from.rows(&query, &[PAGE.into(), Value::Int(copied)], |row| carry(row, &borrowed))?;
        let rows = page.len() as i64;
        bulk::insert(to, table, &[], &borrowed, page.iter(), |cells, row| {
            row.extend(cells.iter().map(Carried::value))
        })?;
        copied += rows;
        if rows < PAGE {
            return Ok(copied.unsigned_abs());
        }
    }
}

impl Carried {
    fn value(&self) -> Value<'_> {
        match self {
            Carried::Null => Value::Null,
            Carried::Int(number) => Value::Int(*number),
            Carried::Bool(yes) => Value::Bool(*yes),
            Carried::Text(text) => Value::Text(text),
            Carried::Uuid(id) => Value::Uuid(*id),
        }
    }
}

fn carry(row: &Row<'_>, columns: &[Column<'_>]) -> Result<Vec<Carried>, StoreError> {
    let cell = |(at, (_, kind)): (usize, &Column<'_>)| {
        Ok(match kind {
            ColumnType::Int4 | ColumnType::Int8 => row.maybe_int(at)?.map_or(Carried::Null, Carried::Int),
            ColumnType::Text => row.maybe_text(at)?.map_or(Carried::Null, Carried::Text),
            ColumnType::Bool => Carried::Bool(row.bool(at)?),
            ColumnType::Uuid => Carried::Uuid(row.uuid(at)?),
        })
    };
    columns.iter().enumerate().map(cell).collect()
}

/// The lines between `CREATE TABLE name (` and its end.
fn table_lines(table: &str) -> impl Iterator<Item = &'static str> {
    let opening = format!("CREATE TABLE {table} (");
    let lines = schema_lines().skip_while(move |line| *line != opening);
    lines.skip(1).take_while(|line| !line.starts_with(')'))
}

/// Names and types of a table's columns, as the schema writes them.
fn columns(table: &str) -> Result<Vec<(String, ColumnType)>, StoreError> {
    let column = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.next()?.to_owned();
        let kind = match words.next()?.trim_end_matches(',') {
            "BIGINT" => ColumnType::Int8,
            "INTEGER" => ColumnType::Int4,
            "BOOLEAN" => ColumnType::Bool,
            "TEXT" => ColumnType::Text,
            "UUID" => ColumnType::Uuid,
            _ => return None,
        };
        Some((name, kind))
    };
    let added = format!("ALTER TABLE {table} ADD COLUMN ");
    let added = schema_lines().filter_map(|line| line.strip_prefix(&added));
    let columns = table_lines(table).chain(added).filter_map(column).collect::<Vec<_>>();
    if columns.is_empty() {
        return Err(StoreError::Unusable(format!("the schema has no table {table}")));
    }
    Ok(columns)
}

/// `district, number`: the columns of a table's primary key.
fn primary_key(table: &str) -> Option<&'static str> {
    table_lines(table).find_map(|line| line.trim().strip_prefix("PRIMARY KEY (")?.strip_suffix(')'))
}

/// PostgreSQL counts district ids in a sequence of its own, which copied rows have not moved.
fn next_district_in_tx(to: &mut Tx<'_>) -> Result<(), StoreError> {
    if to.engine() == crate::engine::EngineKind::Postgres {
        let sql =
            "SELECT setval(pg_get_serial_sequence('district', 'id'), greatest(max(id), 1)) FROM district";
        to.rows(sql, &[], |_| Ok::<_, StoreError>(()))?;
    }
    Ok(())
}
