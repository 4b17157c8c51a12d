//! What happened in a night, and in the whole year.

use homeroom_model::run::RunState;
use homeroom_model::thousands;
use jiff::civil::Date;
use serde::Serialize;

use super::expectation::Outcome;
use super::timeline::{Decision, Event};

/// What happened in a night.
#[derive(Serialize)]
pub(super) struct NightReport {
    pub(super) date: Date,
    pub(super) events: Vec<Event>,
    /// The events in words.
    #[serde(rename = "said")]
    pub(super) happenings: Vec<String>,
    /// The actual outcome of the run.
    pub(super) outcome: Outcome,
    pub(super) decisions: Vec<Decision>,
    /// Whether this file superseded a hold of an earlier one.
    pub(super) superseded: bool,
    /// What was not as expected; empty when all is well.
    pub(super) differences: Vec<String>,
}

impl NightReport {
    /// Whether nothing happened.
    pub(super) fn is_quiet(&self) -> bool {
        self.outcome.state == RunState::Unchanged && self.happenings.is_empty() && self.differences.is_empty()
    }
}

/// The whole year.
#[derive(Serialize)]
pub struct Year {
    pub(super) nights: Vec<NightReport>,
    /// Whether every night went as expected.
    pub as_expected: bool,
    /// Different files among the uploads.
    pub(super) files: usize,
    /// Students who were in the roster at some time.
    pub(super) students_seen: usize,
    /// Students of the first file who are still here at the end.
    pub(super) students_all_year: usize,
}

impl Year {
    /// The year in a few sentences.
    pub fn text(&self) -> String {
        let nights = self.nights.len();
        if !self.as_expected {
            let last = self.nights.last();
            let night = last.map(|night| format!("{}:\n  {}", night.date, night.differences.join("\n  ")));
            return format!("Night {nights} did not go as expected, {}", night.unwrap_or_default());
        }
        let count = |state| self.nights.iter().filter(|night| night.outcome.state == state).count();
        format!(
            "A year: {nights} nights, {} different files; {} applied at once, {} held, {} only tested, {} unchanged.\n\
             {} students were in the roster at some time. All {} of the first day who are still here have kept their id, and \
             nobody has two.",
            self.files,
            count(RunState::Applied),
            count(RunState::Held),
            count(RunState::Tested),
            count(RunState::Unchanged),
            thousands(self.students_seen as u64),
            thousands(self.students_all_year as u64),
        )
    }
}
