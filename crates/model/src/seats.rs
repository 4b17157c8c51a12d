//! The seats of a licence: one for each active student.

use serde::{Deserialize, Serialize};

/// Seats: one for each active student.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// Of the licence.
    pub limit: u64,
    /// Active students before the run.
    pub before: u64,
    /// Active students after what the run applies at once.
    pub after: u64,
    /// Active students were everything applied that the file asks for; left out when that is `after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<u64>,
    /// Students who wait for a seat, in the order in which they will get one; at most ten are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<String>,
    /// The last day on which the licence may be exceeded, when it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_until: Option<jiff::civil::Date>,
    /// By school, where students wait or a limit is set.
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
    /// Its own limit, when it has one.
    pub limit: Option<u64>,
    /// Active students before the run.
    pub before: u64,
    /// Active students after what the run applies at once.
    pub after: u64,
    /// Students who wait for a seat.
    pub waiting: u64,
}
