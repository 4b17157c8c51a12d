//! Turns rows into a roster and findings. Never fails on data.
//!
//! A flat file repeats itself. Each distinct class part (school, teacher, class) and student part of its rows is validated once
//! (`gather`, `part_reader`); people, schools and classes are put together from the parts (`people`, `places`); each row
//! is judged by its two parts (`rows`); and the accepted rows make the roster (`roster_builder`). Rosters in several files
//! take the same steps in `sets`.

mod checked_file;
mod class_students;
mod corrected_csv;
mod damaged_row;
mod dragged_classes;
mod dragged_students;
mod dragged_teachers;
mod exchanged_classes;
mod file_rejection;
mod findings_csv;
mod flat;
mod flat_rows;
mod footer;
mod gather;
mod groups;
mod guessed_encoding;
mod header_findings;
mod kept_values;
mod look_alikes;
mod name_checks;
mod namesakes;
mod new_ids;
mod origin;
mod part_index;
mod part_reader;
mod people;
mod person_merge;
mod places;
mod position;
mod protect;
mod roster_builder;
mod row_parts;
mod rows;
mod sets;
mod shared_addresses;
mod shared_ids;
mod shifted_row;
mod spelling;
mod spreadsheet;
mod student_parts;
mod threads;
mod two_classes;
mod values;

use std::io;

use homeroom_model::check_report::{CheckReport, Outcome};
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::{FindingCode, Severity};
use homeroom_model::ids::EntityKind;
use homeroom_model::profile::ProfileChange;
use homeroom_model::protected::Protected;
use homeroom_model::roster::Roster;
use homeroom_model::source::Source;
use homeroom_model::stored::StoredRoster;
use homeroom_read::{Opened, ReadRules, read_beside};

use crate::checked_file::CheckedFile;
use crate::guessed_encoding::words_of_names;

pub use corrected_csv::write_corrected;
pub use findings_csv::write_findings;
pub use sets::{SetFiles, set_of_files};

/// What a check found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The result in the shape of its JSON.
    pub report: CheckReport,
    /// The roster in the file; empty when the file is rejected.
    pub roster: Roster,
    /// What the rejected rows name.
    pub protected: Protected,
    /// Every finding, in the order of the file.
    pub findings: Findings,
    /// Whether rows of the file are known to be missing: it ends in the middle of one, or a part of it cannot be read.
    pub lacks_rows: bool,
    /// Whether the files hold changes only: how many rows they have says nothing about what is missing.
    pub changes_only: bool,
}

impl Checked {
    /// The rows to compare with those of the file that was applied before: without those that repeat another one, because an export
    /// that is in the file twice has no more in it.
    pub fn rows_of_all(&self, applied_before: Option<u64>) -> u64 {
        match applied_before {
            Some(before) if self.changes_only => before,
            _ => self.report.rows - self.findings.count(FindingCode::DuplicateRow),
        }
    }

    /// Adds what a look at the whole file has found. A finding that rejects the file leaves nothing of its roster.
    pub fn add(&mut self, findings: Vec<Finding>) {
        if findings.is_empty() {
            return;
        }
        findings.into_iter().for_each(|finding| self.findings.add_whole(finding));
        self.findings.sort();
        self.report.outcome = outcome(&self.findings, self.report.rows_rejected);
        self.report.findings = self.findings.shown();
        self.report.finding_counts.clone_from(self.findings.counts());
        if self.is_rejected() {
            self.roster = Roster::default();
        }
    }

    /// The finding for which nothing of the file is used, if there is one.
    pub fn rejection(&self) -> Option<&Finding> {
        self.findings.kept().iter().find(|finding| finding.code.severity() == Severity::RejectFile)
    }

    /// Whether nothing of the file is used.
    pub fn is_rejected(&self) -> bool {
        self.report.outcome == Outcome::FileRejected
    }
}

