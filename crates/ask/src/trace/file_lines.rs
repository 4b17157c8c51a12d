//! Scans a run's file for the lines about a student.

use std::io;

use homeroom_check::Checked;
use homeroom_model::column::Column;
use homeroom_model::finding::Finding;
use homeroom_model::source::Source;
use homeroom_read::{Opened, ReadRules, Table, read};

use super::subject::{Subject, is_class};

/// Lines that a trace names.
const MAX_LINES: usize = 12;

/// The lines of a file about a student.
#[derive(Default)]
pub(super) struct FileLines {
    /// Whether the file is not a single table, so that its lines are not scanned.
    pub(super) is_set: bool,
    /// Rows with one of their keys.
    pub(super) rows: u64,
    /// The first of these lines, in the class when one was given, with their classes.
    pub(super) lines: Vec<(u32, String)>,
    /// Lines with the same name and another address, and that address.
    pub(super) namesakes: Vec<(u32, String)>,
}

impl FileLines {
    pub(super) fn scan(
        source: &dyn Source,
        rules: &ReadRules,
        subject: &Subject<'_>,
    ) -> io::Result<FileLines> {
        read(source, rules, |opened| match opened {
            Opened::Table(table) => scan_table(*table, subject),
            _ => Ok(FileLines { is_set: true, ..FileLines::default() }),
        })
    }

    /// Findings of the check in these lines.
    pub(super) fn findings<'f>(&'f self, checked: &'f Checked) -> impl Iterator<Item = &'f Finding> {
        let is_theirs = |finding: &&Finding| {
            finding.file.is_none()
                && finding.line.is_some_and(|line| self.lines.iter().any(|(listed, _)| *listed == line))
        };
        checked.findings.kept().iter().filter(is_theirs)
    }
}

fn scan_table(mut table: Table<'_>, subject: &Subject<'_>) -> io::Result<FileLines> {
    let mut scanned = FileLines::default();
    let name = subject.name();
    let columns = [
        Column::StudentEmail,
        Column::StudentId,
        Column::ClassId,
        Column::StudentFirstName,
        Column::StudentLastName,
    ];
    let [email, sis_id, class_id, first_name, last_name] =
        columns.map(|column| table.header().position(column));
    while let Some(row) = table.next_row()? {
        let cell = |at: Option<usize>| {
            at.map(|at| String::from_utf8_lossy(row.cell(at)).trim().to_owned()).unwrap_or_default()
        };
        let is_theirs =
            subject.keys.contains(&cell(email).to_lowercase()) || subject.keys.contains(&cell(sis_id));
        if is_theirs {
            scanned.rows += 1;
            let class = cell(class_id);
            let fits = subject.class.is_none_or(|asked| is_class(&class, asked));
            if scanned.lines.len() < MAX_LINES && fits {
                scanned.lines.push((row.line, class));
            }
        } else if scanned.namesakes.len() < MAX_LINES
            && name.is_some_and(|(first, last)| {
                cell(first_name).eq_ignore_ascii_case(first) && cell(last_name).eq_ignore_ascii_case(last)
            })
        {
            scanned.namesakes.push((row.line, cell(email)));
        }
    }
    Ok(scanned)
}
