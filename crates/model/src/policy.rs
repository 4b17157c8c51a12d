//! The limits on a plan, per district.

use serde::{Deserialize, Serialize};

/// When a plan's changes are held back. Shares are in per cent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// The `district` fuse blows when more than this share of the active students, teachers or classes
    /// would be deactivated …
    pub district_percent: u32,
    /// … and at least so many.
    pub district_floor: u32,
    /// The `shrink` fuse blows when the file has fewer than this share of the rows of the one applied last.
    pub shrink_percent: u32,
    /// Hold the whole plan when any fuse blows, not only its risky part.
    pub wait_all: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Policy { district_percent: 10, district_floor: 5, shrink_percent: 60, wait_all: false }
    }
}
