//! The limits on a plan, per district.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::{Allowed, CalendarEntry, CalendarRule};
use crate::fuse::Fuse;

/// A fuse blows beyond this share, in per cent, and at least this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The share; 100 never blows.
    pub percent: u32,
    /// The floor, so that small schools are not nagged.
    pub floor: u32,
}

impl Limit {
    /// Whether `count` of `all` is more than the share, and at least the floor.
    pub fn is_exceeded(self, count: u64, all: u64) -> bool {
        count > 0 && count >= u64::from(self.floor) && count * 100 > all * u64::from(self.percent)
    }
}

/// When a plan's changes are held back. Shares are in per cent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// The `district` fuse blows when more than this share of the active students, teachers or classes
    /// would be deactivated …
    pub district_percent: u32,
    /// … and at least so many.
    pub district_floor: u32,
    /// The `school` fuse blows when a school would lose more than this share of its students …
    pub school_percent: u32,
    /// … and at least so many.
    pub school_floor: u32,
    /// The `class` fuse blows when more than this share of a class's students is replaced …
    pub class_percent: u32,
    /// … and at least so many.
    pub class_floor: u32,
    /// The `identity` fuse blows when at least this share of the removed look like created ones …
    pub identity_percent: u32,
    /// … and at least so many.
    pub identity_floor: u32,
    /// The `update` fuse blows when more than this share of the active people would be changed …
    pub update_percent: u32,
    /// … and at least so many.
    pub update_floor: u32,
    /// The `shrink` fuse blows when the file has fewer than this share of the rows of the one applied last.
    pub shrink_percent: u32,
    /// Hold the whole plan when any fuse blows, not only its risky part.
    pub wait_all: bool,
    /// Days after which a hold that nobody decided about expires.
    pub hold_days: u32,
    /// Days for which a licence may be exceeded before new students wait.
    pub grace_days: u32,
    /// Seats of single schools, by `school_id`; a school without an entry has no limit of its own.
    pub school_seats: BTreeMap<String, u32>,
    /// The day on which a school year begins, as `08-01`: a `class_id` that is used again after it is another class. Without it a
    /// class is the same for ever.
    pub school_year_starts: Option<String>,
    /// Date ranges in which other rules hold.
    pub calendar: Vec<CalendarEntry>,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            district_percent: 10,
            district_floor: 5,
            school_percent: 25,
            school_floor: 10,
            class_percent: 60,
            class_floor: 5,
            identity_percent: 5,
            identity_floor: 5,
            update_percent: 75,
            update_floor: 5,
            shrink_percent: 60,
            wait_all: false,
            hold_days: 14,
            grace_days: 0,
            school_seats: BTreeMap::new(),
            school_year_starts: None,
            calendar: vec![],
        }
    }
}

impl Policy {
    /// The share and the floor of a fuse; the shrink fuse has no floor and the seats fuse neither.
    fn fields(&mut self, fuse: Fuse) -> Option<(&mut u32, Option<&mut u32>)> {
        Some(match fuse {
            Fuse::District => (&mut self.district_percent, Some(&mut self.district_floor)),
            Fuse::School => (&mut self.school_percent, Some(&mut self.school_floor)),
            Fuse::Class => (&mut self.class_percent, Some(&mut self.class_floor)),
            Fuse::Identity => (&mut self.identity_percent, Some(&mut self.identity_floor)),
            Fuse::Update => (&mut self.update_percent, Some(&mut self.update_floor)),
            Fuse::Shrink => (&mut self.shrink_percent, None),
            Fuse::Seats => return None,
        })
    }

    /// Sets a fuse from `15`, `15/20` (with the floor) or `off`.
    ///
    /// # Errors
    /// A sentence that says what to write instead.
    pub fn set_fuse(&mut self, fuse: Fuse, to: &str) -> Result<(), String> {
        let Some((percent, floor)) = self.fields(fuse) else {
            return Err("the seats fuse follows the licence: set --seats instead".into());
        };
        let off = if fuse == Fuse::Shrink { 0 } else { 100 };
        if to == "off" {
            *percent = off;
            return Ok(());
        }
        let wrong = || {
            format!("'{to}' is no limit: write a share in per cent, as 15, with a floor, as 15/20, or off")
        };
        let (share, least) = match to.split_once('/') {
            Some((share, least)) => (share, Some(least)),
            None => (to, None),
        };
        let share = share.parse().ok().filter(|share| *share <= 100).ok_or_else(wrong)?;
        match (least, floor) {
            (Some(least), Some(floor)) => *floor = least.parse().map_err(|_| wrong())?,
            (Some(_), None) => {
                return Err("the shrink fuse has no floor: write its share alone, as 60".into());
            }
            (None, _) => {}
        }
        *percent = share;
        Ok(())
    }

    /// The limit of the `district` fuse.
    pub fn district(&self) -> Limit {
        Limit { percent: self.district_percent, floor: self.district_floor }
    }

    /// The limit of the `school` fuse.
    pub fn school(&self) -> Limit {
        Limit { percent: self.school_percent, floor: self.school_floor }
    }

    /// The limit of the `class` fuse.
    pub fn class(&self) -> Limit {
        Limit { percent: self.class_percent, floor: self.class_floor }
    }

