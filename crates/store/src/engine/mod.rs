//! SQLite and PostgreSQL. Only this folder and the few functions that ask [`EngineKind`] know which one it is.

mod postgres;
mod sqlite;
mod store;

pub use store::{EngineKind, SchemaVersions, Store};