/// Returns the stored roster, for findings that only a comparison can prove; `None` when there is none. It is called after the
/// rows have been read, so that the roster can be loaded in the meantime.
pub type LoadStored<'e> = dyn Fn() -> Option<&'e StoredRoster> + Sync + 'e;

/// Checks a file on its own: without rules of a district, and without a roster to compare with.
///
/// # Errors
/// As [`check()`].
pub fn check_alone(source: &dyn Source, name: &str) -> io::Result<Checked> {
    check(source, name, &ReadRules::default(), &|| None, &mut |_| {})
}

/// Checks a file. `name` is its name without a folder; `progress` gets the bytes read so far.
///
/// # Errors
/// Only when the bytes cannot be read; every content gets an answer.
pub fn check(
    source: &dyn Source,
    name: &str,
    rules: &ReadRules,
    stored: &LoadStored<'_>,
    progress: &mut dyn FnMut(u64),
) -> io::Result<Checked> {
    let known = || stored().map(words_of_names).unwrap_or_default();
    read_beside(source, rules, &known, |opened| {
        let mut findings = Findings::default();
        let file = match opened {
            Opened::Table(table) => flat::check_table(*table, rules, stored, &mut findings, progress)?,
            Opened::Set(set) => match sets::check_set(&set, rules, stored, &mut findings, progress)? {
                Some(file) => file,
                None => {
                    findings.add_whole(file_rejection::finding(&Opened::Set(set)));
                    CheckedFile::default()
                }
            },
            refused => {
                findings.add_whole(file_rejection::finding(&refused));
                CheckedFile::default()
            }
        };
        Ok(finish(name, rules, file, findings))
    })
}

fn finish(name: &str, rules: &ReadRules, mut file: CheckedFile, mut findings: Findings) -> Checked {
    if !rules.expects(name) {
        let expected = rules.file_name.as_deref().unwrap_or_default();
        let message = format!(
            "The file is called {name}, but the expected name is {expected}. It is only tested, not synced."
        );
        let finding = Finding::of_file(FindingCode::FileNameUnexpected, name, message);
        findings.add_whole(finding.proposing(expected));
        file.proposals.push(ProfileChange::FileName(name.to_owned()));
    }
    let CheckedFile { rows, rejected, .. } = file;
    if rejected * 10 > rows {
        let message =
            format!("{rejected} of {rows} rows are rejected, more than 10%: nothing in the file is used.");
        findings.add_whole(Finding::of_file(FindingCode::TooManyRowsRejected, rejected.to_string(), message));
    }
    findings.sort();
    let outcome = outcome(&findings, rejected);
    let CheckedFile { roster, protected, lacks_rows, changes_only, .. } = file;
    let count = |kind| roster.count(kind) as u64;
    let report = CheckReport {
        file: name.to_owned(),
        outcome,
        format: file.format,
        encoding: file.encoding,
        separator: file.separator,
        rows,
        rows_accepted: rows - rejected,
        rows_rejected: rejected,
        schools: count(EntityKind::School),
        teachers: count(EntityKind::Teacher),
        classes: count(EntityKind::Class),
        students: count(EntityKind::Student),
        teachings: roster.teachings.len() as u64,
        enrollments: roster.enrollments.len() as u64,
        findings: findings.shown(),
        finding_counts: findings.counts().clone(),
        proposals: file.proposals,
    };
    let roster = if outcome == Outcome::FileRejected { Roster::default() } else { roster };
    Checked { report, roster, protected, findings, lacks_rows, changes_only }
}

fn outcome(findings: &Findings, rejected_rows: u64) -> Outcome {
    let has = |severity| findings.counts().keys().any(|code| code.severity() == severity);
    if has(Severity::RejectFile) {
        Outcome::FileRejected
    } else if rejected_rows > 0 {
        Outcome::RowsRejected
    } else if has(Severity::Warning) {
        Outcome::Warnings
    } else {
        Outcome::Clean
    }
}
