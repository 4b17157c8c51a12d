//! What a plan holds back, and what was decided about it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::counts::{Counts, PlanCounts};
use crate::fuse::BlownFuse;
use crate::ids::RosterVersion;
use crate::word::string_enum;

/// The held part of a plan, in the shape of a run's JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// New ones that wait.
    pub create: Counts,
    /// Changes that wait.
    pub update: Counts,
    /// Removals that wait.
    pub deactivate: Counts,
    /// Reactivations that wait.
    pub reactivate: Counts,
    /// New keys for known things that wait.
    #[serde(default)]
    pub rekey: Counts,
    /// Why.
    pub fuses: Vec<BlownFuse>,
    /// What waits, by school; each can be released or discarded on its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schools: Vec<HeldSchool>,
    /// When it expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The version of the roster that the held part belongs to.
    #[serde(default)]
    pub roster_version: RosterVersion,
    /// [`Plan::digest`] of the held part.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub digest: u64,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Held {
    /// How much waits.
    pub fn counts(&self) -> PlanCounts {
        PlanCounts {
            create: self.create,
            update: self.update,
            deactivate: self.deactivate,
            reactivate: self.reactivate,
            rekey: self.rekey,
            unchanged: Counts::default(),
        }
    }
}

string_enum!(
    /// What became of the held part of a school.
    HeldState {
        /// Nobody has decided.
        Waiting = "waiting",
        /// It was applied.
        Released = "released",
        /// It was dropped.
        Discarded = "discarded",
    }
);

/// What waits in one school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldSchool {
    /// `school_id`; empty for what belongs to no school.
    pub school: String,
    /// Its name.
    pub name: String,
    /// How much.
    #[serde(flatten)]
    pub counts: PlanCounts,
    /// What became of it.
    pub state: HeldState,
}
