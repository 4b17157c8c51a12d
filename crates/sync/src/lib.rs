//! The conductor: reads an upload, checks it, plans, applies, tells. Start with [`run`].

mod decide;
mod error;
mod export;
mod handler;
mod history;
mod keys;
mod pack;
mod planning;
mod preview;
mod queue;
pub mod run;
mod schedule;
mod settle;
mod trace;
mod undo;

pub use error::SyncError;
pub use export::{Exported, export_flat};
pub use handler::Conductor;
pub use history::history;
pub use keys::{district_key, know_signing_keys};
pub use preview::{preview, stored_of};
pub use queue::{Task, queue_decision, queue_run, queue_verifying};
pub use run::Progress;
