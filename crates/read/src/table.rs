//! A file as a table: its header, and its rows one after the other.

use std::io::{self, Read};
use std::ops::Range;

use homeroom_model::source::Source;
use memchr::{memchr, memchr_iter};

use crate::Limits;
use crate::encoding::{Encoding, look, utf8};
use crate::header::Header;
use crate::kind::not_text;
use crate::lines::{Ahead, Line, Lines};

/// What a file turned out to be.
pub enum Opened<'s> {
    /// A table with a header; whether the header has what is needed is for the check to say.
    Table(Box<Table<'s>>),
    /// Nothing at all, or only blank lines.
    Empty,
    /// Something else than a CSV: "a PDF document".
    NotText(&'static str),
    /// Text whose first line is no header of a roster; the line as far as it is worth showing.
    NotATable(String),
    /// More columns than allowed.
    TooManyColumns(usize),
    /// The file is larger than allowed.
    TooLarge,
    /// The first line is longer than allowed.
    HeaderTooLong,
}

/// Why the cells of a row cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// A quote that opens and does not close where it should.
    UnbalancedQuote,
    /// The record is longer than allowed.
    TooLong,
}

/// A table that is being read.
pub struct Table<'s> {
    lines: Lines<Box<dyn Read + Send + 's>>,
    encoding: Encoding,
    separator: u8,
    header: Header,
    header_line: Vec<u8>,
    /// The physical line at the start of the unread part, the first line being 1.
    line: u32,
    cells: Cells,
    repeated_headers: Vec<u32>,
    ends_mid_row: bool,
}

/// The cells of the row at hand: ranges of the row's bytes, or of text that was unquoted.
#[derive(Default)]
struct Cells {
    ranges: Vec<Range<u32>>,
    /// Text of the cells when the row has quotes.
    unquoted: Vec<u8>,
    quoted: bool,
    stray_quotes: bool,
}

/// A row of the file.
pub struct Row<'t> {
    /// The physical line where it begins.
    pub line: u32,
    /// Its bytes as UTF-8, without the line end; of a damaged row the first physical line.
    pub bytes: &'t [u8],
    /// Why its cells cannot be told, when they cannot.
    pub damage: Option<Damage>,
    cells: &'t Cells,
}

impl Row<'_> {
    /// How many cells there are, without empty ones beyond the header's width.
    pub fn len(&self) -> usize {
        self.cells.ranges.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.cells.ranges.is_empty()
    }

    /// A cell without its quotes; empty when the row is too short.
    pub fn cell(&self, at: usize) -> &[u8] {
        let Some(range) = self.cells.ranges.get(at) else { return &[] };
        let text = if self.cells.quoted { &self.cells.unquoted } else { self.bytes };
        &text[range.start as usize..range.end as usize]
    }

    /// The bytes of neighbouring cells with the separators between them; `None` when the row has quotes.
    pub fn slice(&self, cells: Range<usize>) -> Option<&[u8]> {
        if self.cells.quoted || cells.end > self.cells.ranges.len() || cells.is_empty() {
            return None;
        }
        let (first, last) = (&self.cells.ranges[cells.start], &self.cells.ranges[cells.end - 1]);
        Some(&self.bytes[first.start as usize..last.end as usize])
    }

    /// Whether a quote stands inside a cell where none belongs; it is kept as it is.
    pub fn has_stray_quotes(&self) -> bool {
        self.cells.stray_quotes
    }
}

/// Physical lines that a quoted cell may span.
const LINES_A_RECORD: usize = 100;
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Opens a file: decides on encoding, separator and header.
pub fn open<'s>(source: &'s dyn Source, limits: &Limits) -> io::Result<Opened<'s>> {
    if source.length() > limits.bytes {
        return Ok(Opened::TooLarge);
    }
    let look = look(source)?;
    if !matches!(look.encoding, Encoding::Utf16Le | Encoding::Utf16Be)
        && let Some(what) = not_text(&look.start)
    {
        return Ok(Opened::NotText(what));
    }
    let mut lines = Lines::new(utf8(source, look.encoding)?, limits.longest_record);
    let mut number = 1;
    let line = loop {
        match lines.line_at(0)? {
            Ahead::End => return Ok(Opened::Empty),
            Ahead::TooLong => return Ok(Opened::HeaderTooLong),
            Ahead::Line(line) if is_blank(&lines.unread()[line.bytes.clone()]) => {
                lines.take(line.next);
                number += 1;
            }
            Ahead::Line(line) => break line,
        }
    };
    let header_line = lines.unread()[line.bytes.clone()].to_vec();
    let (separator, header) = separator_and_header(&header_line);
    if header.known() == 0 {
        return Ok(Opened::NotATable(String::from_utf8_lossy(&header_line).chars().take(120).collect()));
    }
    if header.width() > limits.columns {
        return Ok(Opened::TooManyColumns(header.width()));
    }
    lines.take(line.next);
    Ok(Opened::Table(Box::new(Table {
        lines,
        encoding: look.encoding,
        separator,
        header,
        header_line,
        line: number + 1,
        cells: Cells::default(),
        repeated_headers: vec![],
        ends_mid_row: false,
    })))
}

