//! The result of a check, in the shape of its JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::finding_code::FindingCode;
use crate::profile::ProfileChange;
use crate::word::string_enum;

string_enum!(
    /// The kind of files a roster comes in.
    #[derive(Default)]
    Format {
        /// One flat CSV.
        #[default]
        Flat = "flat",
        /// The files of a Clever SFTP sync.
        Clever = "clever",
        /// The files of OneRoster's CSV binding, 1.1 or 1.2.
        Oneroster = "oneroster",
    }
);

string_enum!(
    /// The outcome of checking a file.
    Outcome {
        /// No findings, or only notices.
        Clean = "clean",
        /// Every row is accepted, with warnings.
        Warnings = "warnings",
        /// Some rows are dropped.
        RowsRejected = "rows_rejected",
        /// Nothing is accepted.
        FileRejected = "file_rejected",
    }
);

/// The result of a check. All counts but `rows` and `rows_rejected` are of accepted rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckReport {
    /// The file's name without its folder.
    pub file: String,
    /// The outcome.
    pub outcome: Outcome,
    /// The kind of files: `flat`, `clever` or `oneroster`.
    #[serde(default)]
    pub format: Format,
    /// `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`; empty when the file could not be read as text.
    pub encoding: String,
    /// One of `,` `;` tab `|`; empty when the file is not a table.
    pub separator: String,
    /// Data rows: without the header, repeated headers and blank lines.
    pub rows: u64,
    /// Accepted rows.
    pub rows_accepted: u64,
    /// Rejected rows.
    pub rows_rejected: u64,
    /// Schools.
    pub schools: u64,
    /// Teachers.
    pub teachers: u64,
    /// Classes.
    pub classes: u64,
    /// Students.
    pub students: u64,
    /// Teacher-class pairs.
    pub teachings: u64,
    /// Student-class pairs.
    pub enrollments: u64,
    /// At most 1,000 of each code, in the order of the file.
    pub findings: Vec<Finding>,
    /// The exact count of each code.
    pub finding_counts: BTreeMap<FindingCode, u64>,
    /// Changes of the district's profile with which the file would be read better.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<ProfileChange>,
}
