//! Migrates a database to the schema of this version.

use crate::engine::EngineKind;
use crate::error::StoreError;
use crate::schema::has_table_in_tx;
use crate::tx::{EngineTx, Tx};

/// The statements of one step, for each engine.
struct Migration {
    number: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "start",
        sqlite: include_str!("../migrations/sqlite/0001_start.sql"),
        postgres: include_str!("../migrations/postgres/0001_start.sql"),
    },
    Migration {
        number: 2,
        name: "profile_and_keys",
        sqlite: include_str!("../migrations/sqlite/0002_profile_and_keys.sql"),
        postgres: include_str!("../migrations/postgres/0002_profile_and_keys.sql"),
    },
    Migration {
        number: 3,
        name: "undo",
        sqlite: include_str!("../migrations/sqlite/0003_undo.sql"),
        postgres: include_str!("../migrations/postgres/0003_undo.sql"),
    },
    Migration {
        number: 4,
        name: "pin_and_seats",
        sqlite: include_str!("../migrations/sqlite/0004_pin_and_seats.sql"),
        postgres: include_str!("../migrations/postgres/0004_pin_and_seats.sql"),
    },
    Migration {
        number: 5,
        name: "plain_names",
        sqlite: include_str!("../migrations/sqlite/0005_plain_names.sql"),
        postgres: include_str!("../migrations/postgres/0005_plain_names.sql"),
    },
    Migration {
        number: 6,
        name: "decisions",
        sqlite: include_str!("../migrations/sqlite/0006_decisions.sql"),
        postgres: include_str!("../migrations/postgres/0006_decisions.sql"),
    },
    Migration {
        number: 7,
        name: "last_nights",
        sqlite: include_str!("../migrations/sqlite/0007_last_nights.sql"),
        postgres: include_str!("../migrations/postgres/0007_last_nights.sql"),
    },
    Migration {
        number: 8,
        name: "comings_and_goings",
        sqlite: include_str!("../migrations/sqlite/0008_comings_and_goings.sql"),
        postgres: include_str!("../migrations/postgres/0008_comings_and_goings.sql"),
    },
    Migration {
        number: 9,
        name: "causes",
        sqlite: include_str!("../migrations/sqlite/0009_causes.sql"),
        postgres: include_str!("../migrations/postgres/0009_causes.sql"),
    },
];

/// The newest step that this version knows.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.number)
}

/// The newest step that this database has taken; 0 for an empty one. Writes nothing.
pub(crate) fn version_in_tx(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    if !has_table_in_tx(tx, "schema_migration")? {
        return Ok(0);
    }
    let newest = tx.row("SELECT max(number) FROM schema_migration", &[], |row| row.maybe_int(0))?;
    Ok(newest.flatten().unwrap_or(0))
}

/// Takes every missing step. Returns the names of those it took.
///
/// # Errors
/// When a newer version has migrated the database.
pub(crate) fn migrate_in_tx(tx: &mut Tx<'_>) -> Result<Vec<&'static str>, StoreError> {
    if tx.engine() == EngineKind::Postgres {
        // Two nodes may start at once: the second waits here until the first has committed.
        tx.rows("SELECT pg_advisory_xact_lock(4663210)", &[], |_| Ok::<_, StoreError>(()))?;
    }
    let version = version_in_tx(tx)?;
    if version > newest() {
        return Err(StoreError::Unusable(format!(
            "the database has schema {version}, but this version of homeroom only knows schemas up to {}: start the newer version",
            newest()
        )));
    }
    tx.execute(
        "CREATE TABLE IF NOT EXISTS schema_migration (number BIGINT PRIMARY KEY, name TEXT NOT NULL)",
        &[],
    )?;
    let mut taken = Vec::new();
    for step in MIGRATIONS.iter().filter(|step| step.number > version) {
        match &mut tx.0 {
            EngineTx::Sqlite(connection) => connection.execute_batch(step.sqlite)?,
            EngineTx::Postgres(transaction) => transaction.batch_execute(step.postgres)?,
        }
        tx.execute(
            "INSERT INTO schema_migration (number, name) VALUES ($1, $2)",
            &[step.number.into(), step.name.into()],
        )?;
        taken.push(step.name);
    }
    Ok(taken)
}
