//! SQLite: one connection that writes, several that read, and a write-ahead log.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::StoreError;

/// How long a statement waits for another process that writes.
const BUSY: Duration = Duration::from_secs(60);
/// Readers that stay open between uses.
const IDLE_READERS: usize = 8;

pub(super) struct SqliteEngine {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl SqliteEngine {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(StoreError::io(format!("creating {}", folder.display())))?;
        }
        let writer = connect(path)?;
        Ok(SqliteEngine { path: path.to_owned(), writer: Mutex::new(writer), readers: Mutex::default() })
    }

    pub(super) fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect(&self.path)?,
        };
        let answer = in_transaction(&connection, "BEGIN", work)?;
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        Ok(answer)
    }

    pub(super) fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        // A panic in `work` has rolled back already (see `in_transaction`), so the connection is sound.
        let connection = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        in_transaction(&connection, "BEGIN IMMEDIATE", work)
    }
}

/// Rolls back unless the transaction was committed, also when the work panics.
struct RollBack<'c>(&'c Connection);

impl Drop for RollBack<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit()
            && let Err(error) = self.0.execute_batch("ROLLBACK")
        {
            tracing::error!(error = %error, "a transaction could not be rolled back");
        }
    }
}

fn in_transaction<T, E: From<StoreError>>(
    connection: &Connection,
    begin: &str,
    work: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    connection.execute_batch(begin).map_err(StoreError::from)?;
    let _roll_back = RollBack(connection);
    let answer = work(connection)?;
    connection.execute_batch("COMMIT").map_err(StoreError::from)?;
    Ok(answer)
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| {
        StoreError::Unusable(format!("the database {} cannot be opened: {error}", path.display()))
    })?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(128);
    // Pages of 8 KiB, which only a new database adopts, load a roster faster than those of 4 KiB. With FULL, a commit is on disk
    // before it returns. A cache of 32 MiB holds the inner pages of a large district.
    connection.execute_batch(
        "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;",
    )?;
    Ok(connection)
}
