//! Waiting for the second thread.

use std::panic::resume_unwind;
use std::thread::ScopedJoinHandle;

/// The thread's result; if it panicked, the panic continues in this thread.
pub(crate) fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}
