//! A durable queue in the same database. It knows nothing about rosters.
//!
//! A worker claims a job under a lease. When the worker dies, the job is claimed again: a handler must be safe to run again after it
//! stopped at any point. A lease does not stop a worker that has lost it, but the database refuses what it does to the job then: a handler
//! finishes its job in the transaction of what it writes.

mod settings;
mod shutdown;
mod worker;
mod worker_lock;

pub use settings::{JobSettings, WorkerSettings};
pub use shutdown::Shutdown;
pub use worker::{JobHandler, JobOutcome, Worker};
pub use worker_lock::{WorkerLock, release_jobs_of_dead_workers};
