//! The seats of a licence: one for each active student.

use serde::{Deserialize, Serialize};

/// The seats of a licence, before and after a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// Seats of the licence.
    pub limit: u64,
    /// Active students before the run.
    pub before: u64,
    /// Active students after what the run applies at once.
    pub after: u64,
    /// Active students if everything in the file were applied; left out when that equals `after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<u64>,
    /// Students waiting for a seat, in the order in which they get one; at most ten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<String>,
    /// The last day on which the licence may be exceeded, if it is exceeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_until: Option<jiff::civil::Date>,
    /// Schools where students wait, or that have a limit of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schools: Vec<SchoolSeats>,
}

/// The seats of one school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolSeats {
    /// `school_id`
    pub school: String,
    /// Its name.
    pub name: String,
    /// Its own limit, if it has one.
    pub limit: Option<u64>,
    /// Active students before the run.
    pub before: u64,
    /// Active students after what the run applies at once.
    pub after: u64,
    /// Students waiting for a seat.
    pub waiting: u64,
}