/// The separator under which the line holds the most known columns, then the most cells.
fn separator_and_header(line: &[u8]) -> (u8, Header) {
    let read = |separator| {
        let mut cells = Cells::default();
        cells.split(line, separator);
        let cell = |at: usize| {
            let range = &cells.ranges[at];
            let text = if cells.quoted { &cells.unquoted } else { line };
            String::from_utf8_lossy(&text[range.start as usize..range.end as usize]).into_owned()
        };
        (separator, Header::of_cells((0..cells.ranges.len()).map(cell).collect()))
    };
    let mut best = read(SEPARATORS[0]);
    for separator in &SEPARATORS[1..] {
        let other = read(*separator);
        if (other.1.known(), other.1.width()) > (best.1.known(), best.1.width()) {
            best = other;
        }
    }
    best
}

impl Table<'_> {
    /// The encoding.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The separator: one of `,` `;` tab `|`.
    pub fn separator(&self) -> char {
        self.separator.into()
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Lines on which the header stood once more, so far; those rows are skipped.
    pub fn repeated_headers(&self) -> &[u32] {
        &self.repeated_headers
    }

    /// Whether the file ends in the middle of a row; known at the end.
    pub fn ends_mid_row(&self) -> bool {
        self.ends_mid_row
    }

    /// Bytes taken so far, as UTF-8: for a progress bar.
    pub fn bytes_taken(&self) -> u64 {
        self.lines.taken()
    }

    /// The next row that is neither blank nor the header once more; `None` at the end.
    pub fn next_row(&mut self) -> io::Result<Option<Row<'_>>> {
        loop {
            let line = match self.lines.line_at(0)? {
                Ahead::End => return Ok(None),
                Ahead::TooLong => return self.too_long().map(Some),
                Ahead::Line(line) => line,
            };
            let bytes = &self.lines.unread()[line.bytes.clone()];
            if is_separators_only(bytes, self.separator) {
                self.advance(line.next, 1);
                continue;
            }
            if bytes == self.header_line {
                self.repeated_headers.push(self.line);
                self.advance(line.next, 1);
                continue;
            }
            let closed = self.cells.split(bytes, self.separator);
            if closed {
                if self.is_header_again(&line) {
                    self.repeated_headers.push(self.line);
                    self.advance(line.next, 1);
                    continue;
                }
                return Ok(Some(self.finish(&line, line.bytes.end, 1, None)));
            }
            return self.over_several_lines(line).map(Some);
        }
    }

    /// A quote is open at the end of the line: takes the lines after it when they close it as they should and the
    /// row then has the header's number of cells; else the quote costs this line only.
    fn over_several_lines(&mut self, first: Line) -> io::Result<Row<'_>> {
        let mut next = first.next;
        for count in 2..=LINES_A_RECORD {
            let Ahead::Line(line) = self.lines.line_at(next)? else { break };
            next = line.next;
            let end = line.bytes.end;
            let record = &self.lines.unread()[..end];
            // Only a line with a quote in it can close the cell.
            let has_quote = memchr(b'"', &record[line.bytes.start..]).is_some();
            if has_quote && self.cells.split_strictly(record, self.separator) {
                if self.cells.ranges.len() != self.header.width() {
                    break;
                }
                let line = Line { bytes: 0..end, next, ended: line.ended };
                return Ok(self.finish(&line, end, count as u32, None));
            }
        }
        // The file's last line with an open quote: the file was cut off in it.
        self.ends_mid_row |= !first.ended;
        self.cells.ranges.clear();
        Ok(self.finish(&first, first.bytes.end, 1, Some(Damage::UnbalancedQuote)))
    }

    fn too_long(&mut self) -> io::Result<Row<'_>> {
        self.lines.skip_line()?;
        self.cells.ranges.clear();
        let line = self.line;
        self.line += 1;
        Ok(Row { line, bytes: &[], damage: Some(Damage::TooLong), cells: &self.cells })
    }

    /// Takes the record's bytes. They stay in the buffer until the next row is asked for.
    fn finish(&mut self, line: &Line, length: usize, lines: u32, damage: Option<Damage>) -> Row<'_> {
        self.cells.drop_empty_beyond(self.header.width());
        if !line.ended && damage.is_none() {
            self.ends_mid_row |= self.cells.ranges.len() < self.header.width();
        }
        let number = self.line;
        self.advance(line.next, lines);
        let bytes = self.lines.last_taken(line.next, length);
        Row { line: number, bytes, damage, cells: &self.cells }
    }

    fn advance(&mut self, bytes: usize, lines: u32) {
        self.lines.take(bytes);
        self.line = self.line.saturating_add(lines);
    }

    fn is_header_again(&self, line: &Line) -> bool {
        let bytes = &self.lines.unread()[line.bytes.clone()];
        let text = if self.cells.quoted { self.cells.unquoted.as_slice() } else { bytes };
        let cells = self.cells.ranges.iter().map(|range| &text[range.start as usize..range.end as usize]);
        // Almost every row fails on its first letter.
        let first =
            |bytes: &[u8]| bytes.iter().find(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase);
        first(text) == first(self.header.cells().first().map_or(b"", |cell| cell.as_bytes()))
            && self.header.is_repeated_by(cells)
    }
}

