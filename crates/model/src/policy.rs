//! The limits on a plan, per district.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::{Allowed, CalendarEntry, CalendarRule};
use crate::fuse::Fuse;
use crate::school_year::{NotADayOfTheYear, SchoolYearStart};

/// The limit of a fuse: a share in percent, and a number below which it never blows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The share in percent.
    pub percent: u32,
    /// The floor, so that small schools are not nagged.
    pub floor: u32,
}

impl Limit {
    /// Whether `count` of `all` is more than the share, and at least the floor.
    pub fn is_exceeded(self, count: u64, all: u64) -> bool {
        count > 0 && count >= u64::from(self.floor) && count * 100 > all * u64::from(self.percent)
    }

    /// As [`Limit::is_exceeded`], but the share itself is enough unless it is 100%. The `identity` fuse alone counts like this.
    pub fn is_reached(self, count: u64, all: u64) -> bool {
        count > 0
            && count >= u64::from(self.floor)
            && self.percent < 100
            && count * 100 >= all * u64::from(self.percent)
    }

    /// Whether `count` is less than the share of `before`. The `shrink` fuse alone counts like this.
    pub fn is_undercut(self, count: u64, before: u64) -> bool {
        count * 100 < before * u64::from(self.percent)
    }
}

/// What `--fuse` cannot set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLimit {
    /// Not a share, a share with a floor, or `off`.
    #[error("write a percentage such as 15, with a floor such as 15/20, or off")]
    NotALimit,
    /// The `shrink` fuse was given a floor.
    #[error("the shrink fuse has no floor: write only its percentage, such as 60")]
    ShrinkHasNoFloor,
    /// The `seats` fuse follows the licence.
    #[error("the seats fuse follows the licence: change the number of seats instead")]
    SeatsFollowLicence,
}

/// When a plan's changes are held back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "PolicyJson", into = "PolicyJson")]
pub struct Policy {
    /// The limits of all fuses but `seats`, which follows the licence.
    pub limits: BTreeMap<Fuse, Limit>,
    /// Hold the whole plan when any fuse blows, not only its risky part.
    pub wait_all: bool,
    /// Days after which a hold that nobody decided about expires.
    pub hold_days: u32,
    /// Days for which a licence may be exceeded before new students wait.
    pub grace_days: u32,
    /// Seats of single schools, by `school_id`; a school without an entry has no limit of its own.
    pub school_seats: BTreeMap<String, u32>,
    /// The day on which a school year begins: a `class_id` that is used again after it is another class. Without it a class stays
    /// the same.
    pub school_year_starts: Option<SchoolYearStart>,
    /// Date ranges with other rules.
    pub calendar: Vec<CalendarEntry>,
}

