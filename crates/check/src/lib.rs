//! Rows become a roster and findings. Never fails on data.
//!
//! A flat file repeats itself: each distinct class half (school, teacher, class) and student half of a row is validated
//! once (`halves`), then persons, schools and classes are put together from the halves (`people`, `places`), and at
//! last each row is judged by its two halves (`rows`).

mod flat;
mod groups;
mod half_table;
mod halves;
mod names;
mod people;
mod places;
mod protect;
mod remarks;
mod rows;
mod spelling;
mod students;
mod values;
mod written;

use std::io;

use homeroom_model::check_report::{CheckReport, Outcome};
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::{FindingCode, Severity};
use homeroom_model::ids::Kind;
use homeroom_model::protected::Protected;
use homeroom_model::roster::Roster;
use homeroom_model::source::Source;
use homeroom_read::{Limits, Opened, Unusable, read};

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
}

/// Checks a file. `name` is its name without a folder; `progress` gets the bytes read so far, as UTF-8.
///
/// # Errors
/// Only when the bytes cannot be read; whatever they are is answered with findings.
pub fn check(
    source: &dyn Source,
    name: &str,
    limits: &Limits,
    progress: &mut dyn FnMut(u64),
) -> io::Result<Checked> {
    read(source, limits, |opened| {
        let mut findings = Findings::default();
        let checked = match opened {
            Opened::Table(table) => flat::check_table(*table, &mut findings, progress)?,
            refused => {
                findings.add_whole(refusal(&refused));
                flat::Flat::default()
            }
        };
        Ok(finish(name, checked, findings))
    })
}

/// Why a file is no table.
fn refusal(opened: &Opened<'_>) -> Finding {
    let (code, value, message) = match opened {
        Opened::Table(_) => unreachable!("a table is checked"),
        Opened::Empty => (FindingCode::FileEmpty, String::new(), "The file is empty.".to_owned()),
        Opened::NotText(what) => {
            (FindingCode::FileNotText, (*what).to_owned(), format!("The file is {what}, not a CSV."))
        }
        Opened::Unusable(why) => unusable(why),
        Opened::NotATable(line) => (
            FindingCode::FileNotATable,
            line.clone(),
            "The first line names none of the columns of a roster.".to_owned(),
        ),
        Opened::TooManyColumns(count) => (
            FindingCode::TooManyColumns,
            count.to_string(),
            format!("The file has {count} columns, more than are allowed."),
        ),
        Opened::TooLarge => {
            (FindingCode::FileTooLarge, String::new(), "The file is larger than allowed.".to_owned())
        }
        Opened::HeaderTooLong => (
            FindingCode::HeaderTooLong,
            String::new(),
            "The first line is longer than a header can be: the file may have no line ends.".to_owned(),
        ),
    };
    Finding { code, line: None, column: None, value, message, proposed: None }
}

/// Why an archive gives no table.
fn unusable(why: &Unusable) -> (FindingCode, String, String) {
    let plain = |code, message: &str| (code, String::new(), message.to_owned());
    match why {
        Unusable::Damaged => plain(
            FindingCode::ArchiveDamaged,
            "The archive is damaged: it was cut off, or its bytes have changed.",
        ),
        Unusable::Encrypted => plain(FindingCode::ArchiveEncrypted, "The archive asks for a password."),
        Unusable::Packed => plain(
            FindingCode::ArchivePacking,
            "The archive is packed in a way that only few programs understand.",
        ),
        Unusable::NoTable(names) => (
            FindingCode::ArchiveWithoutTable,
            names.join(", "),
            match names.as_slice() {
                [] => "The archive is empty.".into(),
                names => format!("The archive holds no CSV file, only: {}.", names.join(", ")),
            },
        ),
        Unusable::SeveralTables(names) => (
            FindingCode::ArchiveSeveralTables,
            names.join(", "),
            format!("The archive holds several files, and the roster is one: {}.", names.join(", ")),
        ),
        Unusable::Document(what) => {
            (FindingCode::FileNotText, (*what).to_owned(), format!("The file is {what}, not a CSV."))
        }
        Unusable::TooLarge => {
            plain(FindingCode::FileTooLarge, "The archive unpacks to more than is allowed.")
        }
        Unusable::EncryptedWithoutKey => plain(
            FindingCode::EncryptionNoKey,
            "The file is encrypted, and there is no key here for this district.",
        ),
        Unusable::EncryptedToOtherKey => {
            plain(FindingCode::EncryptionOtherKey, "The file is encrypted, but not to our key.")
        }
        Unusable::EncryptedWithPassword => {
            plain(FindingCode::EncryptionPassword, "The file is encrypted with a password.")
        }
        Unusable::MessageDamaged => plain(
            FindingCode::EncryptionDamaged,
            "The encrypted file is damaged: it was cut off, or its bytes have changed.",
        ),
        Unusable::SignatureBad => plain(
            FindingCode::SignatureBad,
            "The file's signature is of none of the keys that are known as the district's.",
        ),
        Unusable::NotAMessage(what) => (
            FindingCode::EncryptionNotAFile,
            (*what).to_owned(),
            format!("The file is {what}, and holds no roster."),
        ),
    }
}

fn finish(name: &str, checked: flat::Flat, mut findings: Findings) -> Checked {
    let flat::Flat { encoding, separator, rows, rejected, roster, protected, ends_mid_row, .. } = checked;
    if rejected * 10 > rows {
        let message =
            format!("{rejected} of {rows} rows are rejected, more than 10 %: nothing of the file is used.");
        let code = FindingCode::TooManyRowsRejected;
        findings.add_whole(Finding {
            code,
            line: None,
            column: None,
            value: rejected.to_string(),
            message,
            proposed: None,
        });
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
        encoding,
        separator,
        rows,
        rows_accepted: rows - rejected,
        rows_rejected: rejected,
        schools: count(Kind::School),
        teachers: count(Kind::Teacher),
        classes: count(Kind::Class),
        students: count(Kind::Student),
        teachings: roster.teachings.len() as u64,
        enrollments: roster.enrollments.len() as u64,
        findings: findings.shown(),
        finding_counts: findings.counts().clone(),
    };
    let roster = if outcome == Outcome::FileRejected { Roster::default() } else { roster };
    Checked { report, roster, protected, findings, ends_mid_row }
}