impl Cells {
    /// Splits one line. `false` when a quote is still open at its end.
    fn split(&mut self, line: &[u8], separator: u8) -> bool {
        self.ranges.clear();
        self.stray_quotes = false;
        self.quoted = memchr(b'"', line).is_some();
        if self.quoted {
            return self.split_quoted(line, separator, false);
        }
        let mut start = 0;
        for at in memchr_iter(separator, line) {
            self.ranges.push(start..at as u32);
            start = at as u32 + 1;
        }
        self.ranges.push(start..line.len() as u32);
        true
    }

    /// Splits a record of several lines, in which quotes must stand as RFC 4180 wants them.
    fn split_strictly(&mut self, record: &[u8], separator: u8) -> bool {
        self.ranges.clear();
        self.stray_quotes = false;
        self.split_quoted(record, separator, true)
    }

    fn split_quoted(&mut self, line: &[u8], separator: u8, strict: bool) -> bool {
        self.unquoted.clear();
        let mut at = 0;
        loop {
            let start = self.unquoted.len() as u32;
            let blanks = line[at..].iter().take_while(|b| **b == b' ').count();
            let end = if line.get(at + blanks) == Some(&b'"') {
                match self.quoted_cell(line, at + blanks + 1, separator, strict) {
                    Some(end) => end,
                    None => return false,
                }
            } else {
                let end = memchr(separator, &line[at..]).map_or(line.len(), |found| at + found);
                self.stray_quotes |= memchr(b'"', &line[at..end]).is_some();
                self.unquoted.extend_from_slice(&line[at..end]);
                end
            };
            self.ranges.push(start..self.unquoted.len() as u32);
            if end >= line.len() {
                return true;
            }
            at = end + 1;
        }
    }

    /// Takes a quoted cell whose text begins at `at`; the place of the separator or line end behind it. `None` when it
    /// does not close, or when `strict` and a quote stands inside without a second one.
    fn quoted_cell(&mut self, line: &[u8], mut at: usize, separator: u8, strict: bool) -> Option<usize> {
        loop {
            let quote = at + memchr(b'"', &line[at..])?;
            self.unquoted.extend_from_slice(&line[at..quote]);
            let after = quote + 1;
            let blanks = line[after..].iter().take_while(|b| **b == b' ').count();
            match line.get(after + blanks) {
                None => return Some(line.len()),
                Some(next) if *next == separator => return Some(after + blanks),
                _ if line.get(after) == Some(&b'"') => at = after + 1,
                Some(_) if strict => return None,
                Some(_) => {
                    self.stray_quotes = true;
                    at = after;
                }
            }
            self.unquoted.push(b'"');
        }
    }

    fn drop_empty_beyond(&mut self, width: usize) {
        while self.ranges.len() > width && self.ranges.last().is_some_and(|range| range.is_empty()) {
            self.ranges.pop();
        }
    }
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| byte.is_ascii_whitespace())
}

fn is_separators_only(line: &[u8], separator: u8) -> bool {
    line.iter().all(|byte| *byte == separator || byte.is_ascii_whitespace())
}
