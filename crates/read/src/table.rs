//! A table: its header, and its rows one after another.

use std::io::{self, Read};
use std::ops::Range;

use homeroom_model::encoding::Encoding;
use memchr::memchr;

use crate::cells::{Dialect, QuoteRule, RowCells};
use crate::guess::GuessedEncoding;
use crate::header::Header;
use crate::header_search::{HeaderMatch, in_single_quotes};
use crate::lines::{Line, Lines, NextLine};
use crate::marks::Marks;
use crate::openpgp::{SharedStatus, SignatureStatus};
use crate::unpacked::BytesRead;

/// Why a row cannot be split into cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowDamage {
    /// A quote that opens and does not close where it should.
    UnbalancedQuote,
    /// The record is longer than allowed.
    TooLong,
}

/// Where a table's rows come from.
pub(crate) struct TableSource<'s> {
    pub(crate) lines: Lines<Box<dyn Read + Send + 's>>,
    pub(crate) bytes_read: BytesRead,
    pub(crate) encoding: Encoding,
    pub(crate) guessed: Option<GuessedEncoding>,
    pub(crate) signature: SharedStatus,
}

/// A table that is being read.
pub struct Table<'s> {
    lines: Lines<Box<dyn Read + Send + 's>>,
    bytes_read: BytesRead,
    encoding: Encoding,
    guessed: Option<GuessedEncoding>,
    dialect: Dialect,
    header: Header,
    header_bytes: Vec<u8>,
    header_line: u32,
    line_above: Option<String>,
    /// The physical line at the start of the unread part, counted from 1.
    line: u32,
    cells: RowCells,
    /// The beginning of the last row that was too long.
    long_row: Vec<u8>,
    repeated_headers: Vec<u32>,
    ends_mid_row: bool,
    signature: SharedStatus,
}

/// A row of a table.
pub struct TableRow<'t> {
    /// The physical line where it begins, counted from 1.
    pub line: u32,
    /// Its bytes as UTF-8, without the line end; of a damaged row, the first physical line, or the beginning of one that is too
    /// long.
    pub bytes: &'t [u8],
    /// Why it cannot be split into cells, if it cannot.
    pub damage: Option<RowDamage>,
    /// Empty cells beyond the last column: some programs write them; or the row was shifted.
    pub surplus: usize,
    cells: &'t RowCells,
}

impl TableRow<'_> {
    /// The number of cells, without empty ones beyond the header's width.
    pub fn len(&self) -> usize {
        self.cells.count()
    }

    /// Whether there are no cells.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A cell without its quotes; empty when the row is too short.
    pub fn cell(&self, at: usize) -> &[u8] {
        if at < self.len() { &self.cells.text(self.bytes)[self.cells.range(at)] } else { &[] }
    }

    /// The bytes of adjacent cells with the separators between them; `None` when the row has quotes.
    pub fn slice(&self, cells: Range<usize>) -> Option<&[u8]> {
        if self.cells.marks.quoted || cells.end > self.len() || cells.is_empty() {
            return None;
        }
        Some(&self.bytes[self.cells.range(cells.start).start..self.cells.range(cells.end - 1).end])
    }

    /// Whether a cell contains a quote where none belongs; the quote is kept.
    pub fn has_stray_quotes(&self) -> bool {
        self.cells.stray_quotes
    }
}

/// How much of a row that is too long is kept: enough for all its cells but the longest.
const LONG_ROW_BYTES: usize = 1 << 14;

/// Physical lines that a record may span.
const MAX_RECORD_LINES: usize = 100;

impl<'s> Table<'s> {
    /// Begins a table below its header.
    pub(crate) fn begin(source: TableSource<'s>, found: HeaderMatch) -> io::Result<Table<'s>> {
        let TableSource { mut lines, bytes_read, encoding, guessed, signature } = source;
        let header_bytes = lines.unread()[found.text.bytes.clone()].to_vec();
        lines.take(found.text.next);
        let mut dialect = found.dialect;
        if let NextLine::Line(first_row) = lines.line_at(0, dialect.separator, &mut Marks::default())?
            && in_single_quotes(&lines.unread()[first_row.bytes], dialect.separator)
        {
            dialect.quote = b'\'';
        }
        Ok(Table {
            lines,
            bytes_read,
            encoding,
            guessed,
            dialect,
            header: found.header,
            header_bytes,
            header_line: found.line,
            line_above: found.line_above,
            line: found.line + found.line_count,
            cells: RowCells::default(),
            long_row: vec![],
            repeated_headers: vec![],
            ends_mid_row: false,
            signature,
        })
    }

    /// The encoding.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// How the encoding was guessed, when bytes are not in the one of the first block.
    pub fn guessed(&self) -> Option<&GuessedEncoding> {
        self.guessed.as_ref()
    }

    /// The separator: one of `,` `;` tab `|`.
    pub fn separator(&self) -> char {
        self.dialect.separator.into()
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The physical line of the header, the first being 1.
    pub fn header_line(&self) -> u32 {
        self.header_line
    }

    /// The beginning of the first non-blank line above the header: a title, or a note that a program adds.
    pub fn line_above_header(&self) -> Option<&str> {
        self.line_above.as_deref()
    }

    /// Lines so far that repeat the header; they are skipped.
    pub fn repeated_headers(&self) -> &[u32] {
        &self.repeated_headers
    }

    /// Whether the file ends in the middle of a row; known at the end.
    pub fn ends_mid_row(&self) -> bool {
        self.ends_mid_row || self.lines.is_cut_off()
    }

    /// The status of the file's signature, which is final when all rows have been read.
    pub fn signature(&self) -> SignatureStatus {
        self.signature.get()
    }

    /// Bytes of the file that have been read so far, for a progress bar.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.get()
    }

    /// The next row that is neither blank nor a repeated header; `None` at the end.
    ///
    /// # Errors
    /// See [`crate::open()`].
    pub fn next_row(&mut self) -> io::Result<Option<TableRow<'_>>> {
        loop {
            let line = match self.lines.line_at(0, self.dialect.separator, &mut self.cells.marks)? {
                NextLine::End => return Ok(None),
                NextLine::TooLong => return self.too_long().map(Some),
                NextLine::Line(line) => line,
            };
            let bytes = &self.lines.unread()[line.bytes.clone()];
            if is_separators_only(bytes, self.dialect.separator) {
                self.advance(line.next, 1);
                continue;
            }
            if bytes == self.header_bytes {
                self.repeated_headers.push(self.line);
                self.advance(line.next, 1);
                continue;
            }
            let is_closed = self.cells.split_marked(bytes, self.dialect);
            let width = self.header.width();
            let is_misread = !is_closed || self.cells.stray_quotes || !self.header.fits(self.cells.count());
            // Whether a file uses backslash escapes shows only in rows that are misread without them.
            let is_escaped = is_misread
                && memchr(b'\\', bytes).is_some()
                && self.cells.split_escaped(bytes, self.dialect, width);
            if is_closed || is_escaped || self.cells.split_loosely(bytes, self.dialect, width) {
                if self.repeats_header(&line) {
                    self.repeated_headers.push(self.line);
                    self.advance(line.next, 1);
                    continue;
                }
                return Ok(Some(self.finish(&line, line.bytes.end, 1, None)));
            }
            return self.finish_multiline(line).map(Some);
        }
    }

