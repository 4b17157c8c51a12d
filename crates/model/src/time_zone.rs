//! A district's time zone and its times of day, parsed once where they enter.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

/// A time zone by its IANA name: `America/Los_Angeles`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    time_zone: TimeZone,
}

impl Zone {
    /// Coordinated Universal Time.
    pub fn utc() -> Zone {
        Zone { name: "UTC".into(), time_zone: TimeZone::UTC }
    }

    /// The IANA name.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The day on which `time` falls here.
    pub fn date_of(&self, time: Timestamp) -> Date {
        time.to_zoned_datetime(self.time_zone.clone()).date()
    }

    /// When clocks here show this date and time. In the gap when clocks go forward the time is moved by the gap; of the
    /// two when clocks go back it is the first. `None` beyond the year 9999.
    pub fn time_of(&self, day: Date, time: Time) -> Option<Timestamp> {
        let local = day.to_datetime(time).to_zoned_datetime(self.time_zone.clone());
        local.ok().map(|local| local.timestamp())
    }

    /// When a day begins here. `None` beyond the year 9999.
    pub fn start_of(&self, day: Date) -> Option<Timestamp> {
        self.time_of(day, Time::midnight())
    }

    /// `2026-11-23 18:00 PST`
    pub fn show(&self, time: Timestamp) -> String {
        time.to_zoned_datetime(self.time_zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string()
    }
}

/// A name that is not in the time zone database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a valid time zone: use a name like America/Los_Angeles")]
pub struct UnknownZone(pub String);

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        TimeZone::get(name)
            .map(|time_zone| Zone { name: name.to_owned(), time_zone })
            .map_err(|_| UnknownZone(name.to_owned()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

/// A time of day by a district's clocks, to the minute: `02:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime(Time);

impl LocalTime {
    /// The time of day.
    pub fn time(self) -> Time {
        self.0
    }
}

/// A text that is not a time of day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a valid time: use HH:MM, such as 02:00")]
pub struct InvalidLocalTime(pub String);

impl FromStr for LocalTime {
    type Err = InvalidLocalTime;

    fn from_str(text: &str) -> Result<Self, InvalidLocalTime> {
        Time::strptime("%H:%M", text).map(LocalTime).map_err(|_| InvalidLocalTime(text.to_owned()))
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl Serialize for LocalTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::{date, time};

    use super::{LocalTime, Zone};

    #[test]
    fn times_are_shown_as_the_district_sees_them() {
        let zone = "America/Los_Angeles".parse::<Zone>().unwrap();
        let noon_utc = Timestamp::constant(1_788_350_400, 0);
        assert_eq!(zone.show(noon_utc), "2026-09-02 05:00 PDT");
        assert_eq!(zone.date_of(noon_utc), date(2026, 9, 2));
        assert_eq!(zone.start_of(date(2026, 9, 2)).unwrap().to_string(), "2026-09-02T07:00:00Z");
    }

    #[test]
    fn a_time_in_the_gap_is_moved_by_the_gap_and_of_two_the_first_counts() {
        let zone = "America/Los_Angeles".parse::<Zone>().unwrap();
        let shown = |day, hour| zone.show(zone.time_of(day, time(hour, 30, 0, 0)).unwrap());
        assert_eq!(shown(date(2027, 3, 14), 2), "2027-03-14 03:30 PDT");
        assert_eq!(shown(date(2026, 11, 1), 1), "2026-11-01 01:30 PDT");
    }

    #[test]
    fn what_is_not_a_zone_or_a_time_is_refused() {
        assert!("Mars/Olympus".parse::<Zone>().is_err());
        assert!(["25:00", "2 am", ""].iter().all(|text| text.parse::<LocalTime>().is_err()));
        let times = ["02:00", "23:59"].map(|text| text.parse::<LocalTime>().unwrap().to_string());
        assert_eq!(times, ["02:00", "23:59"]);
    }
}
