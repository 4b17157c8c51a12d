//! A district: the tenant, its licence and its stage on the way to live.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::Serialize;

use crate::ids::{DistrictId, RosterVersion};
use crate::time_zone::{LocalTime, Zone};
use crate::word::string_enum;

/// A district's short name in addresses and commands: 2 to 40 of `a-z 0-9 -`, beginning with a letter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    /// `None` when the text breaks the rule above.
    pub fn parse(text: &str) -> Option<Slug> {
        let fits = (2..=40).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        fits.then(|| Slug(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A text that cannot be a district's slug.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a valid district slug: use 2 to 40 of a-z, 0-9 and '-', beginning with a letter")]
pub struct InvalidSlug(pub String);

impl FromStr for Slug {
    type Err = InvalidSlug;

    fn from_str(text: &str) -> Result<Self, InvalidSlug> {
        Slug::parse(text).ok_or_else(|| InvalidSlug(text.to_owned()))
    }
}

string_enum!(
    /// How far a district is on the way to live.
    Stage {
        /// Created; no file yet.
        Setup = "setup",
        /// Every upload makes a test run.
        Testing = "testing",
        /// A clean test run was loaded; logins are tested.
        Verifying = "verifying",
        /// Uploads are applied.
        Live = "live",
        /// Uploads are kept and test-run, nothing is applied.
        Paused = "paused",
    }
);

string_enum!(
    /// What starts a live run in stage `live`.
    Mode {
        /// At a set time in the district's time zone.
        Nightly = "nightly",
        /// As soon as an upload has settled.
        OnUpload = "on_upload",
        /// Only an operator does.
        Manual = "manual",
    }
);

/// The apps of a licence.
pub type Apps = Vec<String>;

/// A district as the operator set it up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct District {
    /// Its number in the database.
    #[serde(skip)]
    pub id: DistrictId,
    /// `lincoln-usd`.
    pub slug: Slug,
    /// "Lincoln Unified School District".
    pub name: String,
    /// The time zone of its clocks.
    pub time_zone: Zone,
    /// Seats of the licence: the most active students.
    pub seats: u32,
    /// Apps of the licence.
    pub apps: Apps,
    /// What starts a live run.
    pub mode: Mode,
    /// When a nightly run starts, by the district's clocks.
    pub at: LocalTime,
    /// The name of the file that is synced: `roster.csv`.
    pub file: String,
    /// How far it is on the way to live.
    pub stage: Stage,
    /// Raised by every change of the roster; a plan names the version it was made from.
    pub roster_version: RosterVersion,
    /// Limits on a plan.
    pub policy: crate::policy::Policy,
    /// When it was created.
    pub created_at: Timestamp,
}

impl District {
    /// The day in the district.
    pub fn today(&self, now: Timestamp) -> Date {
        self.time_zone.date_of(now)
    }

    /// When the next nightly run starts: the first time after `now` at which the district's clocks show its hour.
    pub fn next_night(&self, now: Timestamp) -> Timestamp {
        let today = self.today(now);
        [today, today.saturating_add(1.day()), today.saturating_add(2.days())]
            .into_iter()
            .filter_map(|day| self.time_zone.time_of(day, self.at.time()))
            .find(|time| *time > now)
            .unwrap_or(now)
    }
}
