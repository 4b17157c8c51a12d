//! Recognizes files that are not text by their first bytes.

/// A type of file that is not a CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// A zip archive or an Excel workbook (`.xlsx`).
    ZipOrWorkbook,
    /// An old Excel workbook (`.xls`), or a new one with a password.
    OldExcel,
    /// A binary Excel workbook (`.xlsb`).
    BinaryExcel,
    /// A Word document.
    Word,
    /// A PowerPoint presentation.
    PowerPoint,
    /// An OpenDocument file, such as `.ods`.
    OpenDocument,
    /// A PDF document.
    Pdf,
    /// A PNG picture.
    Png,
    /// A JPEG picture.
    Jpeg,
    /// A GIF picture.
    Gif,
    /// A gzip archive.
    Gzip,
    /// A 7-Zip archive.
    SevenZip,
    /// A RAR archive.
    Rar,
    /// A SQLite database.
    Sqlite,
    /// HTML or XML.
    Markup,
    /// Not text, and none of the above.
    Binary,
}

/// NULs in a row from which on a stretch was never written; formats of other programs pad with fewer.
const UNWRITTEN: usize = 64;

/// The type of a file that is not text; `None` when it may be text. `start` is its first block.
pub(crate) fn not_text(start: &[u8]) -> Option<FileType> {
    const MAGIC: [(&[u8], FileType); 10] = [
        (b"PK\x03\x04", FileType::ZipOrWorkbook),
        (b"\xD0\xCF\x11\xE0", FileType::OldExcel),
        (b"%PDF", FileType::Pdf),
        (b"\x89PNG", FileType::Png),
        (b"\xFF\xD8\xFF", FileType::Jpeg),
        (b"GIF8", FileType::Gif),
        (b"\x1F\x8B", FileType::Gzip),
        (b"7z\xBC\xAF", FileType::SevenZip),
        (b"Rar!", FileType::Rar),
        (b"SQLite format 3", FileType::Sqlite),
    ];
    if let Some((_, file_type)) = MAGIC.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some(*file_type);
    }
    if is_markup(start) {
        return Some(FileType::Markup);
    }
    // Text in UTF-8 or Windows-1252 has almost no NUL bytes. A single one costs only its row; a long stretch of them is a part of a text
    // file that was never written.
    let nuls = start.split(|byte| *byte != 0).map(<[u8]>::len).filter(|run| *run < UNWRITTEN).sum::<usize>();
    let is_one_stretch = start.iter().all(|byte| *byte == 0);
    (nuls * 50 > start.len() || is_one_stretch && !start.is_empty()).then_some(FileType::Binary)
}

fn is_markup(start: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&start[..start.len().min(512)]).to_lowercase();
    let text = start.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    ["<!doctype", "<html", "<?xml", "<table", "<body"].iter().any(|tag| text.starts_with(tag))
}
