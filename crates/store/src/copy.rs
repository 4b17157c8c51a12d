//! Copies a whole database into an empty one of either engine, for backup and restore.

use uuid::Uuid;

use crate::bulk::{self, Column, ColumnType, WrittenColumn};
use crate::engine::Store;
use crate::error::StoreError;
use crate::schema::{TableColumn, primary_key, tables_in_tx};
use crate::tx::{Row, Tx, Value};

/// A value on its way from one database to the other.
enum Carried {
    Null,
    Int(i64),
    Bool(bool),
    Text(String),
    Uuid(Uuid),
}

/// Rows that are copied at once.
const PAGE: i64 = 20_000;

impl Store {
    /// Copies every row into `target`, in one transaction on each side. The target must have this version's schema, and never have had
    /// a district: its audit log is not replaced by another one. Returns the number of rows.
    pub fn copy_into(&self, target: &Store) -> Result<u64, StoreError> {
        if !target.districts_list()?.is_empty() || !target.installation_audit_list()?.is_empty() {
            return Err(StoreError::Unusable(
                "the database to restore into is not empty: name a new data folder, or a new database".into(),
            ));
        }
        self.read(|from| {
            target.write(|to| {
                // Types are the target's: SQLite calls a district's id INTEGER, whatever its width.
                let tables = tables_in_tx(to)?;
                let mut copied = 0;
                for table in ["district"].iter().chain(crate::TABLES_OF_A_DISTRICT) {
                    let columns = tables
                        .get(*table)
                        .ok_or_else(|| StoreError::Unusable(format!("the database has no table {table}")))?;
                    copied += copy_table(from, to, table, columns)?;
                }
                next_district_in_tx(to)?;
                Ok(copied)
            })
        })
    }
}

fn copy_table(
    from: &mut Tx<'_>,
    to: &mut Tx<'_>,
    table: &str,
    columns: &[TableColumn],
) -> Result<u64, StoreError> {
    let column = |column: &TableColumn| Ok::<_, StoreError>((column.name.clone(), column.column_type()?));
    let named = columns.iter().map(column).collect::<Result<Vec<_>, _>>()?;
    let columns_of_row = named.iter().map(|(name, kind)| (name.as_str(), *kind)).collect::<Vec<Column<'_>>>();
    let names = columns_of_row.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let key = primary_key(columns).join(", ");
    let query = format!("SELECT {names} FROM {table} ORDER BY {key} LIMIT $1 OFFSET $2");
    let mut copied = 0;
    loop {
        let page =
            from.rows(&query, &[PAGE.into(), Value::Int(copied)], |row| carry(row, &columns_of_row))?;
        let rows = page.len() as i64;
        let written = columns_of_row.iter().enumerate();
        let written = written
            .map(|(at, column)| WrittenColumn::new(*column, move |row: &Vec<Carried>| row[at].value()));
        bulk::insert(to, table, &[], &written.collect::<Vec<_>>(), page.iter())?;
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

/// Moves PostgreSQL's sequence of district ids past the copied ones.
fn next_district_in_tx(to: &mut Tx<'_>) -> Result<(), StoreError> {
    if to.engine() == crate::engine::EngineKind::Postgres {
        let sql =
            "SELECT setval(pg_get_serial_sequence('district', 'id'), greatest(max(id), 1)) FROM district";
        to.rows(sql, &[], |_| Ok::<_, StoreError>(()))?;
    }
    Ok(())
}
