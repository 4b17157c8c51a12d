//! Rows become a roster and findings. Never fails on data.
//!
//! A flat file repeats itself: each distinct class half (school, teacher, class) and student half of a row is validated
//! once (`halves`), then persons, schools and classes are put together from the halves (`people`, `places`), and at
//! last each row is judged by its two halves (`rows`).

mod damage;
mod flat;
mod groups;
mod half_table;
mod halves;
mod names;
mod people;
mod places;
mod protect;
mod refusal;
mod remarks;
mod rows;
mod sets;
mod spelling;
mod students;
mod values;
mod written;

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
use homeroom_read::{Opened, ReadRules, read};

pub use sets::{SetFiles, set_of_files};
pub use written::{write_corrected, write_findings};

/// What a check found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The result in the shape of its JSON.
    pub report: CheckReport,
    /// What the file wants; empty when the file is rejected.
    pub roster: Roster,
    /// What the rejected rows name.
    pub protected: Protected,
    /// Every finding, in the order of the file.
    pub findings: Findings,
    /// Whether the file ends in the middle of a row.
    pub ends_mid_row: bool,
    /// Whether the files hold changes only: how many rows they have says nothing about what is missing.
    pub changes_only: bool,
}

impl Checked {
    /// The rows to compare with those of the file that was applied before.
    pub fn rows_of_all(&self, applied_before: Option<u64>) -> u64 {
        match applied_before {
            Some(before) if self.changes_only => before,
            _ => self.report.rows,
        }
    }
}

/// The roster as it is stored, for what only a comparison can prove. It is asked for when the rows have been read, so that
/// it may be loaded meanwhile; `None` when there is none.
pub type Earlier<'e> = dyn Fn() -> Option<&'e StoredRoster> + Sync + 'e;

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
/// Only when the bytes cannot be read; whatever they are is answered with findings.
pub fn check(
    source: &dyn Source,
    name: &str,
    rules: &ReadRules,
    earlier: &Earlier<'_>,
    progress: &mut dyn FnMut(u64),
) -> io::Result<Checked> {
    read(source, rules, |opened| {
        let mut findings = Findings::default();
        let checked = match opened {
            Opened::Table(table) => flat::check_table(*table, rules, earlier, &mut findings, progress)?,
            Opened::Set(set) => match sets::check_set(&set, rules, earlier, &mut findings, progress)? {
                Some(contents) => contents,
                None => {
                    findings.add_whole(refusal::finding(&Opened::Set(set)));
                    flat::Contents::default()
                }
            },
            refused => {
                findings.add_whole(refusal::finding(&refused));
                flat::Contents::default()
            }
        };
        Ok(finish(name, rules, checked, findings))
    })
}

fn finish(name: &str, rules: &ReadRules, checked: flat::Contents, mut findings: Findings) -> Checked {
    let flat::Contents {
        format,
        changes_only,
        encoding,
        separator,
        rows,
        rejected,
        roster,
        protected,
        ends_mid_row,
        mut proposals,
        ..
    } = checked;
    if !rules.expects(name) {
        let expected = rules.file_name.as_deref().unwrap_or_default();
        let message = format!(
            "The file is called {name}; the one that is synced is {expected}. This one is only tested."
        );
        findings
            .add_whole(Finding::of_file(FindingCode::FileNameUnexpected, name, message).proposing(expected));
        proposals.push(ProfileChange::FileName(name.to_owned()));
    }
    if rejected * 10 > rows {
        let message =
            format!("{rejected} of {rows} rows are rejected, more than 10 %: nothing of the file is used.");
        findings.add_whole(Finding::of_file(FindingCode::TooManyRowsRejected, rejected.to_string(), message));
    }
    findings.sort();
    let found = |severity| findings.counts().keys().any(|code| code.severity() == severity);
    let outcome = if found(Severity::RejectFile) {
        Outcome::FileRejected
    } else if rejected > 0 {
        Outcome::RowsRejected
    } else if found(Severity::Warning) {
        Outcome::Warnings
    } else {
        Outcome::Clean
    };
    let count = |kind| roster.count(kind) as u64;
    let report = CheckReport {
        file: name.to_owned(),
        outcome,
        format,
        encoding,
        separator,
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
        proposals,
    };
    let roster = if outcome == Outcome::FileRejected { Roster::default() } else { roster };
    Checked { report, roster, protected, findings, ends_mid_row, changes_only }
}
