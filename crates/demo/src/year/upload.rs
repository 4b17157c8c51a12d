//! The upload of a night. Its text is made once and shared by all nights in which nothing changes.

use super::day_file::DayFile;

/// A file with its text.
pub(super) struct Upload {
    pub(super) file: DayFile,
    pub(super) csv: String,
}

impl From<DayFile> for Upload {
    fn from(file: DayFile) -> Upload {
        Upload { csv: file.csv(), file }
    }
}
