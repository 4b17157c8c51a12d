//! Findings about a file's header and about the table as a whole.

use homeroom_model::check_report::Format;
use homeroom_model::column::Column;
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::profile::ProfileChange;
use homeroom_model::stored::StoredRoster;
use homeroom_read::{Header, SignatureStatus, Table};

use crate::corrected_csv::ADDED_COLUMNS;
use crate::flat_rows::FlatRows;
use crate::guessed_encoding::guessed_encoding;
use crate::row_parts::PartNotes;
use crate::sets::set_file_of_header;

/// Reports what the header of a flat file lacks and what it has twice; returns the column mappings to propose.
pub(crate) fn report_header(table: &Table<'_>, findings: &mut Findings) -> Vec<ProfileChange> {
    let (header, line) = (table.header(), table.header_line());
    if let Some(above) = table.line_above_header() {
        let message = format!("The header is in line {line}; the lines above it were skipped.");
        findings.add_whole(Finding::of_line(FindingCode::LinesAboveHeader, 1, above, message));
    }
    let mut proposals = vec![];
    for name in header.missing() {
        let near_miss = Column::named(name).and_then(|column| header.near_miss(column));
        if let Some(cell) = near_miss {
            proposals.push(ProfileChange::Column { cell: cell.to_owned(), column: name.to_owned() });
        }
        findings.add_whole(missing_column(name, name, near_miss, line));
    }
    duplicate_columns(header, line).for_each(|finding| findings.add_whole(finding));
    for cell in header.ignored().filter(|cell| !ADDED_COLUMNS.contains(cell)) {
        let message = format!("The column '{cell}' is not used.");
        let finding = Finding::of_line(FindingCode::ColumnIgnored, line, cell, message);
        findings.add_whole(finding.in_column(cell.to_owned()));
    }
    proposals
}

/// A missing column; `described` is its name with that of its file, `near_miss` the header cell that may be it.
pub(crate) fn missing_column(
    name: &'static str,
    described: &str,
    near_miss: Option<&str>,
    line: u32,
) -> Finding {
    let message = match near_miss {
        Some(cell) => {
            format!("The column {described} is missing. If '{cell}' is that column, rename it to {name}.")
        }
        None => format!("The column {described} is missing."),
    };
    Finding::of_line(FindingCode::ColumnMissing, line, near_miss.unwrap_or_default(), message).in_column(name)
}

/// Columns that mean the same as a column before them.
pub(crate) fn duplicate_columns(header: &Header, line: u32) -> impl Iterator<Item = Finding> {
    header.duplicates().map(move |(name, first, second)| {
        let message = format!("'{first}' and '{second}' both mean {name}.");
        Finding::of_line(FindingCode::ColumnDuplicate, line, second, message).in_column(name)
    })
}

/// The finding for a file that is only one file of a set, by the cells of its header.
pub(crate) fn single_file_of_set(cells: &[String]) -> Option<Finding> {
    let (format, name) = set_file_of_header(cells)?;
    let origin = match format {
        Format::Oneroster => "OneRoster",
        _ => "a Clever sync",
    };
    let message = format!(
        "The file looks like {name}.csv from {origin}: it is one part of a roster and needs the other files."
    );
    Some(Finding::of_file(FindingCode::SetFileMissing, format!("{name}.csv"), message))
}

/// Reports what is known about the table when all rows have been read.
pub(crate) fn report_table(table: &Table<'_>, findings: &mut Findings) {
    if let Some(finding) = guessed_encoding("The file", table) {
        findings.add_whole(finding);
    }
    if let Some(finding) = missing_signature(table) {
        findings.add_whole(finding);
    }
    for line in table.repeated_headers() {
        let code = FindingCode::HeaderRepeated;
        let message = "The header is repeated here; the line was skipped.";
        findings.add(code, || Finding::of_line(code, *line, "", message));
    }
}

/// The finding for an unsigned file of a district that signs; known when all rows have been read.
pub(crate) fn missing_signature(table: &Table<'_>) -> Option<Finding> {
    let code = FindingCode::SignatureMissing;
    (table.signature() == SignatureStatus::Missing).then(|| Finding::of_file(code, "", code.meaning()))
}

/// A required column without a value in any row: one finding instead of one for each row.
pub(crate) fn empty_column(header: &Header, header_line: u32, rows: &FlatRows) -> Option<Finding> {
    // In a file of a single row, a missing value says nothing about the column.
    if rows.rows.len() < 2 {
        return None;
    }
    let has_student_id = header.position(Column::StudentId).is_some();
    let (classes, students) = (rows.class_parts.notes.as_slice(), rows.student_parts.notes.as_slice());
    let required: [(Column, &[PartNotes], FindingCode); 4] = [
        (Column::SchoolId, classes, FindingCode::SchoolIdMissing),
        (Column::ClassId, classes, FindingCode::ClassIdMissing),
        (Column::TeacherEmail, classes, FindingCode::TeacherEmailMissing),
        (Column::StudentEmail, students, FindingCode::StudentEmailMissing),
    ];
    let (column, ..) = required.into_iter().find(|(column, notes, code)| {
        let is_empty = notes.iter().all(|notes| notes.has(*code));
        is_empty && !(*column == Column::StudentEmail && has_student_id)
    })?;
    Some(no_value(FindingCode::ColumnEmpty, column, header_line, rows.rows.len()))
}

/// The finding for a file without any student's address, when most students had one in the last good file.
pub(crate) fn emptied_addresses(header_line: u32, rows: &FlatRows, stored: &StoredRoster) -> Option<Finding> {
    let parts = &rows.student_parts;
    if rows.rows.len() < 2 || parts.values.iter().any(|student| !student.person.email.is_empty()) {
        return None;
    }
    let active = || stored.students.iter().filter(|student| student.active);
    let with_address = active().filter(|student| !student.values.person.email.is_empty()).count();
    (with_address * 2 > active().count())
        .then(|| no_value(FindingCode::ColumnEmpty, Column::StudentEmail, header_line, rows.rows.len()))
}

/// The finding for a file whose rows have no grade at all.
pub(crate) fn missing_grades(header_line: u32, rows: &FlatRows) -> Option<Finding> {
    let has_grades = rows.student_parts.notes.iter().any(|notes| notes.has_grade);
    (rows.rows.len() > 1 && !has_grades).then(|| {
        no_value(FindingCode::GradesMissing, Column::StudentGradeLevel, header_line, rows.rows.len())
    })
}

fn no_value(code: FindingCode, column: Column, header_line: u32, rows: usize) -> Finding {
    let message = format!("The column {} is empty in all {rows} rows.", column.name());
    Finding::of_line(code, header_line, "", message).in_column(column.name())
}
