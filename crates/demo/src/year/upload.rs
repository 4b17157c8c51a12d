//! What arrives in a night: a file and its bytes, which are made once for all the nights in which nothing changes.

use super::day_file::DayFile;

/// A file as it is uploaded.
pub(super) struct Upload {
    pub(super) file: DayFile,
    pub(super) csv: String,
}

impl From<DayFile> for Upload {
    fn from(file: DayFile) -> Upload {
        Upload { csv: file.csv(), file }
    }
}
