//! What tests share: temporary databases on both engines, a clock that stands still, and small rosters.

mod databases;
mod flat;
mod raw_connection;
mod raw_database;
mod ssh;

pub use databases::{START, TestStore, postgres_url, stores};
pub use flat::{Enrolled, flat_csv};
pub use raw_database::{RawDatabase, raw_databases};
pub use ssh::ssh_client;