    /// The limit of the `update` fuse.
    pub fn update(&self) -> Limit {
        Limit { percent: self.update_percent, floor: self.update_floor }
    }

    /// Whether so many look-alikes among so many removed blow the `identity` fuse: here the share itself is enough.
    pub fn identity_is_reached(&self, alike: u64, removed: u64) -> bool {
        alike > 0
            && alike >= u64::from(self.identity_floor)
            && self.identity_percent < 100
            && alike * 100 >= removed * u64::from(self.identity_percent)
    }

    /// The first day of the school year that a day is in; `None` when years do not count here.
    pub fn school_year_of(&self, day: Date) -> Option<Date> {
        let (month, of_month) = month_and_day(self.school_year_starts.as_deref()?)?;
        let begins = |year| Date::new(year, month, of_month).ok();
        begins(day.year()).filter(|first| *first <= day).or_else(|| begins(day.year() - 1))
    }

    /// Sets the day on which a school year begins, `08-01`; `none` when years do not count.
    ///
    /// # Errors
    /// A sentence that says what to write instead.
    pub fn set_school_year(&mut self, to: &str) -> Result<(), String> {
        if to != "none" && month_and_day(to).is_none() {
            return Err(format!("'{to}' is no day of a year: write month and day, as 08-01, or none"));
        }
        self.school_year_starts = (to != "none").then(|| to.to_owned());
        Ok(())
    }

    /// Whether nothing is applied on this day.
    pub fn pauses(&self, day: Date) -> Option<&CalendarEntry> {
        self.calendar.iter().find(|entry| entry.covers(day) && entry.kind == CalendarRule::Pause)
    }

    /// The ranges of this day in which nothing is removed, each for its schools.
    pub fn adds_only(&self, day: Date) -> impl Iterator<Item = &CalendarEntry> {
        let entries = self.calendar.iter();
        entries.filter(move |entry| entry.covers(day) && entry.kind == CalendarRule::AdditionsOnly)
    }

    /// What is pre-approved on this day, with the schools it is for.
    pub fn windows(&self, day: Date) -> impl Iterator<Item = (&CalendarEntry, &Allowed)> {
        self.calendar.iter().filter(move |entry| entry.covers(day)).filter_map(|entry| match &entry.kind {
            CalendarRule::Window(allowed) => Some((entry, allowed)),
            CalendarRule::Pause | CalendarRule::AdditionsOnly => None,
        })
    }
}

/// `08-01`; the 29th of February is no day of every year.
fn month_and_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    Date::new(2027, month, day).ok().map(|_| (month, day))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Fuse, Limit, Policy};

    #[test]
    fn a_limit_is_exceeded_beyond_its_share_and_from_its_floor() {
        let limit = Limit { percent: 10, floor: 5 };
        assert!(!limit.is_exceeded(5, 50) && limit.is_exceeded(6, 50), "just the share is within");
        assert!(!limit.is_exceeded(4, 4) && limit.is_exceeded(5, 5), "the floor counts");
        assert!(
            !Limit { percent: 100, floor: 0 }.is_exceeded(9, 9),
            "all of it never blows when switched off"
        );
        let policy = Policy::default();
        assert!(policy.identity_is_reached(5, 100) && !policy.identity_is_reached(5, 101));
        assert!(!policy.identity_is_reached(4, 4));
    }

    #[test]
    fn a_school_year_begins_on_a_day_of_its_own() {
        let mut policy = Policy::default();
        assert_eq!(policy.school_year_of(date(2026, 9, 1)), None);
        policy.set_school_year("08-01").unwrap();
        assert_eq!(policy.school_year_of(date(2026, 8, 1)), Some(date(2026, 8, 1)));
        assert_eq!(policy.school_year_of(date(2027, 7, 31)), Some(date(2026, 8, 1)));
        assert!(policy.set_school_year("02-29").is_err() && policy.set_school_year("August").is_err());
        policy.set_school_year("none").unwrap();
        assert_eq!(policy, Policy::default());
    }

    #[test]
    fn a_fuse_is_set_with_words_of_the_command_line() {
        let mut policy = Policy::default();
        policy.set_fuse(Fuse::School, "40/20").unwrap();
        assert_eq!(policy.school(), Limit { percent: 40, floor: 20 });
        policy.set_fuse(Fuse::School, "off").unwrap();
        assert_eq!(policy.school(), Limit { percent: 100, floor: 20 });
        policy.set_fuse(Fuse::Shrink, "off").unwrap();
        assert_eq!(policy.shrink_percent, 0);
        for (fuse, wrong) in
            [(Fuse::Class, "101"), (Fuse::Class, "a"), (Fuse::Shrink, "5/5"), (Fuse::Seats, "5")]
        {
            assert!(policy.set_fuse(fuse, wrong).is_err(), "{wrong}");
        }
        // Policies that were kept by an earlier version have fewer fields.
        let kept = r#"{"district_percent":20,"district_floor":5,"shrink_percent":60,"wait_all":false}"#;
        assert_eq!(
            serde_json::from_str::<Policy>(kept).unwrap(),
            Policy { district_percent: 20, ..Policy::default() }
        );
    }
}
