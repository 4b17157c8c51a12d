//! Settings of the inbox.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// How uploads are taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InboxSettings {
    /// Quiet time after the last activity of a district before its uploads are read.
    pub settle_seconds: u64,
    /// The largest file, in bytes.
    pub max_file_bytes: u64,
    /// The most files and folders of an account.
    pub max_files: u64,
    /// The most bytes of an account.
    pub max_total_bytes: u64,
    /// Days after which a partial file that nobody has resumed is forgotten.
    pub partial_keep_days: u64,
}

impl Default for InboxSettings {
    fn default() -> Self {
        InboxSettings {
            settle_seconds: 20,
            max_file_bytes: 4 << 30,
            max_files: 2_000,
            max_total_bytes: 20 << 30,
            partial_keep_days: 7,
        }
    }
}

impl InboxSettings {
    /// Says what cannot be.
    pub fn validate(&self) -> Result<(), String> {
        if self.max_file_bytes == 0 || self.max_files == 0 || self.max_total_bytes == 0 {
            return Err("the limits of [inbox] must be larger than 0".into());
        }
        Ok(())
    }

    /// [`settle_seconds`](InboxSettings::settle_seconds) as a duration.
    pub fn settle_time(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::try_from(self.settle_seconds).unwrap_or(i64::MAX))
    }
}
