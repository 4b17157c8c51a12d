//! Finds the header of a table, and with it the table's separator and quote.

use std::io::{self, Read};

use memchr::memchr_iter;

use crate::cells::{Dialect, RowCells};
use crate::header::Header;
use crate::lines::{Line, Lines, NextLine};
use crate::marks::Marks;
use crate::vocabulary::Vocabulary;

/// A header that was found.
pub(crate) struct HeaderMatch {
    /// Its bytes in the unread part.
    pub(crate) text: Line,
    /// Its physical line, counted from 1.
    pub(crate) line: u32,
    /// How many physical lines it spans: a quoted cell may contain a line break.
    pub(crate) line_count: u32,
    pub(crate) dialect: Dialect,
    pub(crate) header: Header,
    /// The beginning of the first non-blank line above it.
    pub(crate) line_above: Option<String>,
}

/// Why there is no header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoHeader {
    /// The file is empty or blank.
    Empty,
    /// The first line is longer than allowed.
    TooLong,
    /// No line names a column; the beginning of the first line.
    NoneFound(String),
}

const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Lines searched, from the first non-blank one: above a header there may be a title, a date or a note (`#TYPE …`).
const MAX_SEARCHED_LINES: usize = 20;
/// Known columns that make a line the header, whatever is above it.
const MIN_KNOWN_COLUMNS: usize = 3;
/// Physical lines that a header may span.
const MAX_HEADER_LINES: u32 = 40;
/// Characters shown of a line.
const MAX_SHOWN: usize = 120;

/// Looks for the header: the first line with several known columns, or else the first line with any. `separator` is the one
/// that a profile sets.
pub(crate) fn find_header(
    lines: &mut Lines<impl Read>,
    vocabulary: &Vocabulary,
    separator: Option<u8>,
) -> io::Result<Result<HeaderMatch, NoHeader>> {
    let mut line = 1;
    // There may be many blank lines at the beginning: they are taken at once, so that the buffer does not grow.
    let mut from = 0;
    let mut searched = 0;
    let mut first_line = None;
    let mut best: Option<HeaderMatch> = None;
    while searched < MAX_SEARCHED_LINES {
        let text = match lines.line_at(from, SEPARATORS[0], &mut Marks::default())? {
            NextLine::End => break,
            NextLine::TooLong if searched == 0 => return Ok(Err(NoHeader::TooLong)),
            NextLine::TooLong => break,
            NextLine::Line(text) => text,
        };
        let (text, line_count) = join_open_quote(lines, text, vocabulary, separator)?;
        let bytes = &lines.unread()[text.bytes.clone()];
        from = text.next;
        if bytes.trim_ascii().is_empty() {
            if searched == 0 {
                lines.take(from);
                from = 0;
            } else {
                searched += 1;
            }
        } else {
            searched += 1;
            let (dialect, header) = detect_dialect(bytes, vocabulary, separator);
            let known = header.known_count();
            let line_above = first_line.clone();
            first_line.get_or_insert_with(|| shown(bytes));
            if known >= MIN_KNOWN_COLUMNS || (known > 0 && best.is_none()) {
                best = Some(HeaderMatch { text, line, line_count, dialect, header, line_above });
            }
            if known >= MIN_KNOWN_COLUMNS {
                break;
            }
        }
        line += line_count;
    }
    Ok(match (best, first_line) {
        (Some(found), _) => Ok(found),
        (None, Some(first_line)) => Err(NoHeader::NoneFound(first_line)),
        (None, None) => Err(NoHeader::Empty),
    })
}

/// The beginning of a line, to be shown.
fn shown(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim().chars().take(MAX_SHOWN).collect()
}

/// Joins a line with those that its open quote continues on (`"School\nID"`), when only together they are a header. Returns
/// how many physical lines the result spans.
fn join_open_quote(
    lines: &mut Lines<impl Read>,
    first: Line,
    vocabulary: &Vocabulary,
    separator: Option<u8>,
) -> io::Result<(Line, u32)> {
    let quotes = |bytes: &[u8]| memchr_iter(b'"', bytes).count();
    let mut is_open = quotes(&lines.unread()[first.bytes.clone()]) % 2 == 1;
    let (mut last, mut count) = (first.clone(), 1);
    while is_open && count < MAX_HEADER_LINES {
        let NextLine::Line(next) = lines.line_at(last.next, SEPARATORS[0], &mut Marks::default())? else {
            break;
        };
        is_open = quotes(&lines.unread()[next.bytes.clone()]) % 2 == 0;
        (last, count) = (next, count + 1);
    }
    let joined = Line { bytes: first.bytes.start..last.bytes.end, ..last };
    let known = |line: &Line| {
        detect_dialect(&lines.unread()[line.bytes.clone()], vocabulary, separator).1.known_count()
    };
    let is_header =
        count > 1 && !is_open && known(&joined) >= MIN_KNOWN_COLUMNS && known(&joined) > known(&first);
    Ok(if is_header { (joined, count) } else { (first, 1) })
}

/// The separator that gives the line the most known columns, then the most cells; and the header read with it.
pub(crate) fn detect_dialect(
    line: &[u8],
    vocabulary: &Vocabulary,
    separator: Option<u8>,
) -> (Dialect, Header) {
    let read = |separator| {
        let quote = if in_single_quotes(line, separator) { b'\'' } else { b'"' };
        let dialect = Dialect { separator, quote };
        let mut cells = RowCells::default();
        cells.split(line, dialect);
        let cell = |at| String::from_utf8_lossy(&cells.text(line)[cells.range(at)]).into_owned();
        (dialect, Header::from_cells((0..cells.count()).map(cell).collect(), vocabulary))
    };
    if let Some(separator) = separator {
        return read(separator);
    }
    let mut best = read(SEPARATORS[0]);
    for separator in &SEPARATORS[1..] {
        let candidate = read(*separator);
        if (candidate.1.known_count(), candidate.1.width()) > (best.1.known_count(), best.1.width()) {
            best = candidate;
        }
    }
    best
}

/// Whether a line has its cells in single quotes: `'1','Oak Hill'`.
pub(crate) fn in_single_quotes(line: &[u8], separator: u8) -> bool {
    let line = line.trim_ascii();
    line.starts_with(b"'")
        && line.ends_with(b"'")
        && line.windows(3).any(|window| window == [b'\'', separator, b'\''])
}
