//! Recognizes counts, totals and dividers: lines that are not roster rows.

use homeroom_model::finding::Finding;
use homeroom_model::finding_code::FindingCode;
use homeroom_read::TableRow;

use crate::damaged_row::excerpt;

/// The longest count or total, in bytes.
const MAX_FOOTER_LENGTH: usize = 120;

/// The finding for a count or total of the rows above it, or a divider: `616 rows selected.`, `Total,,616`,
/// `-----,-----`.
pub(crate) fn footer(row: &TableRow<'_>) -> Option<Finding> {
    let is_rule = row.bytes.starts_with(b"-");
    if (row.bytes.len() > MAX_FOOTER_LENGTH && !is_rule) || row.damage.is_some() {
        return None;
    }
    let filled = (0..row.len()).filter(|at| !row.cell(*at).trim_ascii().is_empty()).take(4).count();
    if filled > 3 && !is_rule {
        return None;
    }
    let text = String::from_utf8_lossy(row.bytes);
    let message = "This line is a count, a total or a divider, not a roster row; it was skipped.";
    is_footer(&text).then(|| Finding::of_line(FindingCode::FooterSkipped, row.line, excerpt(row), message))
}

fn is_footer(text: &str) -> bool {
    // The last lines of database clients, the end-of-file character of DOS, and the line that sqlcmd draws below the header.
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
    let is_counted = |word: &str| {
        matches!(word, "row" | "rows" | "record" | "records" | "students" | "enrollments" | "lines")
    };
    match words.as_slice() {
        ["total" | "totals" | "sum" | "count", rest @ ..] | ["grand", "total" | "totals", rest @ ..] => rest
            .iter()
            .all(|word| is_number(word) || is_counted(word) || matches!(*word, "of" | "count" | "total")),
        ["record" | "records" | "row" | "rows", rest @ ..] => {
            rest.iter().any(|word| is_number(word))
                && rest.iter().all(|word| {
                    is_number(word) || matches!(*word, "count" | "total" | "exported" | "selected")
                })
        }
        ["no", "rows", "selected"] | ["end", "of", "report" | "file" | "data"] => true,
        [number, noun, rest @ ..] if is_number(number) && is_counted(noun) => rest.iter().all(|word| {
            matches!(
                *word,
                "selected" | "affected" | "returned" | "fetched" | "exported" | "in" | "set" | "total" | "s"
            )
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_footer;

    #[test]
    fn counts_and_totals_are_footers() {
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
}
