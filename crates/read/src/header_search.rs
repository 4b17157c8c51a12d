//! Finds the header, and with it how the file parts its cells.

use std::io::{self, Read};

use memchr::memchr_iter;

use crate::cells::{Cells, Dialect};
use crate::header::Header;
use crate::lines::{Ahead, Line, Lines};
use crate::marks::Marks;
use crate::table::Opened;
use crate::vocabulary::Vocabulary;

/// Where the header was found.
pub(crate) struct Found {
    /// Its place in the unread part.
    pub(crate) place: Line,
    /// Its physical line, the first being 1, and how many lines it has: a cell in quotes may have a line break.
    pub(crate) line: u32,
    pub(crate) lines: u32,
    pub(crate) dialect: Dialect,
    pub(crate) header: Header,
    /// The first line above it that is not blank, as far as it is worth showing.
    pub(crate) above: Option<String>,
}

const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Lines from the first that is not blank: a title, a date, what a program says of itself (`#TYPE …`).
const LINES: usize = 20;
/// Known columns that make a header wherever it stands.
const KNOWN: usize = 3;

/// Looks for the header: the first line with several known columns, else the first with any. When there is none, what
/// the file is instead. `separator` is the one that a profile forces.
pub(crate) fn find_header<'s>(
    lines: &mut Lines<impl Read>,
    vocabulary: &Vocabulary,
    separator: Option<u8>,
) -> io::Result<Result<Found, Opened<'s>>> {
    let mut line = 1;
    // Blank lines at the beginning may be many: they are taken as they come.
    let mut from = 0;
    let mut looked = 0;
    let mut above = None;
    let mut best: Option<Found> = None;
    while looked < LINES {
        let place = match lines.line_at(from, SEPARATORS[0], &mut Marks::default())? {
            Ahead::End => break,
            Ahead::TooLong if looked == 0 => return Ok(Err(Opened::HeaderTooLong)),
            Ahead::TooLong => break,
            Ahead::Line(place) => place,
        };
        let (place, count) = with_open_quote_closed(lines, place, vocabulary, separator)?;
        let bytes = &lines.unread()[place.bytes.clone()];
        from = place.next;
        if bytes.trim_ascii().is_empty() {
            if looked == 0 {
                lines.take(from);
                from = 0;
            } else {
                looked += 1;
            }
        } else {
            looked += 1;
            let shown = || String::from_utf8_lossy(bytes).trim().chars().take(120).collect::<String>();
            let (dialect, header) = dialect_and_header(bytes, vocabulary, separator);
            let known = header.known();
            if known >= KNOWN || (known > 0 && best.is_none()) {
                let text = shown();
                let found = Found { place, line, lines: count, dialect, header, above: above.clone() };
                above.get_or_insert(text);
                best = Some(found);
                if known >= KNOWN {
                    break;
                }
            } else {
                above.get_or_insert_with(shown);
            }
        }
        line += count;
    }
    Ok(match (best, above) {
        (Some(found), _) => Ok(found),
        (None, Some(first)) => Err(Opened::NotATable(first)),
        (None, None) => Err(Opened::Empty),
    })
}

/// Lines that a header may span.
const SPANNED: u32 = 40;

/// The line, and those after it that a quoted cell goes on in (`"School\nID"`), when they are a header only together; and
/// how many lines these are.
fn with_open_quote_closed(
    lines: &mut Lines<impl Read>,
    first: Line,
    vocabulary: &Vocabulary,
    separator: Option<u8>,
) -> io::Result<(Line, u32)> {
    let quotes = |bytes: &[u8]| memchr_iter(b'"', bytes).count();
    let mut open = quotes(&lines.unread()[first.bytes.clone()]) % 2 == 1;
    let (mut end, mut count) = (first.clone(), 1);
    while open && count < SPANNED {
        let Ahead::Line(next) = lines.line_at(end.next, SEPARATORS[0], &mut Marks::default())? else { break };
        open = quotes(&lines.unread()[next.bytes.clone()]) % 2 == 0;
        (end, count) = (next, count + 1);
    }
    let whole = Line { bytes: first.bytes.start..end.bytes.end, ..end };
    let known = |line: &Line| {
        dialect_and_header(&lines.unread()[line.bytes.clone()], vocabulary, separator).1.known()
    };
    let is_header = count > 1 && !open && known(&whole) >= KNOWN && known(&whole) > known(&first);
    Ok(if is_header { (whole, count) } else { (first, 1) })
}

/// The separator under which the line holds the most known columns, then the most cells; and the header as it then reads.
pub(crate) fn dialect_and_header(
    line: &[u8],
    vocabulary: &Vocabulary,
    separator: Option<u8>,
) -> (Dialect, Header) {
    let read = |separator| {
        let quote = if in_single_quotes(line, separator) { b'\'' } else { b'"' };
        let dialect = Dialect { separator, quote };
        let mut cells = Cells::default();
        cells.split(line, dialect);
        let cell = |at| String::from_utf8_lossy(&cells.text(line)[cells.range(at)]).into_owned();
        (dialect, Header::of_cells((0..cells.count()).map(cell).collect(), vocabulary))
    };
    if let Some(separator) = separator {
        return read(separator);
    }
    let mut best = read(SEPARATORS[0]);
    for separator in &SEPARATORS[1..] {
        let other = read(*separator);
        if (other.1.known(), other.1.width()) > (best.1.known(), best.1.width()) {
            best = other;
        }
    }
    best
}

/// Whether a line has its cells in single quotes: `'1','Oak Hill'`.
pub(crate) fn in_single_quotes(line: &[u8], separator: u8) -> bool {
    let line = line.trim_ascii();
    line.starts_with(b"'")
        && line.ends_with(b"'")
        && line.windows(3).any(|three| three == [b'\'', separator, b'\''])
}
