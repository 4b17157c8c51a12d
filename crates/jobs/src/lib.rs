//! A durable queue in the same database. Knows no roster.
//!
//! A job is claimed under a lease by a worker. A worker that dies leaves its job to be claimed again: handlers
//! are safe to repeat from any point.

mod alive;
mod settings;
mod shutdown;
mod worker;

pub use alive::{Liveness, release_jobs_of_dead_workers};
pub use settings::{JobSettings, WorkerSettings};
pub use shutdown::Shutdown;
pub use worker::{Outcome, Worker};
