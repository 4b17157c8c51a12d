//! Temporary databases on both engines, a fixed clock, small rosters, and a simulated district, for tests.

mod databases;
mod flat;
pub mod hostile;
mod raw_connection;
mod raw_database;
mod ssh;
pub mod world;

pub use databases::{START, TestStore, postgres_url, stores};
pub use flat::{Enrolled, flat_csv};
pub use raw_database::{RawDatabase, raw_databases};
pub use ssh::ssh_client;
