//! Days as a district's calendar has them.

use homeroom_model::district::District;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// The day in the district at `now`.
pub fn local_day(district: &District, now: Timestamp) -> Date {
    let zone = TimeZone::get(&district.time_zone).unwrap_or(TimeZone::UTC);
    now.to_zoned_datetime(zone).date()
}

/// When a day begins in the district.
pub fn start_of_day(district: &District, day: Date) -> Timestamp {
    let zone = TimeZone::get(&district.time_zone).unwrap_or(TimeZone::UTC);
    let start = day.to_datetime(Time::midnight()).to_zoned_datetime(zone);
    start.map_or(Timestamp::UNIX_EPOCH, |start| start.timestamp())
}
