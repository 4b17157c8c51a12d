//! Lines that are no rows, and rows whose cells do not stand under their columns.

use homeroom_model::column::Column;
use homeroom_model::email::Email;
use homeroom_model::finding::Finding;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::grade::Grade;
use homeroom_read::{Header, RowDamage, TableRow};

/// Characters of a row that are worth showing.
const SHOWN: usize = 400;
/// Bytes that a count or a total may have.
const FOOTER: usize = 120;

/// A line that counts or adds up what stands above it, or is drawn: `616 rows selected.`, `Total,,616`, `-----,-----`.
pub(crate) fn footer(row: &TableRow<'_>) -> Option<Finding> {
    let is_rule = row.bytes.starts_with(b"-");
    if (row.bytes.len() > FOOTER && !is_rule) || row.damage.is_some() {
        return None;
    }
    let filled = (0..row.len()).filter(|at| !row.cell(*at).trim_ascii().is_empty()).take(4).count();
    if filled > 3 && !is_rule {
        return None;
    }
    let text = String::from_utf8_lossy(row.bytes);
    let message = "This line is a count, a total or a rule, not a row; it was skipped.";
    is_footer(&text).then(|| Finding::of_line(FindingCode::FooterSkipped, row.line, shown(row), message))
}

fn is_footer(text: &str) -> bool {
    // A line below the header, as sqlcmd draws it; the end of a file of DOS; what clients of databases say at the end.
    let bare = text.trim_matches(|c: char| c.is_whitespace() || c == '"');
    if bare.starts_with("SQL> ")
        || bare.starts_with("Completion time:")
        || bare == "\u{1A}"
        || (bare.contains("---")
            && bare.chars().all(|c| matches!(c, '-' | '+' | '|' | ',' | ';' | ' ' | '\t' | '"')))
    {
        return true;
    }
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect::<Vec<_>>();
    let words = words.iter().map(String::as_str).collect::<Vec<_>>();
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let counted = |word: &str| {
        matches!(word, "row" | "rows" | "record" | "records" | "students" | "enrollments" | "lines")
    };
    match words.as_slice() {
        ["total" | "totals" | "sum" | "count", rest @ ..] | ["grand", "total" | "totals", rest @ ..] => rest
            .iter()
            .all(|word| is_number(word) || counted(word) || matches!(*word, "of" | "count" | "total")),
        ["record" | "records" | "row" | "rows", rest @ ..] => {
            rest.iter().any(|word| is_number(word))
                && rest.iter().all(|word| {
                    is_number(word) || matches!(*word, "count" | "total" | "exported" | "selected")
                })
        }
        ["no", "rows", "selected"] | ["end", "of", "report" | "file" | "data"] => true,
        [number, what, rest @ ..] if is_number(number) && counted(what) => rest.iter().all(|word| {
            matches!(
                *word,
                "selected" | "affected" | "returned" | "fetched" | "exported" | "in" | "set" | "total" | "s"
            )
        }),
        _ => false,
    }
}

/// What is wrong with a row whose cells do not stand under their columns: `columns` says where
/// those stand that tell which value held the separator.
pub(crate) fn damage(row: &TableRow<'_>, header: &Header, columns: &[(Column, usize)]) -> Option<Finding> {
    let (cells, width) = (row.len(), header.width());
    if row.damage.is_none() && header.fits(cells) {
        return shifted_into_the_last_column(row, width, columns);
    }
    let mut proposed = None;
    let (code, column, message) = match row.damage {
        Some(RowDamage::UnbalancedQuote) => (
            FindingCode::QuoteUnbalanced,
            None,
            "A quotation mark opens a cell in this row and does not close it.".to_owned(),
        ),
        Some(RowDamage::TooLong) => {
            (FindingCode::RowTooLong, None, "The row is too long to be read.".to_owned())
        }
        None if cells != width && is_error_message(row.bytes) => (
            FindingCode::ExportError,
            None,
            "The program that made the file wrote an error message here; rows are most likely missing."
                .to_owned(),
        ),
        None if cells < width => (
            FindingCode::RowTooFewCells,
            None,
            match cells {
                1 => format!("The row has one cell where the header has {width}."),
                _ => format!("The row has {cells} cells where the header has {width}."),
            },
        ),
        None if cells > width => {
            let whole = format!(
                "The row has {cells} cells where the header has {width}: a separator inside a value shifted it"
            );
            let code = FindingCode::RowTooManyCells;
            match shifted_by(row, width, cells - width, columns) {
                Some((column, value)) => {
                    let name = column.name();
                    let message = format!("{whole}. Most likely it is {name}: '{value}'.");
                    proposed = Some(value);
                    (code, Some(name.into()), message)
                }
                None => (code, None, format!("{whole}.")),
            }
        }
        None => return None,
    };
    Some(Finding { column, proposed, ..Finding::of_line(code, row.line, shown(row), message) })
}