impl Default for Policy {
    fn default() -> Self {
        let limits = [
            (Fuse::District, Limit { percent: 10, floor: 5 }),
            (Fuse::School, Limit { percent: 25, floor: 10 }),
            (Fuse::Class, Limit { percent: 60, floor: 5 }),
            (Fuse::Identity, Limit { percent: 5, floor: 5 }),
            (Fuse::Reach, Limit { percent: 10, floor: 3 }),
            (Fuse::Keys, Limit { percent: 5, floor: 5 }),
            (Fuse::Blank, Limit { percent: 2, floor: 5 }),
            (Fuse::File, Limit { percent: 25, floor: 5 }),
            (Fuse::Update, Limit { percent: 75, floor: 5 }),
            (Fuse::Column, Limit { percent: 0, floor: 1 }),
            (Fuse::Shrink, Limit { percent: 60, floor: 0 }),
        ];
        Policy {
            limits: limits.into(),
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
    /// The share of a fuse that is switched off: it never blows.
    pub fn off(fuse: Fuse) -> u32 {
        if fuse == Fuse::Shrink { 0 } else { 100 }
    }

    /// The limit of a fuse; that of `seats`, which follows the licence, never blows.
    pub fn limit(&self, fuse: Fuse) -> Limit {
        self.limits.get(&fuse).copied().unwrap_or(Limit { percent: Policy::off(fuse), floor: 0 })
    }

    /// Whether a fuse is switched off.
    pub fn is_off(&self, fuse: Fuse) -> bool {
        self.limit(fuse).percent == Policy::off(fuse)
    }

    /// Sets a fuse from `15`, `15/20` (with the floor) or `off`.
    pub fn set_fuse(&mut self, fuse: Fuse, to: &str) -> Result<(), InvalidLimit> {
        let limit = self.limits.get_mut(&fuse).ok_or(InvalidLimit::SeatsFollowLicence)?;
        if to == "off" {
            limit.percent = Policy::off(fuse);
            return Ok(());
        }
        let number = |text: &str| text.parse::<u32>().map_err(|_| InvalidLimit::NotALimit);
        let (percent, floor) = match to.split_once('/') {
            Some(_) if fuse == Fuse::Shrink => return Err(InvalidLimit::ShrinkHasNoFloor),
            Some((percent, floor)) => (number(percent)?, number(floor)?),
            None => (number(to)?, limit.floor),
        };
        if percent > 100 {
            return Err(InvalidLimit::NotALimit);
        }
        *limit = Limit { percent, floor };
        Ok(())
    }

    /// The first day of the school year that a day is in; `None` when school years do not matter here.
    pub fn school_year_of(&self, day: Date) -> Option<Date> {
        self.school_year_starts?.last_before(day)
    }

    /// Sets the day on which a school year begins, such as `08-01`; `none` when school years do not matter.
    pub fn set_school_year(&mut self, to: &str) -> Result<(), NotADayOfTheYear> {
        self.school_year_starts = if to == "none" { None } else { Some(to.parse()?) };
        Ok(())
    }

    /// The pause that covers this day, if there is one.
    pub fn pause_on(&self, day: Date) -> Option<&CalendarEntry> {
        self.calendar.iter().find(|entry| entry.covers(day) && entry.kind == CalendarRule::Pause)
    }

    /// The additions-only ranges that cover this day, each for its schools.
    pub fn additions_only_on(&self, day: Date) -> impl Iterator<Item = &CalendarEntry> {
        let entries = self.calendar.iter();
        entries.filter(move |entry| entry.covers(day) && entry.kind == CalendarRule::AdditionsOnly)
    }

    /// The windows that cover this day, each with what it allows.
    pub fn windows_on(&self, day: Date) -> impl Iterator<Item = (&CalendarEntry, &Allowed)> {
        self.calendar.iter().filter(move |entry| entry.covers(day)).filter_map(|entry| match &entry.kind {
            CalendarRule::Window(allowed) => Some((entry, allowed)),
            CalendarRule::Pause | CalendarRule::AdditionsOnly => None,
        })
    }
}

/// The JSON form: a field each for share and floor.
#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PolicyJson {
    district_percent: u32,
    district_floor: u32,
    school_percent: u32,
    school_floor: u32,
    class_percent: u32,
    class_floor: u32,
    identity_percent: u32,
    identity_floor: u32,
    reach_percent: u32,
    reach_floor: u32,
    keys_percent: u32,
    keys_floor: u32,
    blank_percent: u32,
    blank_floor: u32,
    file_percent: u32,
    file_floor: u32,
    update_percent: u32,
    update_floor: u32,
    shrink_percent: u32,
    column_percent: u32,
    column_floor: u32,
    wait_all: bool,
    hold_days: u32,
    grace_days: u32,
    school_seats: BTreeMap<String, u32>,
    school_year_starts: Option<SchoolYearStart>,
    calendar: Vec<CalendarEntry>,
}

impl Default for PolicyJson {
    fn default() -> Self {
        Policy::default().into()
    }
}

impl From<Policy> for PolicyJson {
    fn from(policy: Policy) -> PolicyJson {
        let [district, school, class, identity, update, shrink] =
            [Fuse::District, Fuse::School, Fuse::Class, Fuse::Identity, Fuse::Update, Fuse::Shrink]
                .map(|fuse| policy.limit(fuse));
        let [reach, keys, blank, file, column] =
            [Fuse::Reach, Fuse::Keys, Fuse::Blank, Fuse::File, Fuse::Column].map(|fuse| policy.limit(fuse));
        PolicyJson {
            district_percent: district.percent,
            district_floor: district.floor,
            school_percent: school.percent,
            school_floor: school.floor,
            class_percent: class.percent,
            class_floor: class.floor,
            identity_percent: identity.percent,
            identity_floor: identity.floor,
            reach_percent: reach.percent,
            reach_floor: reach.floor,
            keys_percent: keys.percent,
            keys_floor: keys.floor,
            blank_percent: blank.percent,
            blank_floor: blank.floor,
            file_percent: file.percent,
            file_floor: file.floor,
            update_percent: update.percent,
            update_floor: update.floor,
            shrink_percent: shrink.percent,
            column_percent: column.percent,
            column_floor: column.floor,
            wait_all: policy.wait_all,
            hold_days: policy.hold_days,
            grace_days: policy.grace_days,
            school_seats: policy.school_seats,
            school_year_starts: policy.school_year_starts,
            calendar: policy.calendar,
        }
    }
}

impl From<PolicyJson> for Policy {
    fn from(json: PolicyJson) -> Policy {
        let limits = [
            (Fuse::District, json.district_percent, json.district_floor),
            (Fuse::School, json.school_percent, json.school_floor),
            (Fuse::Class, json.class_percent, json.class_floor),
            (Fuse::Identity, json.identity_percent, json.identity_floor),
            (Fuse::Reach, json.reach_percent, json.reach_floor),
            (Fuse::Keys, json.keys_percent, json.keys_floor),
            (Fuse::Blank, json.blank_percent, json.blank_floor),
            (Fuse::File, json.file_percent, json.file_floor),
            (Fuse::Update, json.update_percent, json.update_floor),
            (Fuse::Shrink, json.shrink_percent, 0),
            (Fuse::Column, json.column_percent, json.column_floor),
        ];
        Policy {
            limits: limits.map(|(fuse, percent, floor)| (fuse, Limit { percent, floor })).into(),
            wait_all: json.wait_all,
            hold_days: json.hold_days,
            grace_days: json.grace_days,
            school_seats: json.school_seats,
            school_year_starts: json.school_year_starts,
            calendar: json.calendar,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fuse, Limit, Policy};

    #[test]
    fn a_limit_is_exceeded_beyond_its_share_and_from_its_floor() {
        let limit = Limit { percent: 10, floor: 5 };
        assert!(!limit.is_exceeded(5, 50) && limit.is_exceeded(6, 50), "just the share is within");
        assert!(!limit.is_exceeded(4, 4) && limit.is_exceeded(5, 5), "the floor counts");
        assert!(!Limit { percent: 100, floor: 0 }.is_exceeded(9, 9), "100% never blows");
    }

    #[test]
    fn the_share_itself_reaches_the_limit_of_the_identity_fuse() {
        let limit = Policy::default().limit(Fuse::Identity);
        assert!(limit.is_reached(5, 100) && !limit.is_reached(5, 101));
        assert!(!limit.is_reached(4, 4), "the floor counts");
        assert!(!Limit { percent: 100, floor: 0 }.is_reached(9, 9), "100% never blows");
    }

    #[test]
    fn a_fuse_is_set_with_words_of_the_command_line() {
        let mut policy = Policy::default();
        policy.set_fuse(Fuse::School, "40/20").unwrap();
        assert_eq!(policy.limit(Fuse::School), Limit { percent: 40, floor: 20 });
        policy.set_fuse(Fuse::School, "off").unwrap();
        assert_eq!(policy.limit(Fuse::School), Limit { percent: 100, floor: 20 });
        policy.set_fuse(Fuse::Shrink, "off").unwrap();
        assert_eq!(policy.limit(Fuse::Shrink).percent, 0);
        for (fuse, wrong) in
            [(Fuse::Class, "101"), (Fuse::Class, "a"), (Fuse::Shrink, "5/5"), (Fuse::Seats, "5")]
        {
            assert!(policy.set_fuse(fuse, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_policy_of_an_earlier_version_with_fewer_fields_is_read() {
        let stored = r#"{"district_percent":20,"district_floor":5,"shrink_percent":60,"wait_all":false}"#;
        let mut policy = Policy::default();
        policy.set_fuse(Fuse::District, "20").unwrap();
        assert_eq!(serde_json::from_str::<Policy>(stored).unwrap(), policy);
        assert!(serde_json::from_str::<Policy>(r#"{"district_share":20}"#).is_err());
    }

    #[test]
    fn the_json_form_of_a_policy_stays_as_it_is() {
        let json = serde_json::to_string(&Policy::default()).unwrap();
        let expected = "{\"district_percent\":10,\"district_floor\":5,\"school_percent\":25,\"school_floor\":10,\
            \"class_percent\":60,\"class_floor\":5,\"identity_percent\":5,\"identity_floor\":5,\"reach_percent\":10,\
            \"reach_floor\":3,\"keys_percent\":5,\"keys_floor\":5,\"blank_percent\":2,\"blank_floor\":5,\
            \"file_percent\":25,\"file_floor\":5,\"update_percent\":75,\"update_floor\":5,\"shrink_percent\":60,\"column_percent\":0,\"column_floor\":1,\"wait_all\":false,\"hold_days\":14,\"grace_days\":0,\
            \"school_seats\":{},\"school_year_starts\":null,\"calendar\":[]}";
        assert_eq!(json, expected);
    }
}
