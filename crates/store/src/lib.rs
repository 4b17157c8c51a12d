//! The database and the blob store: the only place with SQL.
//!
//! Names are noun first (`runs_list`, `jobs_claim`); functions that work inside a caller's transaction end in `_in_tx`. Other crates get a
//! [`Tx`] to pass on, but cannot run SQL in it. The store is blocking, as SQLite and the work of a sync are; async doors call it from a
//! blocking thread.
//!
//! Rows of a district are reached through its [`DistrictStore`]. These methods of [`Store`] reach rows of several districts, each for a
//! reason:
//! - `districts_*` and [`Store::district`]: how a command or a worker gets a `DistrictStore`.
//! - `drop_accounts_find` and `runs_find`: how a login and a run's id lead to their district.
//! - `jobs_*`: workers serve all districts.
//! - `drop_files_partial`, `blobs_referenced`: cleaning and checking the folders that all districts share.
//! - `districts_count`, `runs_count`, `jobs_count`: metrics, which are counts only.
//! - `installation_audit_*`: who added and erased districts.
//! - `copy_into`: backup and restore.

mod activity;
pub mod applied_file;
mod audit;
pub mod blobs;
mod bulk;
mod copy;
pub mod district;
pub mod drop_accounts;
pub mod drop_files;
mod engine;
mod erase;
pub mod error;
mod events;
pub mod hashing;
pub mod jobs;
pub mod last_nights;
mod migrate;
mod numbering;
pub mod openpgp_keys;
pub mod pins;
pub mod profiles;
mod proposals;
pub mod roster;
pub mod runs;
pub mod schema;
pub mod seats;
mod settings;
mod sweep;
mod tx;
mod undos;
pub mod uploads;

pub use audit::ChangeSet;
pub use blobs::Blobs;
pub use district::DistrictStore;
pub use engine::{EngineKind, SchemaVersions, Store};
pub use error::StoreError;
pub use settings::{BlobSettings, DatabaseSettings, StoreSettings};
pub use tx::Tx;

/// Every table whose primary key begins with `district`, in no particular order. A test compares the list with the database.
pub const TABLES_OF_A_DISTRICT: &[&str] = &[
    "drop_account",
    "drop_account_key",
    "drop_file",
    "upload",
    "activity",
    "job",
    "run",
    "school",
    "class",
    "teacher",
    "student",
    "teaching",
    "enrollment",
    "former_key",
    "roster_change",
    "file_profile",
    "openpgp_key",
    "openpgp_signer",
    "upload_part",
    "pin",
    "seats_over",
    "undo",
    "pending_proposal",
    "decided_pair",
    "audit_entry",
    "audit_head",
    "event",
    "event_head",
    "change_set",
    "late_creation",
];