/// A row whose last cell is empty has room for one that is too much.
fn shifted_into_the_last_column(
    row: &TableRow<'_>,
    width: usize,
    columns: &[(Column, usize)],
) -> Option<Finding> {
    if row.surplus == 0 {
        return None;
    }
    let (column, value) = shifted_by(row, width, row.surplus, columns)?;
    let name = column.name();
    let message = format!(
        "The row has {} cells where the header has {width}: a separator inside a value shifted it. Most likely it is {name}: \
         '{value}'.",
        width + row.surplus
    );
    let finding = Finding::of_line(FindingCode::RowTooManyCells, row.line, shown(row), message);
    Some(finding.in_column(name).proposing(value))
}

fn shown(row: &TableRow<'_>) -> String {
    String::from_utf8_lossy(&row.bytes[..row.bytes.len().min(SHOWN)]).into_owned()
}

/// What databases and their clients write when a query fails.
fn is_error_message(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]);
    let text = text.trim_start_matches(['"', '\'', ' ']);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let number =
        |prefix: &str, least: usize| text.strip_prefix(prefix).is_some_and(|rest| digits(rest) >= least);
    number("ORA-", 4)
        || number("SP2-", 3)
        || number("PLS-", 4)
        || number("SQLSTATE", 0) && text.len() > 8
        || text.strip_prefix("Msg ").is_some_and(|rest| digits(rest) > 0 && rest.contains("Level "))
        || text.strip_prefix("ERROR ").is_some_and(|rest| digits(rest) == 4)
        || [
            "ERROR:",
            "ERROR at line ",
            "FATAL:",
            "Error:",
            "Traceback (most recent call last)",
            "Exception in thread",
            "Warning: ",
        ]
        .iter()
        .any(|start| text.starts_with(start))
}

/// Puts the surplus cells into each column in turn: the column is meant under which all values fit theirs best, and better
/// than where they stand.
fn shifted_by(
    row: &TableRow<'_>,
    width: usize,
    surplus: usize,
    columns: &[(Column, usize)],
) -> Option<(Column, String)> {
    if surplus > 3 {
        return None;
    }
    let fit =
        (0..width + surplus).map(|at| Fit::of(&String::from_utf8_lossy(row.cell(at)))).collect::<Vec<_>>();
    let mut fits = columns
        .iter()
        .filter(|(column, _)| kind(*column) == Kind::Name)
        .map(|(column, place)| {
            let moved = |at: usize| if at > *place { at + surplus } else { at };
            let others = columns.iter().filter(|(_, at)| at != place);
            let fit = others.map(|(other, at)| fit[moved(*at)].under(kind(*other))).sum::<i32>();
            // People write a blank behind a comma, and `Jr.` behind the one of a name.
            let behind = (place + 1..=place + surplus).map(|at| row.cell(at));
            let blank = behind.clone().all(|cell| cell.starts_with(b" "));
            let suffix = behind.clone().any(|cell| is_suffix(cell.trim_ascii()));
            (fit + i32::from(blank) * 2 + i32::from(suffix) * 3, *column, *place)
        })
        .collect::<Vec<_>>();
    fits.sort_by_key(|(fit, ..)| std::cmp::Reverse(*fit));
    let (best, column, place) = *fits.first()?;
    let straight = columns.iter().map(|(column, at)| fit[*at].under(kind(*column))).sum::<i32>();
    if best <= straight || fits.get(1).is_some_and(|(next, ..)| *next == best) {
        return None;
    }
    let value = (place..=place + surplus).map(|at| String::from_utf8_lossy(row.cell(at)).into_owned());
    Some((column, value.collect::<Vec<_>>().join(",").trim().to_owned()))
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Email,
    Grade,
    Id,
    Name,
}