    /// Finishes a row with an open quote at the end of its first line. The row spans several lines if they close the quote
    /// properly and it then has the header's number of cells; otherwise only its first line is damaged.
    fn finish_multiline(&mut self, first: Line) -> io::Result<TableRow<'_>> {
        let mut next = first.next;
        let mut marks = Marks::default();
        for count in 2..=MAX_RECORD_LINES {
            // Only a line with a quote can close the cell.
            if let Some(length) = self.lines.line_without(next, self.dialect.quote) {
                next += length;
                continue;
            }
            let NextLine::Line(line) = self.lines.line_at(next, self.dialect.separator, &mut marks)? else {
                break;
            };
            next = line.next;
            let end = line.bytes.end;
            let record = &self.lines.unread()[..end];
            if (marks.quoted || self.dialect.quote != b'"')
                && self.cells.split_quoted(record, self.dialect, QuoteRule::Strict)
            {
                if !self.header.fits(self.cells.count()) {
                    break;
                }
                let line = Line { bytes: 0..end, next, ended: line.ended };
                return Ok(self.finish(&line, end, count as u32, None));
            }
        }
        // An open quote in the last line: the file was cut off in it.
        self.ends_mid_row |= !first.ended;
        self.cells.marks.clear();
        Ok(self.finish(&first, first.bytes.end, 1, Some(RowDamage::UnbalancedQuote)))
    }

    fn too_long(&mut self) -> io::Result<TableRow<'_>> {
        let unread = self.lines.unread();
        let beginning = &unread[..unread.len().min(LONG_ROW_BYTES)];
        let end = memchr::memchr2(b'\n', b'\r', beginning).unwrap_or(beginning.len());
        self.long_row.clear();
        self.long_row.extend_from_slice(&beginning[..end]);
        self.lines.skip_line()?;
        self.cells.marks.clear();
        let line = self.line;
        self.line += 1;
        Ok(TableRow {
            line,
            bytes: &self.long_row,
            damage: Some(RowDamage::TooLong),
            surplus: 0,
            cells: &self.cells,
        })
    }

    /// Takes the bytes of a record that spans `lines` physical lines. They stay in the buffer until the next row is read.
    fn finish(&mut self, line: &Line, length: usize, lines: u32, damage: Option<RowDamage>) -> TableRow<'_> {
        let surplus = self.header.surplus(self.cells.count());
        self.cells.drop_empty_beyond(self.header.width());
        if !line.ended && damage.is_none() {
            self.ends_mid_row |= self.cells.count() < self.header.width();
        }
        let number = self.line;
        self.advance(line.next, lines);
        let bytes = self.lines.last_taken(line.next, length);
        TableRow { line: number, bytes, damage, surplus, cells: &self.cells }
    }

    fn advance(&mut self, bytes: usize, lines: u32) {
        self.lines.take(bytes);
        self.line = self.line.saturating_add(lines);
    }

    fn repeats_header(&self, line: &Line) -> bool {
        let bytes = &self.lines.unread()[line.bytes.clone()];
        let text = self.cells.text(bytes);
        let cells = (0..self.cells.count()).map(|at| &text[self.cells.range(at)]);
        // The first letter rules out almost every row.
        let first =
            |bytes: &[u8]| bytes.iter().find(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase);
        first(text) == first(self.header.cells().first().map_or(b"", |cell| cell.as_bytes()))
            && self.header.is_repeated_by(cells)
    }
}

fn is_separators_only(line: &[u8], separator: u8) -> bool {
    line.iter().all(|byte| *byte == separator || byte.is_ascii_whitespace())
}
