//! Arithmetic on points in time that never panics, however far a setting reaches.
//!
//! A point in time is a [`Timestamp`] with millisecond precision, because that is what the database keeps; see
//! [`Clock::now`](crate::Clock::now).

use jiff::{SignedDuration, Timestamp, TimestampArithmetic};

/// One day of 24 hours.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The time `duration` after `time`; the last possible time when there is none so late.
pub fn after(time: Timestamp, duration: impl Into<TimestampArithmetic>) -> Timestamp {
    time.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

/// The time `duration` before `time`; the first possible time when there is none so early.
pub fn before(time: Timestamp, duration: impl Into<TimestampArithmetic>) -> Timestamp {
    time.saturating_sub(duration).unwrap_or(Timestamp::MIN)
}

/// `days` days of 24 hours.
pub fn days(days: u32) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(days))
}
