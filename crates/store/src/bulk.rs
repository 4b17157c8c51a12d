//! Writes and reads many rows in the fastest way of each engine: statements with many rows on SQLite, COPY on PostgreSQL.

use std::io::{BufRead, Read, Write};

use crate::error::StoreError;
use crate::tx::{EngineTx, Tx, Value};

/// A column's type on PostgreSQL, whose COPY needs the exact width of each value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    Int4,
    Int8,
    Bool,
    Text,
    Uuid,
}

/// A column by name and type.
pub(crate) type Column<'n> = (&'n str, ColumnType);

/// A column to write, and the value it takes from each item.
pub(crate) struct WrittenColumn<'a, 'v, I> {
    column: Column<'a>,
    value: Box<dyn Fn(I) -> Value<'v> + 'a>,
}

impl<'a, 'v, I> WrittenColumn<'a, 'v, I> {
    pub(crate) fn new(column: Column<'a>, value: impl Fn(I) -> Value<'v> + 'a) -> Self {
        WrittenColumn { column, value: Box::new(value) }
    }
}

/// Rows in one SQLite statement.
const ROWS_A_STATEMENT: usize = 40;

/// Inserts a row for each item: `fixed` columns have the same value in every row.
pub(crate) fn insert<'v, I: Copy>(
    tx: &mut Tx<'_>,
    table: &str,
    fixed: &[(Column<'_>, Value<'v>)],
    written: &[WrittenColumn<'_, 'v, I>],
    items: impl ExactSizeIterator<Item = I>,
) -> Result<(), StoreError> {
    if items.len() == 0 {
        return Ok(());
    }
    let columns = fixed.iter().map(|(column, _)| *column).chain(written.iter().map(|written| written.column));
    let columns = columns.collect::<Vec<_>>();
    let into = format!("{table} ({})", names(&columns, ","));
    let fixed = fixed.iter().map(|(_, value)| *value).collect::<Vec<_>>();
    match &mut tx.0 {
        EngineTx::Sqlite(connection) => insert_sqlite(connection, &into, &fixed, written, items),
        EngineTx::Postgres(transaction) => {
            let row = |item: I, row: &mut Vec<Value<'v>>| {
                row.extend_from_slice(&fixed);
                row.extend(written.iter().map(|written| (written.value)(item)));
            };
            copy_in(transaction, &into, &columns, items, row)
        }
    }
}

fn insert_sqlite<'v, I: Copy>(
    connection: &rusqlite::Connection,
    into: &str,
    fixed: &[Value<'v>],
    written: &[WrittenColumn<'_, 'v, I>],
    items: impl ExactSizeIterator<Item = I>,
) -> Result<(), StoreError> {
    let statement = |rows: usize| {
        let row = |at: usize| {
            let own = fixed.len() + at * written.len() + 1;
            let places = (1..=fixed.len()).chain(own..own + written.len());
            format!("({})", places.map(|place| format!("?{place}")).collect::<Vec<_>>().join(","))
        };
        let rows = (0..rows).map(row).collect::<Vec<_>>().join(",");
        format!("INSERT INTO {into} VALUES {rows}")
    };
    let mut many = connection.prepare_cached(&statement(ROWS_A_STATEMENT))?;
    let mut block = fixed.to_vec();
    for item in items {
        block.extend(written.iter().map(|written| (written.value)(item)));
        if block.len() == fixed.len() + ROWS_A_STATEMENT * written.len() {
            execute(&mut many, &block)?;
            block.truncate(fixed.len());
        }
    }
    if block.len() > fixed.len() {
        let rows = (block.len() - fixed.len()) / written.len();
        execute(&mut connection.prepare(&statement(rows))?, &block)?;
    }
    Ok(())
}

