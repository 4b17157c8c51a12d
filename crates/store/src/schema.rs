//! The tables and columns of a database, as its engine reports them.

use std::collections::BTreeMap;

use crate::bulk::ColumnType;
use crate::engine::{EngineKind, Store};
use crate::error::StoreError;
use crate::tx::Tx;

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// Its name.
    pub name: String,
    /// `BIGINT`, `INTEGER`, `BOOLEAN`, `TEXT` or `UUID`.
    pub sql_type: String,
    /// Its position in the primary key, from 1; `None` when it is not part of it.
    pub key: Option<i64>,
}

/// The columns of each table, in order, by the table's name.
pub type Tables = BTreeMap<String, Vec<TableColumn>>;

impl Store {
    /// Every table of the database.
    pub fn tables(&self) -> Result<Tables, StoreError> {
        self.read(tables_in_tx)
    }
}

/// Every table of the database.
pub(crate) fn tables_in_tx(tx: &mut Tx<'_>) -> Result<Tables, StoreError> {
    let query = match tx.engine() {
        EngineKind::Sqlite => {
            "SELECT m.name, c.name, upper(c.type), c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid"
        }
        EngineKind::Postgres => {
            "SELECT c.table_name::text, c.column_name::text, upper(c.data_type::text), coalesce((
               SELECT k.ordinal_position::bigint FROM information_schema.key_column_usage k
               JOIN information_schema.table_constraints t ON t.constraint_schema = k.constraint_schema
                 AND t.constraint_name = k.constraint_name AND t.table_name = k.table_name
               WHERE t.constraint_type = 'PRIMARY KEY' AND k.table_schema = c.table_schema
                 AND k.table_name = c.table_name AND k.column_name = c.column_name), 0)
             FROM information_schema.columns c
             WHERE c.table_schema = current_schema() ORDER BY c.table_name, c.ordinal_position"
        }
    };
    let columns = tx.rows(query, &[], |row| {
        let key = Some(row.int(3)?).filter(|position| *position > 0);
        Ok::<_, StoreError>((row.text(0)?, TableColumn { name: row.text(1)?, sql_type: row.text(2)?, key }))
    })?;
    let mut tables = Tables::new();
    for (table, column) in columns {
        tables.entry(table).or_default().push(column);
    }
    Ok(tables)
}

/// Whether the database has a table.
pub(crate) fn has_table_in_tx(tx: &mut Tx<'_>, table: &str) -> Result<bool, StoreError> {
    let query = match tx.engine() {
        EngineKind::Sqlite => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1",
        EngineKind::Postgres => {
            "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = $1::text"
        }
    };
    Ok(tx.row(query, &[table.into()], |_| Ok::<_, StoreError>(()))?.is_some())
}

impl TableColumn {
    pub(crate) fn column_type(&self) -> Result<ColumnType, StoreError> {
        Ok(match self.sql_type.as_str() {
            "BIGINT" => ColumnType::Int8,
            "INTEGER" => ColumnType::Int4,
            "BOOLEAN" => ColumnType::Bool,
            "TEXT" => ColumnType::Text,
            "UUID" => ColumnType::Uuid,
            other => {
                return Err(StoreError::Unusable(format!(
                    "column {} has the unknown type {other}",
                    self.name
                )));
            }
        })
    }
}

/// The columns of a table's primary key, in its order.
pub(crate) fn primary_key(columns: &[TableColumn]) -> Vec<&str> {
    let mut key = columns.iter().filter(|column| column.key.is_some()).collect::<Vec<_>>();
    key.sort_by_key(|column| column.key);
    key.into_iter().map(|column| column.name.as_str()).collect()
}
