//! The two CSV files of a result: every finding, and the same file with what to mend.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::sets::Family;
use homeroom_model::encoding::Encoding;
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::{FindingCode, Severity};
use homeroom_model::source::Source;
use homeroom_model::spreadsheet::{MARK, guarded, is_formula};
use homeroom_read::{ContainerError, FileSet, Opened, ReadRules, open, read};

/// Writes `findings.csv`: one line for each kept finding, then one for each code of which there were more.
pub fn write_findings(findings: &Findings, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(MARK)?;
    let mut csv = csv::Writer::from_writer(out);
    let of_set = findings.kept().iter().any(|finding| finding.file.is_some());
    if of_set {
        csv.write_field("file")?;
    }
    csv.write_record(["line", "column", "code", "severity", "value", "message", "remedy", "proposed"])?;
    let mut written = HashMap::<_, u64>::new();
    for finding in findings.kept() {
        *written.entry(finding.code).or_default() += 1;
        let line = finding.line.map(|line| line.to_string()).unwrap_or_default();
        if of_set {
            csv.write_field(guarded(finding.file.as_deref().unwrap_or_default()))?;
        }
        csv.write_record([
            &line,
            &guarded(finding.column.as_deref().unwrap_or_default()),
            finding.code.as_str(),
            finding.code.severity().as_str(),
            &guarded(&finding.value),
            &guarded(&finding.message),
            finding.code.remedy(),
            &guarded(finding.proposed.as_deref().unwrap_or_default()),
        ])?;
    }
    for (code, count) in findings.counts() {
        let more = count - written.get(code).copied().unwrap_or(0);
        if more > 0 {
            let message = format!("{more} more rows have this finding.");
            if of_set {
                csv.write_field("")?;
            }
            csv.write_record([
                "",
                "",
                code.as_str(),
                code.severity().as_str(),
                "",
                &message,
                code.remedy(),
                "",
            ])?;
        }
    }
    csv.flush()
}

/// Writes `corrected.csv`: the same file, read again from `source`, with two more columns: what is wrong in a row, and what
/// we suggest. A file that is no table gives the findings alone.
pub fn write_corrected(
    source: &dyn Source,
    rules: &ReadRules,
    findings: &Findings,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(MARK)?;
    let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(out);
    let by_line = by_line(findings.kept().iter());
    let said = |line: Option<u32>| said_of(&by_line, line);
    let opened = open_again(source, rules, findings)?;
    if let Some(Opened::Set(set)) = &opened {
        return write_corrected_set(set, findings, &mut csv);
    }
    let Some(Opened::Table(mut table)) = opened else {
        let (problem, suggestion) = said(None);
        csv.write_record(["homeroom_problem", "homeroom_suggestion"])?;
        csv.write_record([problem, suggestion.clone()])?;
        return csv.flush();
    };
    let width = table.header().width();
    for cell in table.header().cells().iter() {
        csv.write_field(guarded(cell))?;
    }
    csv.write_record(["homeroom_problem", "homeroom_suggestion"])?;
    let mut cell_text = String::new();
    // Of a damaged archive the rows up to there; the findings say so.
    while let Some(row) =
        table.next_row().or_else(|error| ContainerError::in_io_error(&error).map(|_| None).ok_or(error))?
    {
        for at in 0..row.len().max(width) {
            cell_text.clear();
            let whole = row.damage.is_some() && at == 0;
            let cell = String::from_utf8_lossy(if whole { row.bytes } else { row.cell(at) });
            if is_formula(&cell) {
                cell_text.push('\'');
            }
            cell_text.push_str(&cell);
            csv.write_field(cell_text.as_bytes())?;
        }
        if by_line.contains_key(&Some(row.line)) {
            let (problem, suggestion) = said(Some(row.line));
            csv.write_record([problem, suggestion])?;
        } else {
            csv.write_record(["", ""])?;
        }
    }
    csv.flush()
}

