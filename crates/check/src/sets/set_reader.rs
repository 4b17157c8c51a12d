//! Reads the files of a set row by row.

use std::io;

use homeroom_model::column::normalized;
use homeroom_model::finding::Finding;
use homeroom_read::{FileSet, Opened, ReadRules, Table, TableRow};

use crate::damaged_row::{damage, lacks_rows};
use crate::file_rejection;
use crate::footer::footer;
use crate::guessed_encoding::guessed_encoding;
use crate::header_findings::{duplicate_columns, missing_column, missing_signature};
use crate::sets::file_columns::FileColumns;
use crate::sets::file_kinds::FileKind;
use crate::sets::recognized_set::{RecognizedSet, SetFile};
use crate::sets::set_report::SetReport;

/// A set, and the rules for reading its files.
pub(super) struct SetReader<'r> {
    pub(super) set: &'r FileSet<'r>,
    pub(super) recognized: &'r RecognizedSet,
    pub(super) rules: &'r ReadRules,
}

impl SetReader<'_> {
    /// Reports what the headers of all files lack; `false` when one of the files cannot be used.
    pub(super) fn report_headers(&self, report: &mut SetReport) -> io::Result<bool> {
        let mut complete = true;
        for file in self.recognized.files() {
            complete &= self.set.read(file.at, &file.kind.vocabulary(), |opened| match opened {
                Opened::Table(table) => Ok(report_header(&table, file.name, report)),
                refused => {
                    report.findings.add_whole(rejection_of(file.name, &refused));
                    Ok(false)
                }
            })?;
        }
        Ok(complete)
    }

    /// Reads the file of a kind. `each` gets its rows in order and builds up the result; a missing or unreadable file gives
    /// the default.
    pub(super) fn read<T: Default>(
        &self,
        kind: &FileKind,
        report: &mut SetReport,
        each: impl FnMut(&mut T, &FileColumns<'_>, &TableRow<'_>, &mut SetReport),
    ) -> io::Result<T> {
        let Some(file) = self.recognized.file(kind) else { return Ok(T::default()) };
        let result = self.read_file(&file, report, each)?;
        report.has_unreadable_file |= result.is_none();
        Ok(result.unwrap_or_default())
    }

    /// Reads a file, as [`SetReader::read`]; `None` when it is not a table. If the file turns out to be in another encoding,
    /// it is read again from the beginning.
    pub(super) fn read_file<T: Default>(
        &self,
        file: &SetFile<'_>,
        report: &mut SetReport,
        mut each: impl FnMut(&mut T, &FileColumns<'_>, &TableRow<'_>, &mut SetReport),
    ) -> io::Result<Option<T>> {
        let (result, file_report) = self.set.read(file.at, &file.kind.vocabulary(), |opened| {
            let mut report = SetReport::default();
            let Opened::Table(mut table) = opened else {
                report.findings.add_whole(rejection_of(file.name, &opened));
                return Ok((None, report));
            };
            let columns = FileColumns::new(file.name, file.kind, table.header());
            let mut result = T::default();
            each_row(&mut table, file.name, &mut report, |row, report| {
                each(&mut result, &columns, row, report);
            })?;
            report.missing_signature = missing_signature(&table);
            if let Some(finding) = guessed_encoding(file.name, &table) {
                report.add(file.name, finding.code, || finding);
            }
            Ok((Some(result), report))
        })?;
        report.append(file_report);
        Ok(result)
    }
}

/// Why a file of a set is not a table.
fn rejection_of(file: &str, opened: &Opened<'_>) -> Finding {
    Finding { file: Some(file.into()), ..file_rejection::finding(opened) }
}

fn each_row(
    table: &mut Table<'_>,
    file: &str,
    report: &mut SetReport,
    mut each: impl FnMut(&TableRow<'_>, &mut SetReport),
) -> io::Result<()> {
    let header = table.header().clone();
    let separator = table.separator();
    while let Some(row) = table.next_row()? {
        if let Some(finding) = footer(&row) {
            report.add(file, finding.code, || finding);
            continue;
        }
        report.rows += 1;
        if let Some(finding) = damage(&row, &header, &[]) {
            report.lacks_rows |= lacks_rows(finding.code);
            report.add(file, finding.code, || finding);
            report.reject_damaged(row.bytes, separator);
        } else {
            each(&row, report);
        }
    }
    report.lacks_rows |= table.ends_mid_row();
    report.encoding = table.encoding().as_str().into();
    report.separator = separator.to_string();
    report.bytes = table.bytes_read();
    Ok(())
}

/// Reports what a header lacks; `false` when the file cannot be used without it.
fn report_header(table: &Table<'_>, file: &str, report: &mut SetReport) -> bool {
    let (header, line) = (table.header(), table.header_line());
    let mut complete = true;
    for name in header.missing() {
        complete = false;
        // Export templates that were not edited have a letter before the name: `a_sourcedId`.
        let near_miss = header.ignored().find(|cell| normalized(cell).ends_with(&normalized(name)));
        let finding = missing_column(name, &format!("{name} of {file}"), near_miss, line);
        report.add(file, finding.code, || finding);
    }
    for finding in duplicate_columns(header, line) {
        complete = false;
        report.add(file, finding.code, || finding);
    }
    complete
}