fn kind(column: Column) -> Kind {
    match column {
        Column::TeacherEmail | Column::StudentEmail => Kind::Email,
        Column::StudentGradeLevel => Kind::Grade,
        Column::SchoolName
        | Column::ClassName
        | Column::TeacherFirstName
        | Column::TeacherLastName
        | Column::StudentFirstName
        | Column::StudentLastName => Kind::Name,
        Column::SchoolId
        | Column::ClassId
        | Column::TeacherId
        | Column::StudentId
        | Column::TeacherCleverId
        | Column::StudentCleverId
        | Column::StudentUsername => Kind::Id,
    }
}

/// Bytes that a grade may have, as people write it.
const GRADE: usize = 16;

/// How well a value fits under each kind of column.
struct Fit {
    email: i32,
    grade: i32,
    id: i32,
    name: i32,
}

impl Fit {
    fn of(value: &str) -> Fit {
        let value = value.trim();
        let (sign, suffix) = (value.contains('@'), is_suffix(value.as_bytes()));
        Fit {
            email: if sign && Email::parse(value).is_some() { 8 } else { -8 },
            grade: match value.len() {
                0 => 4,
                1..=GRADE if Grade::parse(value).is_some() => 4,
                _ => -4,
            },
            id: match (sign || suffix, value.contains(' ')) {
                (true, _) => -4,
                (false, true) => -1,
                (false, false) => 1,
            },
            name: match (sign, suffix) {
                (true, _) => -8,
                (false, true) => -2,
                (false, false) => 0,
            },
        }
    }

    fn under(&self, kind: Kind) -> i32 {
        match kind {
            Kind::Email => self.email,
            Kind::Grade => self.grade,
            Kind::Id => self.id,
            Kind::Name => self.name,
        }
    }
}

fn is_suffix(value: &[u8]) -> bool {
    [&b"Jr"[..], b"Jr.", b"Sr", b"Sr.", b"II", b"III", b"IV", b"Ph.D.", b"PhD", b"Ed.D.", b"M.Ed."]
        .iter()
        .any(|suffix| value.eq_ignore_ascii_case(suffix))
}

#[cfg(test)]
mod tests {
    use super::{is_error_message, is_footer};

    #[test]
    fn counts_and_totals_are_no_rows() {
        for text in [
            "616 rows selected.",
            "(616 rows affected)",
            "(1 row affected)",
            "Total,,,616",
            "Grand Total: 616",
            "TOTAL STUDENTS,616",
            "Record count: 616",
            "no rows selected",
            "-- end of report --",
            "Rows: 12",
            "616 row(s) returned",
            "Count,12",
            "---------,-----------,------",
            "----+----",
            "\u{1A}",
            "SQL> spool off",
            "Completion time: 2026-11-24T02:00:01.123-08:00",
        ] {
            assert!(is_footer(text), "{text}");
        }
        for text in [
            "S1,Oak Hill",
            "Total Wellness Academy,1",
            "12,Reading",
            "Count Basie School",
            "-,-,-,Ann",
            "--,--",
            "SQL>x",
            "Sum 41,x",
            "records office",
            "3 rows of desks",
            "",
            "Total Physical Response,12",
        ] {
            assert!(!is_footer(text), "{text}");
        }
    }

    #[test]
    fn error_messages_of_databases_are_known() {
        for text in [
            "ORA-01555: snapshot too old",
            "ERROR at line 1:",
            "\"ORA-00942: table or view does not exist\"",
            "SP2-0640: Not connected",
            "Msg 208, Level 16, State 1, Line 4",
            "ERROR 1146 (42S02): Table 'x' doesn't exist",
            "ERROR:  canceling statement",
            "Traceback (most recent call last):",
        ] {
            assert!(is_error_message(text.as_bytes()), "{text}");
        }
        for text in ["ORA-12,Oracy", "Error,Ann", "S1,Oak Hill", "Msg 12", "", "ERROR 12"] {
            assert!(!is_error_message(text.as_bytes()), "{text}");
        }
    }
}
