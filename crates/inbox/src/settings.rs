//! The settings of the inbox.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// When uploads are read, and the limits of an account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InboxSettings {
    /// The settle time: how long a district must be quiet before its uploads are read.
    pub settle_seconds: u64,
    /// The largest file, in bytes.
    pub max_file_bytes: u64,
    /// The most files and folders of an account.
    pub max_files: u64,
    /// The most bytes of an account.
    pub max_total_bytes: u64,
    /// Days after which a partial file that nobody has resumed is removed.
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
    /// Checks the values.
    ///
    /// # Errors
    /// A sentence that names the setting and says what is wrong with it.
    pub fn validate(&self) -> Result<(), String> {
        if self.max_file_bytes == 0 || self.max_files == 0 || self.max_total_bytes == 0 {
            return Err(
                "inbox.max_file_bytes, inbox.max_files and inbox.max_total_bytes must be at least 1".into()
            );
        }
        Ok(())
    }

    /// [`settle_seconds`](InboxSettings::settle_seconds) as a duration.
    pub fn settle_time(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::try_from(self.settle_seconds).unwrap_or(i64::MAX))
    }
}
