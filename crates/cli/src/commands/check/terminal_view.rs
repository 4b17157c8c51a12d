//! What a check found, for a person at a terminal: each kind of finding with some of its rows, the cell marked.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;

use anstyle::{AnsiColor, Style};
use homeroom_model::check_report::{CheckReport, Outcome};
use homeroom_model::finding::Finding;
use homeroom_model::finding_code::Severity;
use homeroom_model::source::Source;
use homeroom_model::thousands;
use homeroom_read::{Opened, ReadRules, read};
use homeroom_report::{Cause, causes, check_verdict, render_counts, render_reading_proposals, terminal_safe};
use unicode_width::UnicodeWidthStr;

/// How many causes are shown, and rows of each.
const MAX_CAUSES: usize = 10;
const MAX_ROWS: usize = 3;
/// The longest shown part of a cell, in characters.
const MAX_CELL: usize = 40;

const BOLD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const RED: Style = AnsiColor::Red.on_default().bold();
const BLUE: Style = AnsiColor::Cyan.on_default();

/// The cells of a row that is shown.
type Cells = Vec<String>;

/// The text, with colours.
pub(super) fn view(check: &CheckReport, source: &dyn Source, rules: &ReadRules) -> io::Result<String> {
    let causes = causes(check);
    let shown = || causes.iter().take(MAX_CAUSES).flat_map(|cause| cause.examples.iter().take(MAX_ROWS));
    let lines = shown().filter_map(|finding| Some((finding.line?, vec![]))).collect::<BTreeMap<_, _>>();
    let (columns, rows) = rows(source, rules, lines)?;
    let style = match check.outcome {
        Outcome::Clean => GREEN,
        Outcome::Warnings | Outcome::RowsRejected => YELLOW,
        Outcome::FileRejected => RED,
    };
    let (file, verdict) = (terminal_safe(&check.file), check_verdict(check.outcome));
    let mut text = format!("{BOLD}{file}{BOLD:#}  {style}{verdict}{style:#}\n");
    if check.rows > 0 {
        text.push_str(&render_counts(check));
    }
    let mut write = || {
        for cause in causes.iter().take(MAX_CAUSES) {
            write_cause(&mut text, cause, &columns, &rows)?;
        }
        match causes.len().checked_sub(MAX_CAUSES) {
            Some(more) if more > 0 => {
                writeln!(text, "… and {more} more kinds of findings: --format csv lists all.")
            }
            _ => Ok(()),
        }
    };
    write().expect("a String takes all text");
    let proposals = render_reading_proposals(check);
    if !proposals.is_empty() {
        text.push_str(&format!("\n{}", terminal_safe_lines(&proposals)));
    }
    Ok(text)
}

/// The header's cells, by their standard names where they have one, and the rows that begin on these lines.
fn rows(
    source: &dyn Source,
    rules: &ReadRules,
    wanted: BTreeMap<u32, Cells>,
) -> io::Result<(Vec<String>, BTreeMap<u32, Cells>)> {
    let last = wanted.keys().next_back().copied().unwrap_or(0);
    read(source, rules, |opened| {
        let Opened::Table(mut table) = opened else { return Ok((vec![], BTreeMap::new())) };
        let names = (0..table.header().width()).map(|at| table.header().name_at(at)).collect();
        let mut found = BTreeMap::new();
        while let Some(row) = table.next_row()? {
            if row.line > last {
                break;
            }
            if row.damage.is_none() && wanted.contains_key(&row.line) {
                let cells = (0..row.len()).map(|at| String::from_utf8_lossy(row.cell(at)).into_owned());
                found.insert(row.line, cells.collect());
            }
        }
        Ok((names, found))
    })
}

fn write_cause(
    text: &mut String,
    cause: &Cause<'_>,
    columns: &[String],
    rows: &BTreeMap<u32, Cells>,
) -> std::fmt::Result {
    let (style, sign, what) = match cause.code.severity() {
        Severity::RejectFile => (RED, "✗", "file rejected"),
        Severity::RejectRow => (RED, "✗", "rows left out"),
        Severity::Warning => (YELLOW, "!", "please check"),
        Severity::Notice => (BLUE, "i", "for information"),
    };
    let times = if cause.count == 1 { "once".into() } else { format!("{} times", thousands(cause.count)) };
    writeln!(
        text,
        "\n{style}{sign} {}{style:#}  {FAINT}{what}, {times} · {}{FAINT:#}",
        cause.code.meaning(),
        cause.code
    )?;
    for finding in cause.examples.iter().take(MAX_ROWS) {
        // The rows of a set are not read: each file of it numbers its own lines.
        let row = finding.line.filter(|_| finding.file.is_none()).and_then(|line| rows.get(&line));
        write_finding(text, finding, columns, row, style)?;
    }
    let more = cause.count.saturating_sub(cause.examples.len().min(MAX_ROWS) as u64);
    if more > 0 && cause.examples.iter().any(|finding| finding.line.is_some()) {
        writeln!(text, "    {FAINT}… and {} more{FAINT:#}", thousands(more))?;
    }
    writeln!(text, "    {GREEN}→{GREEN:#} {}", cause.code.remedy())
}

