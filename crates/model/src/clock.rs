//! Time as a parameter: nobody else asks the system for the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Where the time comes from. Times are milliseconds since 1970-01-01 UTC.
#[derive(Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that tests set; all clones show the same time.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A test clock that starts at `millis`.
    pub fn fixed(millis: i64) -> Self {
        Clock::Fixed(Arc::new(AtomicI64::new(millis)))
    }

    /// Milliseconds since 1970-01-01 UTC.
    #[expect(clippy::disallowed_methods, reason = "this is the place that the ban points to")]
    pub fn now(&self) -> i64 {
        match self {
            Clock::System => Timestamp::now().as_millisecond(),
            Clock::Fixed(millis) => millis.load(Ordering::Relaxed),
        }
    }

    /// Moves a test clock on; the machine's clock cannot be moved.
    pub fn advance(&self, millis: i64) {
        if let Clock::Fixed(at) = self {
            at.fetch_add(millis, Ordering::Relaxed);
        }
    }
}

/// `2026-11-23T18:00:00.000Z`: how a time is shown to scripts.
pub fn rfc3339(millis: i64) -> String {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}
