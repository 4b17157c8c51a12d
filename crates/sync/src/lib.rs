//! The conductor: reads an upload, checks it, plans, applies, and writes the result. Start with `run.rs`.

mod active_run;
mod applied;
mod claim;
mod context;
mod decide;
mod dispatch;
mod ending;
mod error;
mod keys;
mod pack;
mod queue;
mod run;
mod same_hold;
mod settle;
mod skip;
mod task;
mod undo;
mod verify;

pub use context::{Progress, SyncContext};
pub use dispatch::handle_job;
pub use error::SyncError;
pub use keys::{add_signing_keys, district_key};
pub use queue::{QueuedRun, queue_decision, queue_run};
pub use task::Task;
pub use verify::{RejectedRows, queue_verifying};
