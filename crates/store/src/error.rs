//! What can go wrong with the database or the blob store.

use std::io;

/// An error of the store. Errors that a caller can act on have variants of their own.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A uniqueness rule was broken; `constraint` is its name in the schema.
    #[error("the database refused a second entry ({constraint})")]
    Conflict {
        /// The constraint's or index's name, or SQLite's list of columns.
        constraint: String,
    },
    /// Something does not exist in this district.
    #[error("{0} was not found")]
    NotFound(String),
    /// Another worker has taken the job over: what this one did was not written.
    #[error("another worker has taken the job over; nothing was changed")]
    ClaimLost,
    /// This version cannot use the database's address, its schema or a stored value.
    #[error("{0}")]
    Unusable(String),
    /// SQLite refused, or failed.
    #[error("SQLite: {0}")]
    Sqlite(#[source] rusqlite::Error),
    /// PostgreSQL refused, or the connection broke.
    #[error("PostgreSQL: {0}")]
    Postgres(#[source] postgres::Error),
    /// No connection to PostgreSQL was available.
    #[error("no connection to PostgreSQL: {0}")]
    Pool(#[from] r2d2::Error),
    /// Reading or writing a file failed.
    #[error("{what}: {source}")]
    Io {
        /// What was tried, with the file's name.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
}

impl StoreError {
    /// An I/O error with what was tried.
    pub fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> StoreError {
        let what = what.into();
        move |source| StoreError::Io { what, source }
    }

    /// Whether `constraint` (a name of the schema) refused the change.
    pub fn is_conflict(&self, constraint: &str) -> bool {
        matches!(self, StoreError::Conflict { constraint: name } if name == constraint)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        if let rusqlite::Error::SqliteFailure(code, Some(text)) = &error
            && code.code == rusqlite::ErrorCode::ConstraintViolation
            && let Some(columns) = text.strip_prefix("UNIQUE constraint failed: ")
        {
            return StoreError::Conflict { constraint: constraint_of(columns) };
        }
        StoreError::Sqlite(error)
    }
}

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> Self {
        if let Some(refused) = error.as_db_error()
            && refused.code() == &postgres::error::SqlState::UNIQUE_VIOLATION
        {
            let constraint = refused.constraint().unwrap_or("unknown").to_owned();
            return StoreError::Conflict { constraint };
        }
        StoreError::Postgres(error)
    }
}

/// The name of the broken rule, which PostgreSQL reports itself. SQLite reports the columns (`drop_account.user_name`), or the name of
/// a partial index (`index 'name'`).
fn constraint_of(columns: &str) -> String {
    if let Some(name) = columns.strip_prefix("index '").and_then(|rest| rest.strip_suffix('\'')) {
        return name.to_owned();
    }
    match columns {
        "district.slug" => "district_slug",
        "drop_account.user_name" => "drop_account_user_name",
        "run.id" => "run_id",
        "job.district" => "job_one_exclusive_running",
        other => other,
    }
    .to_owned()
}
