//! A request to stop that all workers of a process see.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Asks workers to stop after their current job, and wakes those that sleep. Clones share one request.
#[derive(Clone, Default)]
pub struct Shutdown(Arc<(Mutex<bool>, Condvar)>);

impl Shutdown {
    /// Asks workers to stop.
    pub fn request(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    /// Whether workers have been asked to stop.
    pub fn is_requested(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps for `duration`, or until the request if that comes first.
    pub fn sleep(&self, duration: Duration) {
        let requested = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !*requested {
            // The caller checks again, so an early wake-up does no harm.
            drop(self.0.1.wait_timeout(requested, duration).unwrap_or_else(PoisonError::into_inner));
        }
    }
}