/// Updates a row for each item: the columns of `keys` find it, those of `set` are written.
pub(crate) fn update<'v, I: Copy>(
    tx: &mut Tx<'_>,
    table: &str,
    keys: &[WrittenColumn<'_, 'v, I>],
    set: &[WrittenColumn<'_, 'v, I>],
    items: impl ExactSizeIterator<Item = I>,
) -> Result<(), StoreError> {
    if items.len() == 0 {
        return Ok(());
    }
    let columns = keys.iter().chain(set).map(|written| written.column).collect::<Vec<_>>();
    let fill = |item: I, row: &mut Vec<Value<'v>>| {
        row.extend(keys.iter().chain(set).map(|written| (written.value)(item)));
    };
    match &mut tx.0 {
        EngineTx::Sqlite(connection) => {
            let pairs = |range: std::ops::Range<usize>, join: &str| {
                range.map(|at| format!("{} = ?{}", columns[at].0, at + 1)).collect::<Vec<_>>().join(join)
            };
            let (set, found) = (pairs(keys.len()..columns.len(), ", "), pairs(0..keys.len(), " AND "));
            let mut statement =
                connection.prepare_cached(&format!("UPDATE {table} SET {set} WHERE {found}"))?;
            let mut row = Vec::with_capacity(columns.len());
            for item in items {
                row.clear();
                fill(item, &mut row);
                execute(&mut statement, &row)?;
            }
        }
        EngineTx::Postgres(transaction) => {
            let pairs = |of: &str, written: &[WrittenColumn<'_, 'v, I>], join: &str| {
                let pair = |written: &WrittenColumn<'_, 'v, I>| format!("{of}{0} = n.{0}", written.column.0);
                written.iter().map(pair).collect::<Vec<_>>().join(join)
            };
            let (set, found) = (pairs("", set, ", "), pairs("t.", keys, " AND "));
            let names = names(&columns, ", ");
            transaction.batch_execute(&format!(
                "CREATE TEMP TABLE new_values ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"
            ))?;
            copy_in(transaction, &format!("new_values ({names})"), &columns, items, fill)?;
            transaction.batch_execute(&format!(
                "ANALYZE new_values; UPDATE {table} t SET {set} FROM new_values n WHERE {found}; DROP TABLE new_values"
            ))?;
        }
    }
    Ok(())
}

fn names(columns: &[Column<'_>], join: &str) -> String {
    columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(join)
}

fn execute(statement: &mut rusqlite::Statement<'_>, values: &[Value<'_>]) -> Result<(), StoreError> {
    for (at, value) in values.iter().enumerate() {
        statement.raw_bind_parameter(at + 1, value)?;
    }
    statement.raw_execute()?;
    Ok(())
}

/// A row of a bulk load; columns count from 0.
pub(crate) enum LoadedRow<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r CopiedRow),
}

/// The cells of a row of any source; columns count from 0.
pub trait Cells {
    fn number(&self, column: usize) -> Result<u32, StoreError>;
    fn long(&self, column: usize) -> Result<i64, StoreError>;
    fn bool(&self, column: usize) -> Result<bool, StoreError>;
    fn text(&self, column: usize) -> Result<&str, StoreError>;
}

impl Cells for LoadedRow<'_> {
    fn number(&self, column: usize) -> Result<u32, StoreError> {
        Ok(match self {
            LoadedRow::Sqlite(row) => row.get(column)?,
            LoadedRow::Postgres(row) => {
                let bytes = row.field(column).try_into().map_err(|_| unexpected_type(column))?;
                u32::try_from(i32::from_be_bytes(bytes)).map_err(|_| unexpected_type(column))?
            }
        })
    }

    fn long(&self, column: usize) -> Result<i64, StoreError> {
        Ok(match self {
            LoadedRow::Sqlite(row) => row.get(column)?,
            LoadedRow::Postgres(row) => {
                i64::from_be_bytes(row.field(column).try_into().map_err(|_| unexpected_type(column))?)
            }
        })
    }

    fn bool(&self, column: usize) -> Result<bool, StoreError> {
        Ok(match self {
            LoadedRow::Sqlite(row) => row.get(column)?,
            LoadedRow::Postgres(row) => row.field(column) == [1],
        })
    }

    fn text(&self, column: usize) -> Result<&str, StoreError> {
        let bytes = match self {
            LoadedRow::Sqlite(row) => match row.get_ref(column)? {
                rusqlite::types::ValueRef::Text(bytes) => bytes,
                _ => return Err(unexpected_type(column)),
            },
            LoadedRow::Postgres(row) => row.field(column),
        };
        std::str::from_utf8(bytes).map_err(|_| unexpected_type(column))
    }
}

pub(crate) fn unexpected_type(column: usize) -> StoreError {
    StoreError::Unusable(format!("column {column} of a bulk load does not have the expected type"))
}

/// Passes every row of a query without parameters to `take`.
pub(crate) fn load(
    tx: &mut Tx<'_>,
    query: &str,
    mut take: impl FnMut(&LoadedRow<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    match &mut tx.0 {
        EngineTx::Sqlite(connection) => {
            let mut statement = connection.prepare_cached(query)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                take(&LoadedRow::Sqlite(row))?;
            }
        }
        EngineTx::Postgres(transaction) => {
            let mut reader = transaction.copy_out(&format!("COPY ({query}) TO STDOUT (FORMAT binary)"))?;
            let mut row = CopiedRow::default();
            row.skip_header(&mut reader)?;
            while row.next(&mut reader)? {
                take(&LoadedRow::Postgres(&row))?;
            }
        }
    }
    Ok(())
}

