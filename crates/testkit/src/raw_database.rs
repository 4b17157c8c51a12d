//! Empty databases on each engine, for what an older version left behind: filled by SQL, without a store.

use tempfile::TempDir;

use crate::databases::PostgresDatabase;
use crate::raw_connection::RawConnection;

/// A database without tables, and a folder; both are gone when it is dropped.
pub struct RawDatabase {
    /// `sqlite` or `postgres`.
    pub engine: &'static str,
    /// Its address, as `database.url` takes it.
    pub url: String,
    /// For the files that belong to it.
    pub folder: TempDir,
    _database: Option<PostgresDatabase>,
}

/// One on each engine.
///
/// # Panics
/// When no PostgreSQL address is given: a skipped engine would be a hole that looks green.
pub fn raw_databases() -> [RawDatabase; 2] {
    let folder = || tempfile::tempdir().expect("a temporary folder can be made");
    let of_sqlite = folder();
    let database = PostgresDatabase::create();
    [
        RawDatabase {
            engine: "sqlite",
            url: format!("sqlite://{}", of_sqlite.path().join("raw.db").display()),
            folder: of_sqlite,
            _database: None,
        },
        RawDatabase {
            engine: "postgres",
            url: database.url.clone(),
            folder: folder(),
            _database: Some(database),
        },
    ]
}

impl RawDatabase {
    /// Runs statements.
    ///
    /// # Panics
    /// When the database refuses them.
    pub fn execute(&self, sql: &str) {
        RawConnection::open(&self.url).execute(sql);
    }

    /// Tables with their columns, constraints and indexes, a line each, sorted.
    ///
    /// # Panics
    /// When the database does not answer.
    pub fn schema(&self) -> Vec<String> {
        let mut lines = match self.engine {
            "sqlite" => self.sqlite_schema(),
            _ => self.postgres_schema(),
        };
        lines.sort();
        lines
    }

    fn sqlite_schema(&self) -> Vec<String> {
        RawConnection::open(&self.url).texts(
            "SELECT type || ' ' || name || ' ' || sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'",
        )
    }

    fn postgres_schema(&self) -> Vec<String> {
        let columns = "SELECT 'column ' || table_name || ' ' || ordinal_position || ' ' || column_name || ' ' || data_type
            || ' ' || is_nullable || ' ' || is_identity || ' ' || coalesce(column_default, '')
            FROM information_schema.columns WHERE table_schema = 'public'";
        let indexes = "SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'";
        let constraints =
            "SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace";
        let mut connection = RawConnection::open(&self.url);
        [columns, indexes, constraints].iter().flat_map(|query| connection.texts(query)).collect()
    }
}
