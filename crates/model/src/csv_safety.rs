//! CSV files that are safe to open in a spreadsheet program.

/// The byte order mark that such a file begins with, so that it is read as UTF-8.
pub const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Whether a spreadsheet program would run the cell as a formula (OWASP, "CSV Injection").
pub fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// The cell; with an apostrophe in front when it would be run.
pub fn escape_formula(cell: &str) -> String {
    if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() }
}
