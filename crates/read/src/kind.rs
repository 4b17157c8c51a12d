//! Files that are something else than a CSV, by their first bytes.

/// What a file is when it is no text; `None` when it may be one. `start` is its first block.
pub(crate) fn not_text(start: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 10] = [
        (b"PK\x03\x04", "a zip archive or an Excel workbook (.xlsx)"),
        (b"\xD0\xCF\x11\xE0", "an old Excel workbook (.xls), or one with a password"),
        (b"%PDF", "a PDF document"),
        (b"\x89PNG", "a PNG picture"),
        (b"\xFF\xD8\xFF", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"\x1F\x8B", "a gzip archive"),
        (b"7z\xBC\xAF", "a 7-Zip archive"),
        (b"Rar!", "a RAR archive"),
        (b"SQLite format 3", "a SQLite database"),
    ];
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some(name);
    }
    if is_markup(start) {
        return Some("a web page (HTML or XML)");
    }
    // A text in UTF-8 or Windows-1252 has next to no NUL bytes; a single one in a cell costs its row only.
    let nuls = start.iter().filter(|byte| **byte == 0).count();
    (nuls * 50 > start.len()).then_some("a binary file")
}

fn is_markup(start: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&start[..start.len().min(512)]).to_lowercase();
    let text = start.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    ["<!doctype", "<html", "<?xml", "<table", "<body"].iter().any(|tag| text.starts_with(tag))
}
