//! The store: a database, a blob folder, a clock and a source of randomness.

use std::sync::Arc;

use homeroom_model::{Clock, Random};
use jiff::Timestamp;

use super::postgres::{Access, PostgresEngine};
use super::sqlite::SqliteEngine;
use crate::blobs::Blobs;
use crate::error::StoreError;
use crate::migrate;
use crate::settings::StoreSettings;
use crate::tx::{EngineTx, Tx};

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineKind {
    /// SQLite, for one machine.
    Sqlite,
    /// PostgreSQL, for several nodes.
    Postgres,
}

/// Versions of the database's schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaVersions {
    /// The one that the database has.
    pub actual: i64,
    /// The one that this program needs.
    pub needed: i64,
}

impl SchemaVersions {
    /// Whether the database has the schema that this program needs.
    pub fn is_current(self) -> bool {
        self.actual == self.needed
    }
}

enum Engine {
    Sqlite(SqliteEngine),
    Postgres(PostgresEngine),
}

/// The database and the blob store. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    engine: Engine,
    blobs: Blobs,
    clock: Clock,
    random: Random,
}

impl Store {
    /// Opens the database and the blob folder, creating them if necessary. The schema is not migrated.
    pub fn open(settings: &StoreSettings, clock: Clock, random: Random) -> Result<Store, StoreError> {
        let url = settings.database_url.as_str();
        let engine = if let Some(path) = url.strip_prefix("sqlite://") {
            Engine::Sqlite(SqliteEngine::open(path.as_ref())?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Engine::Postgres(PostgresEngine::open(url, settings.connections)?)
        } else {
            let scheme = url.split(':').next().unwrap_or_default();
            return Err(StoreError::Unusable(format!(
                "database.url begins with '{scheme}': use sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE"
            )));
        };
        let blobs = Blobs::open(&settings.blobs, clock.clone())?;
        Ok(Store(Arc::new(Inner { engine, blobs, clock, random })))
    }

    /// Migrates the schema to this version. Returns the names of the steps it took.
    pub fn migrate(&self) -> Result<Vec<&'static str>, StoreError> {
        self.write(migrate::migrate_in_tx)
    }

    /// The version of the database's schema, and the one that this program needs.
    pub fn schema_versions(&self) -> Result<SchemaVersions, StoreError> {
        Ok(SchemaVersions { actual: self.read(migrate::version_in_tx)?, needed: migrate::newest() })
    }

    /// Which engine it is.
    pub fn engine(&self) -> EngineKind {
        match &self.0.engine {
            Engine::Sqlite(_) => EngineKind::Sqlite,
            Engine::Postgres(_) => EngineKind::Postgres,
        }
    }

    /// Runs `work` in a transaction that sees one state of the database and changes nothing.
    pub fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.read(|connection| work(&mut Tx(EngineTx::Sqlite(connection)))),
            Engine::Postgres(engine) => engine.transact(Access::Read, work),
        }
    }

    /// Runs `work` in a transaction that is committed when it returns `Ok`; it is on disk when this function returns.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.write(|connection| work(&mut Tx(EngineTx::Sqlite(connection)))),
            Engine::Postgres(engine) => engine.transact(Access::Write, work),
        }
    }

    /// The blob store.
    pub fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The source of random ids and secrets.
    pub fn random(&self) -> &Random {
        &self.0.random
    }
}
