//! Time as a parameter: no other code asks the system for the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// Where the time comes from.
#[derive(Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that tests set, in milliseconds since 1970-01-01 UTC; all clones show the same time.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A test clock that starts at `time`.
    pub fn fixed(time: Timestamp) -> Self {
        Clock::Fixed(Arc::new(AtomicI64::new(time.as_millisecond())))
    }

    /// The time now, in whole milliseconds: what is read back from the database equals what was written.
    #[expect(clippy::disallowed_methods, reason = "this is the place that the ban points to")]
    pub fn now(&self) -> Timestamp {
        let millis = match self {
            Clock::System => Timestamp::now().as_millisecond(),
            Clock::Fixed(millis) => millis.load(Ordering::Relaxed),
        };
        Timestamp::from_millisecond(millis).expect("a clock shows a time between the years -9999 and 9999")
    }

    /// Moves a test clock forward; the machine's clock cannot be moved.
    pub fn advance(&self, duration: SignedDuration) {
        if let Clock::Fixed(at) = self {
            let millis =
                i64::try_from(duration.as_millis()).expect("a test moves its clock by less than an age");
            at.fetch_add(millis, Ordering::Relaxed);
        }
    }
}
