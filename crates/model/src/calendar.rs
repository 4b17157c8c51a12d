//! Date ranges with other rules for a district's syncs: pauses, additions only, and pre-approved windows.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A range of days, both ends included, in the district's time zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarEntry {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The rule.
    pub kind: CalendarRule,
    /// The schools it applies to, by `school_id`; empty for all.
    #[serde(default)]
    pub schools: Vec<String>,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// The rule of a date range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarRule {
    /// Uploads are kept and test-run, nothing is applied.
    Pause,
    /// Additions and changes are applied; removals are left until the range is over.
    AdditionsOnly,
    /// Limits agreed on in advance.
    Window(Allowed),
}

/// The limits of a window in percent; those not given are the policy's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Allowed {
    /// Share of classes that may be removed, and of a class's students that may be replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classes: Option<u32>,
    /// Share of students and teachers that may be removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
    /// Share of people that may be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updates: Option<u32>,
}

impl CalendarEntry {
    /// Whether the day is in the range.
    pub fn covers(&self, day: Date) -> bool {
        (self.from..=self.to).contains(&day)
    }

    /// Whether it applies to this school.
    pub fn is_for(&self, school: &str) -> bool {
        self.schools.is_empty() || self.schools.iter().any(|listed| listed == school)
    }

    /// The range in words: "2027-01-12 to 2027-01-16 classes up to 100%, people up to 5% (S1, S2)".
    pub fn in_words(&self) -> String {
        let what = match &self.kind {
            CalendarRule::Pause => "paused".to_owned(),
            CalendarRule::AdditionsOnly => "additions only".to_owned(),
            CalendarRule::Window(allowed) => {
                let limits =
                    [("classes", allowed.classes), ("people", allowed.people), ("updates", allowed.updates)];
                let given = limits
                    .iter()
                    .filter_map(|(what, share)| share.map(|share| format!("{what} up to {share}%")));
                given.collect::<Vec<_>>().join(", ")
            }
        };
        let schools = match self.schools.as_slice() {
            [] => String::new(),
            schools => format!(" ({})", schools.join(", ")),
        };
        let reason = if self.reason.is_empty() { String::new() } else { format!(": {}", self.reason) };
        format!("{} to {} {what}{schools}{reason}", self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Allowed, CalendarEntry, CalendarRule};

    #[test]
    fn a_range_includes_both_ends() {
        let allowed = Allowed { classes: Some(100), people: Some(5), updates: None };
        let window = CalendarEntry {
            from: date(2027, 1, 12),
            to: date(2027, 1, 16),
            kind: CalendarRule::Window(allowed),
            schools: vec!["S1".into(), "S2".into()],
            reason: "second term".into(),
        };
        let days = [11, 12, 16, 17].map(|day| window.covers(date(2027, 1, day)));
        assert_eq!(days, [false, true, true, false]);
        assert!(window.is_for("S2") && !window.is_for("S3"));
        assert_eq!(
            window.in_words(),
            "2027-01-12 to 2027-01-16 classes up to 100%, people up to 5% (S1, S2): second term"
        );
        let json = serde_json::to_string(&window).unwrap();
        assert_eq!(serde_json::from_str::<CalendarEntry>(&json).unwrap(), window);
    }
}
