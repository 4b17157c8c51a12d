//! The wish to stop, and the alarm clock of idle workers.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Shared by all workers of a process: asks them to stop after the job at hand, or wakes them early.
#[derive(Clone, Default)]
pub struct Shutdown(Arc<(Mutex<bool>, Condvar)>);

impl Shutdown {
    /// Asks workers to stop.
    pub fn stop(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    /// Whether workers are asked to stop.
    pub fn is_stopped(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps, at most until someone asks to stop.
    pub fn sleep(&self, most: Duration) {
        let stopped = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !*stopped {
            // Whether it was the time or the wish does not matter: the caller looks again.
            drop(self.0.1.wait_timeout(stopped, most).unwrap_or_else(PoisonError::into_inner));
        }
    }
}
