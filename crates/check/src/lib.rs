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
use homeroom_read::{ContainerError, FileType, OpenPgpItem, Opened, ReadRules, read};

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
                    findings.add_whole(refusal(&Opened::Set(set)));
                    flat::Contents::default()
                }
            },
            refused => {
                findings.add_whole(refusal(&refused));
                flat::Contents::default()
            }
        };
        Ok(finish(name, rules, checked, findings))
    })
}

/// Why a file is no table.
fn refusal(opened: &Opened<'_>) -> Finding {
    let (code, value, message) = match opened {
        Opened::Table(_) => unreachable!("a table is checked"),
        Opened::Set(set) => {
            let names = set.names().take(10).collect::<Vec<_>>().join(", ");
            let message = format!("The archive holds several files, none of which is a roster: {names}.");
            (FindingCode::ArchiveSeveralTables, names, message)
        }
        Opened::Empty => (FindingCode::FileEmpty, String::new(), "The file is empty.".to_owned()),
        Opened::NotText(file_type) => not_text(*file_type),
        Opened::Unusable(why) => unusable(why),
        Opened::NotATable(line) => {
            let cells = line.split([',', ';', '\t', '|']).map(|cell| cell.trim_matches('"').to_owned());
            if let Some(part) = flat::part_of_a_set(&cells.collect::<Vec<_>>()) {
                return part;
            }
            let message = "The first line names none of the columns of a roster.";
            (FindingCode::FileNotATable, line.clone(), message.to_owned())
        }
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
    Finding::of_file(code, value, message)
}

/// Why an archive gives no table.
fn unusable(why: &ContainerError) -> (FindingCode, String, String) {
    let plain = |code, message: &str| (code, String::new(), message.to_owned());
    match why {
        ContainerError::Damaged => plain(
            FindingCode::ArchiveDamaged,
            "The archive is damaged: it was cut off, or its bytes have changed.",
        ),
        ContainerError::PasswordProtected => {
            plain(FindingCode::ArchiveEncrypted, "The archive asks for a password.")
        }
        ContainerError::Unsupported => plain(
            FindingCode::ArchivePacking,
            "The archive is packed in a way that only few programs understand.",
        ),
        ContainerError::NoTable(names) => (
            FindingCode::ArchiveWithoutTable,
            names.join(", "),
            match names.as_slice() {
                [] => "The archive is empty.".into(),
                names => format!("The archive holds no CSV file, only: {}.", names.join(", ")),
            },
        ),
        ContainerError::SeveralTables(names) => (
            FindingCode::ArchiveSeveralTables,
            names.join(", "),
            format!("The archive holds several files, and the roster is one: {}.", names.join(", ")),
        ),
        ContainerError::Document(file_type) => not_text(*file_type),
        ContainerError::TooLarge => {
            plain(FindingCode::FileTooLarge, "The archive unpacks to more than is allowed.")
        }
        ContainerError::EncryptedWithoutKey => plain(
            FindingCode::EncryptionNoKey,
            "The file is encrypted, and there is no key here for this district.",
        ),
        ContainerError::EncryptedToOtherKey => {
            plain(FindingCode::EncryptionOtherKey, "The file is encrypted, but not to our key.")
        }
        ContainerError::EncryptedWithPassword => {
            plain(FindingCode::EncryptionPassword, "The file is encrypted with a password.")
        }
        ContainerError::MessageDamaged => plain(
            FindingCode::EncryptionDamaged,
            "The encrypted file is damaged: it was cut off, or its bytes have changed.",
        ),
        ContainerError::BadSignature => plain(
            FindingCode::SignatureBad,
            "The file's signature is of none of the keys that are known as the district's.",
        ),
        ContainerError::NotAMessage(item) => {
            let item = match item {
                OpenPgpItem::PublicKey => "an OpenPGP public key",
                OpenPgpItem::PrivateKey => "an OpenPGP private key",
                OpenPgpItem::DetachedSignature => "an OpenPGP signature without the file that it belongs to",
                OpenPgpItem::ClearSignedText => "a text with an OpenPGP signature around it",
                OpenPgpItem::MessagePart => "a part of an OpenPGP message",
            };
            let message = format!("The file is {item}, and holds no roster.");
            (FindingCode::EncryptionNotAFile, item.to_owned(), message)
        }
    }
}

/// The file is of a type that is not a CSV.
fn not_text(file_type: FileType) -> (FindingCode, String, String) {
    let name = match file_type {
        FileType::ZipOrWorkbook => "a zip archive or an Excel workbook (.xlsx)",
        FileType::OldExcel => "an old Excel workbook (.xls), or one with a password",
        FileType::BinaryExcel => "a binary Excel workbook (.xlsb)",
        FileType::Word => "a Word document",
        FileType::PowerPoint => "a PowerPoint presentation",
        FileType::OpenDocument => "an OpenDocument file (such as .ods)",
        FileType::Pdf => "a PDF document",
        FileType::Png => "a PNG picture",
        FileType::Jpeg => "a JPEG picture",
        FileType::Gif => "a GIF picture",
        FileType::Gzip => "a gzip archive",
        FileType::SevenZip => "a 7-Zip archive",
        FileType::Rar => "a RAR archive",
        FileType::Sqlite => "a SQLite database",
        FileType::Markup => "a web page (HTML or XML)",
        FileType::Binary => "a binary file",
    };
    (FindingCode::FileNotText, name.to_owned(), format!("The file is {name}, not a CSV."))
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