/// The part of the row around the cell, and below the cell what is wrong with it.
fn write_finding(
    text: &mut String,
    finding: &Finding,
    columns: &[String],
    row: Option<&Cells>,
    style: Style,
) -> std::fmt::Result {
    let line = finding.place();
    let place = finding.column.as_ref().and_then(|column| columns.iter().position(|name| name == column));
    let (Some(row), Some(place)) = (row, place) else {
        let line = if line.is_empty() { line } else { format!("{FAINT}{line}{FAINT:#}  ") };
        return writeln!(text, "    {line}{}", terminal_safe(&finding.message));
    };
    let (first, end) = (place.saturating_sub(2), (place + 3).min(row.len()).max(place + 1));
    let cell = |at: usize| shortened(row.get(at).map_or("", String::as_str));
    let before = (first..place).map(cell).collect::<Vec<_>>();
    let marked = cell(place);
    let after = (place + 1..end).map(cell).collect::<Vec<_>>();
    let start = format!("    {line}  {}", if first > 0 { "… │ " } else { "" });
    let lead = before.iter().map(|cell| format!("{cell} │ ")).collect::<String>();
    let tail = after.iter().map(|cell| format!(" │ {cell}")).collect::<String>();
    let rest = if end < row.len() { " │ …" } else { "" };
    writeln!(text, "{FAINT}{start}{lead}{FAINT:#}{style}{marked}{style:#}{FAINT}{tail}{rest}{FAINT:#}")?;
    let indent = " ".repeat(start.width() + lead.width());
    let marks = "^".repeat(marked.width().max(1));
    writeln!(text, "{indent}{style}{marks}{style:#} {}", terminal_safe(&finding.message))
}

/// [`terminal_safe`] for several lines.
fn terminal_safe_lines(text: &str) -> String {
    text.lines().map(|line| terminal_safe(line) + "\n").collect()
}

/// The beginning of a cell that is too long.
fn shortened(cell: &str) -> String {
    let mut shown = terminal_safe(&cell.chars().take(MAX_CELL + 1).collect::<String>());
    if let Some((at, _)) = shown.char_indices().nth(MAX_CELL) {
        shown.truncate(at);
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use homeroom_check::check_alone;
    use homeroom_read::ReadRules;

    use super::view;

    fn shown(rows: &str) -> String {
        let file = format!(
            "school_id,school_name,teacher_email,teacher_first_name,teacher_last_name,class_id,class_name,\
             student_first_name,student_last_name,student_email,Grade\n{rows}"
        );
        let file = file.into_bytes();
        let checked = check_alone(&file, "roster.csv").unwrap();
        anstream::adapter::strip_str(&view(&checked.report, &file, &ReadRules::default()).unwrap())
            .to_string()
    }

    #[test]
    fn the_cell_of_a_finding_is_marked() {
        let row = "1,Oak,t@x.org,Tess,Gray,7,Art,日本,Lee,";
        let text = shown(&format!("{row}a@x.org,5\n{row}ann@@x.org,5\n"));
        let at = text.lines().position(|line| line.contains("line 3")).unwrap();
        let (cells, marks) = (text.lines().nth(at).unwrap(), text.lines().nth(at + 1).unwrap());
        assert_eq!(cells, "    line 3  … │ 日本 │ Lee │ ann@@x.org │ 5");
        // Each of the two letters is two columns wide.
        assert_eq!(
            marks,
            "                             ^^^^^^^^^^ 'ann@@x.org' is not a complete e-mail address."
        );
        let grade = shown(&format!("{row}a@x.org,Banana\n"));
        assert!(grade.contains("a@x.org │ Banana\n"), "a column is found by any of its names: {grade}");
    }

    #[test]
    fn a_file_cannot_send_control_codes_to_the_terminal() {
        let text = shown("1,Oak\x1B]0;x\x07,t@x.org,Tess,Gray,7,Art,A\x1B[2J,Lee,a\x1B[1m@x.org,\x1B[31m\n");
        assert!(text.contains("line 2") && !text.contains('\x1B') && !text.contains('\x07'), "{text:?}");
    }
}
