//! The conductor: reads an upload, checks it, plans, applies, and writes the result. Start with `run.rs`.

mod context;
mod decide;
mod dispatch;
mod error;
mod keys;
mod pack;
mod queue;
mod run;
mod settle;
mod undo;

pub use context::{Progress, SyncContext};
pub use dispatch::handle_job;
pub use error::SyncError;
pub use keys::{add_signing_keys, district_key};
pub use queue::{QueuedRun, RejectedRows, Task, queue_decision, queue_run, queue_verifying};
