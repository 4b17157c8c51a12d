//! Rows whose cells are not under their columns.

use homeroom_model::column::Column;
use homeroom_model::finding::Finding;
use homeroom_model::finding_code::FindingCode;
use homeroom_read::{Header, RowDamage, TableRow};

use crate::shifted_row::{ShiftedValue, find_shifted_value};

/// So many NULs in a row are no slip of a program: a block of the file was never written.
const MIN_HOLE: usize = 8;

/// How many bytes of a row a finding shows.
const MAX_EXCERPT: usize = 400;

/// The finding for a row whose cells are not under their columns. `columns` are the known columns with their positions: they
/// tell which value has a separator inside.
pub(crate) fn damage(row: &TableRow<'_>, header: &Header, columns: &[(Column, usize)]) -> Option<Finding> {
    let (cells, width) = (row.len(), header.width());
    let of_row = |code, message: String| Finding::of_line(code, row.line, excerpt(row), message);
    if has_hole(row.bytes) {
        let message =
            "A part of the file was never written here: it is filled with NUL bytes, and rows are missing.";
        let before = row.bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        let shown = format!("{}…", String::from_utf8_lossy(&before[..before.len().min(MAX_EXCERPT)]));
        return Some(Finding::of_line(FindingCode::HoleInFile, row.line, shown, message));
    }
    let (code, message) = match row.damage {
        Some(RowDamage::UnbalancedQuote) => (
            FindingCode::QuoteUnbalanced,
            "A quotation mark opens a cell in this row but is never closed.".to_owned(),
        ),
        Some(RowDamage::TooLong) => (FindingCode::RowTooLong, "The row is too long to read.".to_owned()),
        // Almost every row ends here.
        None if header.fits(cells) && row.surplus == 0 => return None,
        // A row whose last cell is empty has room for one cell too many.
        None if header.fits(cells) => {
            let shifted = find_shifted_value(row, width, row.surplus, columns)?;
            return Some(too_many_cells(row, width, width + row.surplus, Some(shifted)));
        }
        None if cells != width && is_error_message(row.bytes) => (
            FindingCode::ExportError,
            "The program that made the file wrote an error message here; rows are most likely missing."
                .to_owned(),
        ),
        None if cells < width => (
            FindingCode::RowTooFewCells,
            match cells {
                1 => format!("The row has one cell where the header has {width}."),
                _ => format!("The row has {cells} cells where the header has {width}."),
            },
        ),
        None if cells > width => {
            let shifted = find_shifted_value(row, width, cells - width, columns);
            return Some(too_many_cells(row, width, cells, shifted));
        }
        None => return None,
    };
    Some(of_row(code, message))
}

fn too_many_cells(row: &TableRow<'_>, width: usize, cells: usize, shifted: Option<ShiftedValue>) -> Finding {
    let message = format!(
        "The row has {cells} cells where the header has {width}: a separator inside a value shifted the cells."
    );
    let finding = |message| Finding::of_line(FindingCode::RowTooManyCells, row.line, excerpt(row), message);
    match shifted {
        Some(ShiftedValue { column, value }) => {
            let name = column.name();
            let message = format!("{message} Most likely the value is {name}: '{value}'.");
            finding(message).in_column(name).proposing(value)
        }
        None => finding(message),
    }
}

/// The beginning of a row, as a finding shows it.
pub(crate) fn excerpt(row: &TableRow<'_>) -> String {
    String::from_utf8_lossy(&row.bytes[..row.bytes.len().min(MAX_EXCERPT)]).into_owned()
}

/// Whether a row contains a stretch of NULs.
fn has_hole(bytes: &[u8]) -> bool {
    memchr::memchr(0, bytes).is_some_and(|at| {
        let runs = bytes[at..].split(|byte| *byte != 0);
        runs.map(<[u8]>::len).max().is_some_and(|longest| longest >= MIN_HOLE)
    })
}

/// Whether a damaged row tells that other rows are missing, too.
pub(crate) fn lacks_rows(code: FindingCode) -> bool {
    matches!(code, FindingCode::ExportError | FindingCode::HoleInFile | FindingCode::RowTooLong)
}

/// Whether a row is what databases and their clients write when a query fails.
fn is_error_message(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_EXCERPT)]);
    let text = text.trim_start_matches(['"', '\'', ' ']);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let numbered =
        |prefix: &str, least: usize| text.strip_prefix(prefix).is_some_and(|rest| digits(rest) >= least);
    numbered("ORA-", 4)
        || numbered("SP2-", 3)
        || numbered("PLS-", 4)
        || numbered("SQLSTATE", 0) && text.len() > 8
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

#[cfg(test)]
mod tests {
    use super::is_error_message;

    #[test]
    fn error_messages_of_databases_are_recognized() {
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
