//! When a nightly run starts.

use homeroom_model::district::District;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// The next time, after `now`, at which the district's clock shows its hour. On the night when the clock skips it, the run starts
/// later by the gap; on the night when the clock shows it twice, the first one counts.
pub(crate) fn next_night(district: &District, now: Timestamp) -> Timestamp {
    let zone = TimeZone::get(&district.time_zone).unwrap_or(TimeZone::UTC);
    let at = Time::strptime("%H:%M", &district.at).unwrap_or(Time::midnight());
    let today = now.to_zoned_datetime(zone.clone()).date();
    [today, today.saturating_add(1.day()), today.saturating_add(2.days())]
        .into_iter()
        .filter_map(|day| day.to_datetime(at).to_zoned_datetime(zone.clone()).ok())
        .map(|time| time.timestamp())
        .find(|time| *time > now)
        .unwrap_or(now)
}
