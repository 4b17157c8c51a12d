//! A connection that bypasses the store, for SQL that only tests run.

use postgres::{Client, NoTls};
use rusqlite::Connection;

/// An open database.
pub(crate) enum RawConnection {
    /// SQLite.
    Sqlite(Connection),
    /// PostgreSQL.
    Postgres(Client),
}

impl RawConnection {
    /// Opens the database at an address as `database.url` takes it.
    pub(crate) fn open(url: &str) -> RawConnection {
        match url.strip_prefix("sqlite://") {
            Some(path) => RawConnection::Sqlite(Connection::open(path).expect("a SQLite file can be opened")),
            None => RawConnection::Postgres(Client::connect(url, NoTls).expect("the test cluster answers")),
        }
    }

    /// Runs statements.
    pub(crate) fn execute(&mut self, sql: &str) {
        match self {
            RawConnection::Sqlite(connection) => {
                connection.execute_batch(sql).expect("SQLite accepts the statements");
            }
            RawConnection::Postgres(client) => {
                client.batch_execute(sql).expect("PostgreSQL accepts the statements");
            }
        }
    }

    /// The rows of a query with one column of text.
    pub(crate) fn texts(&mut self, query: &str) -> Vec<String> {
        match self {
            RawConnection::Sqlite(connection) => {
                let mut statement = connection.prepare(query).expect("SQLite accepts the query");
                let rows = statement.query_map([], |row| row.get(0)).expect("SQLite answers the query");
                rows.collect::<Result<_, _>>().expect("the column is text")
            }
            RawConnection::Postgres(client) => {
                let rows = client.query(query, &[]).expect("PostgreSQL answers the query");
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }

    /// Whether the engine understands a statement; it is not run.
    pub(crate) fn check(&mut self, statement: &str) -> Result<(), String> {
        match self {
            RawConnection::Sqlite(connection) => {
                connection.prepare(statement).map(drop).map_err(|error| error.to_string())
            }
            RawConnection::Postgres(client) => {
                client.prepare(statement).map(drop).map_err(|error| format!("{error:?}"))
            }
        }
    }
}
