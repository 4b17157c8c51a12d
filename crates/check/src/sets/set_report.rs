//! Findings and counts from reading the files of a set.

use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::protected::Protected;

use crate::protect;

/// Findings and counts, added up over the files of a set.
#[derive(Default)]
pub(super) struct SetReport {
    pub(super) findings: Findings,
    pub(super) protected: Protected,
    pub(super) rows: u64,
    pub(super) rejected: u64,
    pub(super) lacks_rows: bool,
    pub(super) encoding: String,
    pub(super) separator: String,
    pub(super) bytes: u64,
    /// The finding that the set is not signed; it is reported once for all files.
    pub(super) missing_signature: Option<Finding>,
    /// Whether a file turned out not to be a table; the findings say why.
    pub(super) has_unreadable_file: bool,
}

impl SetReport {
    /// Adds the report of another file.
    pub(super) fn append(&mut self, file: SetReport) {
        self.findings.append(file.findings);
        self.protected.append(&file.protected);
        self.rows += file.rows;
        self.rejected += file.rejected;
        self.lacks_rows |= file.lacks_rows;
        self.bytes += file.bytes;
        self.missing_signature = self.missing_signature.take().or(file.missing_signature);
        self.has_unreadable_file |= file.has_unreadable_file;
        if self.encoding.is_empty() {
            (self.encoding, self.separator) = (file.encoding, file.separator);
        }
    }

    /// Adds a finding about a row or a file; the row itself is not rejected by that.
    pub(super) fn add(&mut self, file: &str, code: FindingCode, finding: impl FnOnce() -> Finding) {
        self.findings.add(code, || Finding { file: Some(file.into()), ..finding() });
    }

    /// Adds a finding that rejects the set.
    pub(super) fn refuse(&mut self, code: FindingCode, value: impl Into<String>, message: impl Into<String>) {
        self.findings.add_whole(Finding::of_file(code, value, message));
    }

    /// Rejects a damaged row; each of its cells may be the key of anything.
    pub(super) fn reject_damaged(&mut self, row: &[u8], separator: char) {
        self.rejected += 1;
        protect::damaged_row(&mut self.protected, row, separator as u8);
    }
}