/// Opens the file once more; `None` when it gives no table. That a file is no UTF-8 may show far down; here it has to be
/// known from the beginning. The check says so, unless it refused the file before it came there: then the file is read to
/// its end for it.
fn open_again<'s>(
    source: &'s dyn Source,
    rules: &'s ReadRules,
    findings: &Findings,
) -> io::Result<Option<Opened<'s>>> {
    let mut encoding =
        (findings.count(FindingCode::EncodingWindows1252) > 0).then_some(Encoding::Windows1252);
    let is_refused = findings.counts().keys().any(|code| code.severity() == Severity::RejectFile);
    if encoding.is_none() && is_refused {
        let mut is_table = false;
        read(source, rules, |opened| {
            is_table |= matches!(opened, Opened::Table(_) | Opened::Set(_));
            let Opened::Table(mut table) = opened else { return Ok(()) };
            encoding = Some(table.encoding());
            while table.next_row()?.is_some() {}
            Ok(())
        })?;
        if !is_table {
            return Ok(None);
        }
    }
    open(source, rules, encoding).map(Some)
}

/// Of a set the rows with findings, from all its files: a spreadsheet shows one table at a time.
fn write_corrected_set(
    set: &FileSet<'_>,
    findings: &Findings,
    csv: &mut csv::Writer<&mut dyn Write>,
) -> io::Result<()> {
    csv.write_record(["file", "line", "row", "homeroom_problem", "homeroom_suggestion"])?;
    let about_the_set = findings.kept().iter().filter(|finding| finding.line.is_none());
    for finding in about_the_set {
        let file = guarded(finding.file.as_deref().unwrap_or_default());
        let (problem, remedy) = (guarded(&finding.message), finding.code.remedy());
        csv.write_record([file.as_str(), "", "", &problem, remedy])?;
    }
    let family = Family::of(set)?;
    let files = family.iter().flat_map(Family::files);
    for (kind, at, name) in files {
        let of_file = findings.kept().iter().filter(|finding| finding.file.as_deref() == Some(name));
        let by_line = by_line(of_file);
        if by_line.is_empty() {
            continue;
        }
        // Should a byte far down show that a file is no UTF-8, it is read once more: what is written by then stays.
        let mut written = 0;
        set.read(at, &kind.vocabulary(), |opened| {
            let Opened::Table(mut table) = opened else { return Ok(()) };
            if written == 0 && by_line.contains_key(&Some(table.header_line())) {
                written = table.header_line();
                let (problem, suggestion) = said_of(&by_line, Some(table.header_line()));
                let header = guarded(&table.header().cells().join(","));
                csv.write_record([name, &table.header_line().to_string(), &header, &problem, &suggestion])?;
            }
            while let Some(row) = table.next_row()? {
                if row.line > written && by_line.contains_key(&Some(row.line)) {
                    written = row.line;
                    let (problem, suggestion) = said_of(&by_line, Some(row.line));
                    let text = guarded(&String::from_utf8_lossy(row.bytes));
                    csv.write_record([name, &row.line.to_string(), &text, &problem, &suggestion])?;
                }
            }
            Ok(())
        })?;
    }
    csv.flush()
}

/// What is wrong in a line, and what we suggest.
fn said_of(by_line: &HashMap<Option<u32>, Vec<&Finding>>, line: Option<u32>) -> (String, String) {
    let some = by_line.get(&line).map(Vec::as_slice).unwrap_or_default();
    let problems = some.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>().join("; ");
    let proposed = some.iter().filter_map(|finding| {
        Some(format!("{}: {};", finding.column.as_deref()?, finding.proposed.as_deref()?))
    });
    let mut remedies = some.iter().map(|finding| finding.code.remedy()).collect::<Vec<_>>();
    remedies.dedup();
    let suggestions = proposed.chain(remedies.into_iter().map(str::to_owned)).collect::<Vec<_>>();
    (guarded(&problems), guarded(&suggestions.join(" ")))
}

fn by_line<'f>(findings: impl Iterator<Item = &'f Finding>) -> HashMap<Option<u32>, Vec<&'f Finding>> {
    let mut by_line = HashMap::<_, Vec<_>>::new();
    for finding in findings {
        by_line.entry(finding.line).or_default().push(finding);
    }
    by_line
}
