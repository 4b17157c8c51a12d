//! The day on which a district's school years begin.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A day that every year has, written `08-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SchoolYearStart {
    month: i8,
    day: i8,
}

/// A text that is not a day of every year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write month and day, such as 08-01, or none")]
pub struct NotADayOfTheYear;

/// A year without a 29 February, which is not a day of every year.
const COMMON_YEAR: i16 = 2027;

impl SchoolYearStart {
    /// The last such day up to `day`; `None` at the beginning of the calendar.
    pub fn last_before(self, day: Date) -> Option<Date> {
        let start = |year| Date::new(year, self.month, self.day).ok();
        start(day.year()).filter(|first| *first <= day).or_else(|| start(day.year() - 1))
    }
}

impl FromStr for SchoolYearStart {
    type Err = NotADayOfTheYear;

    fn from_str(text: &str) -> Result<Self, NotADayOfTheYear> {
        let (month, day) = text.split_once('-').ok_or(NotADayOfTheYear)?;
        let number = |text: &str| text.parse().map_err(|_| NotADayOfTheYear);
        let (month, day) = (number(month)?, number(day)?);
        Date::new(COMMON_YEAR, month, day).map_err(|_| NotADayOfTheYear)?;
        Ok(SchoolYearStart { month, day })
    }
}

impl fmt::Display for SchoolYearStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl TryFrom<String> for SchoolYearStart {
    type Error = NotADayOfTheYear;

    fn try_from(text: String) -> Result<Self, NotADayOfTheYear> {
        text.parse()
    }
}

impl From<SchoolYearStart> for String {
    fn from(start: SchoolYearStart) -> String {
        start.to_string()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::SchoolYearStart;

    #[test]
    fn a_school_year_begins_on_a_day_of_its_own() {
        let start = "08-01".parse::<SchoolYearStart>().unwrap();
        assert_eq!(start.last_before(date(2026, 8, 1)), Some(date(2026, 8, 1)));
        assert_eq!(start.last_before(date(2027, 7, 31)), Some(date(2026, 8, 1)));
        assert_eq!(serde_json::to_string(&start).unwrap(), "\"08-01\"");
        for wrong in ["02-29", "August", "8", "13-01"] {
            assert!(wrong.parse::<SchoolYearStart>().is_err(), "{wrong}");
        }
    }
}
