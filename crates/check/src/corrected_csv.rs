//! Writes `corrected.csv`: the rows of the file with what is wrong in each and what to do about it.

use std::collections::HashMap;
use std::io::{self, Write};

use homeroom_model::csv_safety::{BYTE_ORDER_MARK, escape_formula, is_formula};
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::Severity;
use homeroom_model::source::Source;
use homeroom_read::{ContainerError, FileSet, Opened, ReadRules, Table, open, read};

use crate::guessed_encoding::decoding_by;
use crate::sets::{RecognizedSet, SetFile};

type Csv<'w> = csv::Writer<&'w mut dyn Write>;

/// The two columns that are added.
pub(crate) const ADDED_COLUMNS: [&str; 2] = ["homeroom_problem", "homeroom_suggestion"];

/// Writes the same file, read again from `source`, with two more columns: what is wrong in a row, and what we suggest. For a
/// file that is not a table only the findings are written.
pub fn write_corrected(
    source: &dyn Source,
    rules: &ReadRules,
    findings: &Findings,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(BYTE_ORDER_MARK)?;
    let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(out);
    match reopen(source, rules, findings)? {
        Some(Opened::Set(set)) => write_set(&set, findings, &mut csv)?,
        Some(Opened::Table(table)) => write_table(*table, findings, &mut csv)?,
        _ => {
            csv.write_record(ADDED_COLUMNS)?;
            csv.write_record(FindingsByLine::new(findings.kept().iter()).problem_and_suggestion(None))?;
        }
    }
    csv.flush()
}

/// Opens the file once more; `None` when it gives no table. The encoding must be known from the beginning here, although a
/// byte that is not UTF-8 may come late. The check has found out, unless it rejected the file before it came to that byte:
/// then the file is read to its end.
fn reopen<'s>(
    source: &'s dyn Source,
    rules: &'s ReadRules,
    findings: &Findings,
) -> io::Result<Option<Opened<'s>>> {
    let mut decoding = decoding_by(findings);
    let is_rejected = findings.counts().keys().any(|code| code.severity() == Severity::RejectFile);
    if decoding.is_none() && is_rejected {
        let mut is_table = false;
        read(source, rules, |opened| {
            is_table |= matches!(opened, Opened::Table(_) | Opened::Set(_));
            let Opened::Table(mut table) = opened else { return Ok(()) };
            decoding = table.guessed().map(|guessed| guessed.decoding);
            while table.next_row()?.is_some() {}
            Ok(())
        })?;
        if !is_table {
            return Ok(None);
        }
    }
    open(source, rules, decoding).map(Some)
}

fn write_table(mut table: Table<'_>, findings: &Findings, csv: &mut Csv<'_>) -> io::Result<()> {
    let findings = FindingsByLine::new(findings.kept().iter());
    let width = table.header().width();
    for cell in table.header().cells() {
        csv.write_field(escape_formula(cell))?;
    }
    csv.write_record(ADDED_COLUMNS)?;
    let mut cell_text = String::new();
    // If the archive is damaged, the rows before the damage are written; the findings report the damage.
    while let Some(row) =
        table.next_row().or_else(|error| ContainerError::in_io_error(&error).map(|_| None).ok_or(error))?
    {
        for at in 0..row.len().max(width) {
            cell_text.clear();
            let is_whole_row = row.damage.is_some() && at == 0;
            let cell = String::from_utf8_lossy(if is_whole_row { row.bytes } else { row.cell(at) });
            if is_formula(&cell) {
                cell_text.push('\'');
            }
            cell_text.push_str(&cell);
            csv.write_field(cell_text.as_bytes())?;
        }
        if findings.has(row.line) {
            csv.write_record(findings.problem_and_suggestion(Some(row.line)))?;
        } else {
            csv.write_record(["", ""])?;
        }
    }
    Ok(())
}

/// Writes the rows with findings from all files of a set: a spreadsheet shows one table at a time.
fn write_set(set: &FileSet<'_>, findings: &Findings, csv: &mut Csv<'_>) -> io::Result<()> {
    csv.write_record(["file", "line", "row"].iter().chain(&ADDED_COLUMNS))?;
    for finding in findings.kept().iter().filter(|finding| finding.line.is_none()) {
        let file = escape_formula(finding.file.as_deref().unwrap_or_default());
        let (problem, remedy) = (escape_formula(&finding.message), finding.code.remedy());
        csv.write_record([file.as_str(), "", "", &problem, remedy])?;
    }
    let recognized = RecognizedSet::find(set)?;
    for file in recognized.iter().flat_map(RecognizedSet::files) {
        let of_file = findings.kept().iter().filter(|finding| finding.file.as_deref() == Some(file.name));
        let findings = FindingsByLine::new(of_file);
        if !findings.0.is_empty() {
            write_file_of_set(set, &file, &findings, csv)?;
        }
    }
    Ok(())
}

fn write_file_of_set(
    set: &FileSet<'_>,
    file: &SetFile<'_>,
    findings: &FindingsByLine<'_>,
    csv: &mut Csv<'_>,
) -> io::Result<()> {
    // If a late byte shows that a file is not UTF-8, the file is read once more; what has been written stays.
    let mut last_written = 0;
    set.read(file.at, &file.kind.vocabulary(), |opened| {
        let Opened::Table(mut table) = opened else { return Ok(()) };
        let mut write = |line: u32, text: &str| -> io::Result<()> {
            let [problem, suggestion] = findings.problem_and_suggestion(Some(line));
            csv.write_record([file.name, &line.to_string(), &escape_formula(text), &problem, &suggestion])?;
            Ok(())
        };
        let header_line = table.header_line();
        if last_written == 0 && findings.has(header_line) {
            last_written = header_line;
            write(header_line, &table.header().cells().join(","))?;
        }
        while let Some(row) = table.next_row()? {
            if row.line > last_written && findings.has(row.line) {
                last_written = row.line;
                write(row.line, &String::from_utf8_lossy(row.bytes))?;
            }
        }
        Ok(())
    })
}

/// The findings of a file by line; under `None` those about the whole file.
struct FindingsByLine<'f>(HashMap<Option<u32>, Vec<&'f Finding>>);

impl<'f> FindingsByLine<'f> {
    fn new(findings: impl Iterator<Item = &'f Finding>) -> FindingsByLine<'f> {
        let mut by_line = HashMap::<_, Vec<_>>::new();
        for finding in findings {
            by_line.entry(finding.line).or_default().push(finding);
        }
        FindingsByLine(by_line)
    }

    fn has(&self, line: u32) -> bool {
        self.0.contains_key(&Some(line))
    }

    /// What is wrong in a line, and what we suggest.
    fn problem_and_suggestion(&self, line: Option<u32>) -> [String; 2] {
        let findings = self.0.get(&line).map(Vec::as_slice).unwrap_or_default();
        let problems = findings.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>().join("; ");
        let proposed = findings.iter().filter_map(|finding| {
            Some(format!("{}: {};", finding.column.as_deref()?, finding.proposed.as_deref()?))
        });
        let mut remedies = findings.iter().map(|finding| finding.code.remedy()).collect::<Vec<_>>();
        remedies.dedup();
        let suggestions = proposed.chain(remedies.into_iter().map(str::to_owned)).collect::<Vec<_>>();
        [escape_formula(&problems), escape_formula(&suggestions.join(" "))]
    }
}
