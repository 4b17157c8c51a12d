//! The limits of a district today.

use homeroom_model::assessment::ColumnVerdict;
use homeroom_model::calendar::{Allowed, CalendarEntry};
use homeroom_model::policy::{Limit, Policy};
use jiff::civil::Date;

use super::past::Past;

/// What the fuses compare a plan with.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The district's policy.
    pub policy: Policy,
    /// Seats of the licence.
    pub seats: u64,
    /// Data rows of the file.
    pub rows: u64,
    /// Whether rows of the file are known to be missing: it ends in the middle of one, or a part of it cannot be read.
    pub lacks_rows: bool,
    /// The day in the district, for its calendar.
    pub today: Date,
    /// Columns of the file that went wrong.
    pub verdicts: Vec<ColumnVerdict>,
    /// Why the whole file waits: hardly anybody in it is known, although its places are.
    pub other_people: Option<String>,
    /// What the last nights did.
    pub past: Past,
    /// The day since which the licence is exceeded, when it is.
    pub over_since: Option<Date>,
}

/// The default policy, without a limit of seats, on a day without a calendar.
impl Default for Limits {
    fn default() -> Limits {
        Limits {
            policy: Policy::default(),
            seats: u64::MAX,
            rows: 0,
            lacks_rows: false,
            today: Date::default(),
            verdicts: vec![],
            other_people: None,
            past: Past::default(),
            over_since: None,
        }
    }
}

/// The policy with what the calendar says for today.
pub(super) struct PolicyToday<'p> {
    pub(super) policy: &'p Policy,
    pub(super) today: Date,
    windows: Vec<(&'p CalendarEntry, &'p Allowed)>,
}

impl<'p> PolicyToday<'p> {
    pub(super) fn new(limits: &'p Limits) -> Self {
        let (policy, today) = (&limits.policy, limits.today);
        PolicyToday { policy, today, windows: policy.windows_on(today).collect() }
    }

    /// The usual limit, or the one that a window of the calendar allows in this school.
    pub(super) fn limit(&self, usual: Limit, school: &str, allowed: fn(&Allowed) -> Option<u32>) -> Limit {
        let windows = self.windows.iter().filter(|(entry, _)| entry.is_for(school));
        match windows.filter_map(|(_, window)| allowed(window)).max() {
            Some(percent) => Limit { percent, ..usual },
            None => usual,
        }
    }

    /// Whether only additions are made in this school today, so that its removals wait anyway.
    pub(super) fn is_additions_only(&self, school: &str) -> bool {
        self.policy.additions_only_on(self.today).any(|entry| entry.is_for(school))
    }

    /// Whether only additions are made in all schools today.
    pub(super) fn is_additions_only_everywhere(&self) -> bool {
        self.policy.additions_only_on(self.today).any(|entry| entry.schools.is_empty())
    }
}
