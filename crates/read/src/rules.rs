//! How a file is to be read: limits, and what the district's profile says.

use std::sync::Arc;

use homeroom_model::profile::Profile;
use jiff::civil::Date;

use crate::openpgp::OpenPgpKeys;

/// How a file is read.
#[derive(Clone, Debug, Default)]
pub struct ReadRules {
    /// Limits on the file.
    pub limits: ReadLimits,
    /// The district's profile.
    pub profile: Profile,
    /// The keys for files that are encrypted or signed with OpenPGP.
    pub keys: Option<Arc<OpenPgpKeys>>,
    /// The day in the district: links that ended before it are over. `None` when nobody knows.
    pub today: Option<Date>,
    /// The expected file name, in addition to those of the profile; `None` when any name is accepted.
    pub file_name: Option<String>,
}

impl ReadRules {
    /// Whether a file of this name is the expected one.
    pub fn expects(&self, name: &str) -> bool {
        self.file_name.as_ref().is_none_or(|expected| expected == name) || self.profile.expects(name)
    }
}

/// Limits on a file.
#[derive(Clone, Debug)]
pub struct ReadLimits {
    /// The longest record, in bytes.
    pub longest_record: usize,
    /// The most columns.
    pub columns: usize,
    /// The largest file, in bytes.
    pub bytes: u64,
}

impl Default for ReadLimits {
    fn default() -> Self {
        ReadLimits { longest_record: 1 << 20, columns: 1_000, bytes: 4 << 30 }
    }
}