/// PostgreSQL's binary COPY format (its manual, "COPY", "Binary Format"): a header, then for each row the
/// number of fields and each field with its length.
#[derive(Default)]
pub(crate) struct CopiedRow {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";

impl CopiedRow {
    fn field(&self, column: usize) -> &[u8] {
        let start = if column == 0 { 0 } else { self.ends[column - 1] };
        &self.bytes[start..self.ends[column]]
    }

    fn skip_header(&mut self, reader: &mut impl Read) -> Result<(), StoreError> {
        let mut header = [0; 19];
        reader.read_exact(&mut header).map_err(StoreError::io("reading from PostgreSQL"))?;
        if header[..11] != SIGNATURE[..] {
            return Err(StoreError::Unusable("PostgreSQL sent something other than binary COPY".into()));
        }
        Ok(())
    }

    fn next(&mut self, reader: &mut impl BufRead) -> Result<bool, StoreError> {
        let broken = || StoreError::io("reading from PostgreSQL");
        let mut count = [0; 2];
        reader.read_exact(&mut count).map_err(broken())?;
        let Ok(count) = usize::try_from(i16::from_be_bytes(count)) else { return Ok(false) };
        self.bytes.clear();
        self.ends.clear();
        for _ in 0..count {
            let mut length = [0; 4];
            reader.read_exact(&mut length).map_err(broken())?;
            let length = usize::try_from(i32::from_be_bytes(length)).unwrap_or(0);
            let start = self.bytes.len();
            self.bytes.resize(start + length, 0);
            reader.read_exact(&mut self.bytes[start..]).map_err(broken())?;
            self.ends.push(self.bytes.len());
        }
        Ok(true)
    }
}

fn copy_in<'v, I>(
    transaction: &mut postgres::Transaction<'_>,
    into: &str,
    columns: &[Column<'_>],
    items: impl Iterator<Item = I>,
    mut values: impl FnMut(I, &mut Vec<Value<'v>>),
) -> Result<(), StoreError> {
    const BLOCK: usize = 1 << 18;
    let broken = || StoreError::io("writing to PostgreSQL");
    let mut writer = transaction.copy_in(&format!("COPY {into} FROM STDIN (FORMAT binary)"))?;
    let mut bytes = Vec::with_capacity(BLOCK + (1 << 16));
    bytes.extend_from_slice(SIGNATURE);
    bytes.extend_from_slice(&[0; 8]);
    let mut row = Vec::with_capacity(columns.len());
    for item in items {
        row.clear();
        values(item, &mut row);
        bytes.extend_from_slice(&(columns.len() as i16).to_be_bytes());
        for (value, (name, kind)) in row.iter().zip(columns) {
            push_field(&mut bytes, *value, *kind).ok_or_else(|| {
                StoreError::Unusable(format!("a value does not fit column {name} of {into}"))
            })?;
        }
        if bytes.len() >= BLOCK {
            writer.write_all(&bytes).map_err(broken())?;
            bytes.clear();
        }
    }
    bytes.extend_from_slice(&(-1_i16).to_be_bytes());
    writer.write_all(&bytes).map_err(broken())?;
    writer.finish()?;
    Ok(())
}

fn push_field(bytes: &mut Vec<u8>, value: Value<'_>, kind: ColumnType) -> Option<()> {
    let mut push = |field: &[u8]| {
        bytes.extend_from_slice(&i32::try_from(field.len()).ok()?.to_be_bytes());
        bytes.extend_from_slice(field);
        Some(())
    };
    match (value, kind) {
        (Value::Null, _) => {
            bytes.extend_from_slice(&(-1_i32).to_be_bytes());
            Some(())
        }
        (Value::Int(number), ColumnType::Int4) => push(&i32::try_from(number).ok()?.to_be_bytes()),
        (Value::Int(number), ColumnType::Int8) => push(&number.to_be_bytes()),
        (Value::Bool(yes), ColumnType::Bool) => push(&[yes.into()]),
        (Value::Text(text), ColumnType::Text) => push(text.as_bytes()),
        (Value::Uuid(id), ColumnType::Uuid) => push(id.as_bytes()),
        _ => None,
    }
}
