//! A file as a table: its header, and its rows one after the other.

use std::io::{self, Read};
use std::ops::Range;

use crate::cells::{Cells, Dialect};
use crate::container::{Container, ContainerError, Taken};
use crate::encoding::{is_not_utf8, look, start, utf8};
use crate::file_type::{FileType, not_text};
use crate::header::Header;
use crate::header_search::{find_header, in_single_quotes};
use crate::lines::{Ahead, Line, Lines};
use crate::marks::Marks;
use crate::openpgp::{Seen, SignatureStatus};
use crate::rules::ReadRules;
use crate::set::{FileSet, the_roster};
use crate::vocabulary::Vocabulary;
use homeroom_model::encoding::Encoding;
use homeroom_model::source::Source;
use memchr::memchr;

/// What a file turned out to be.
pub enum Opened<'s> {
    /// A table with a header; whether the header has what is needed is for the check to say.
    Table(Box<Table<'s>>),
    /// Several files that are a roster together, or none of which is one.
    Set(FileSet<'s>),
    /// Nothing at all, or only blank lines.
    Empty,
    /// Not a CSV but another type of file.
    NotText(FileType),
    /// Text whose first line is no header of a roster; the line as far as it is worth showing.
    NotATable(String),
    /// An archive that gives no table.
    Unusable(ContainerError),
    /// More columns than allowed.
    TooManyColumns(usize),
    /// The file is larger than allowed.
    TooLarge,
    /// The first line is longer than allowed.
    HeaderTooLong,
}

/// Why the cells of a row cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowDamage {
    /// A quote that opens and does not close where it should.
    UnbalancedQuote,
    /// The record is longer than allowed.
    TooLong,
}

/// A table that is being read.
pub struct Table<'s> {
    lines: Lines<Box<dyn Read + Send + 's>>,
    /// Bytes of the file, as it lies there, that have been read.
    taken: Taken,
    encoding: Encoding,
    dialect: Dialect,
    header: Header,
    header_line: Vec<u8>,
    /// The physical line of the header.
    header_at: u32,
    /// The first of the lines above it, when there are some.
    above: Option<String>,
    /// The physical line at the start of the unread part, the first line being 1.
    line: u32,
    cells: Cells,
    repeated_headers: Vec<u32>,
    ends_mid_row: bool,
    seen: Seen,
}

/// A row of the file.
pub struct TableRow<'t> {
    /// The physical line where it begins.
    pub line: u32,
    /// Its bytes as UTF-8, without the line end; of a damaged row the first physical line.
    pub bytes: &'t [u8],
    /// Why its cells cannot be told, when they cannot.
    pub damage: Option<RowDamage>,
    /// Empty cells behind the last column: the habit of a program, or what is left when something shifted the row.
    pub surplus: usize,
    cells: &'t Cells,
}

impl TableRow<'_> {
    /// How many cells there are, without empty ones beyond the header's width.
    pub fn len(&self) -> usize {
        self.cells.count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A cell without its quotes; empty when the row is too short.
    pub fn cell(&self, at: usize) -> &[u8] {
        if at < self.len() { &self.cells.text(self.bytes)[self.cells.range(at)] } else { &[] }
    }

    /// The bytes of neighbouring cells with the separators between them; `None` when the row has quotes.
    pub fn slice(&self, cells: Range<usize>) -> Option<&[u8]> {
        if self.cells.marks.quoted || cells.end > self.len() || cells.is_empty() {
            return None;
        }
        Some(&self.bytes[self.cells.range(cells.start).start..self.cells.range(cells.end - 1).end])
    }

    /// Whether a quote stands inside a cell where none belongs; it is kept as it is.
    pub fn has_stray_quotes(&self) -> bool {
        self.cells.stray_quotes
    }
}

/// Physical lines that a quoted cell may span.
const LINES_A_RECORD: usize = 100;

/// Opens a file and gives it to `work`. Should a byte far down show that the file is not UTF-8 after all, everything begins
/// anew with the file as Windows-1252; should an archive turn out to be damaged on the way, `work` gets that instead: it is
/// then called once more.
///
/// # Errors
/// Those of `work`, and when the bytes cannot be read.
pub fn read<T>(
    source: &dyn Source,
    rules: &ReadRules,
    work: impl FnMut(Opened<'_>) -> io::Result<T>,
) -> io::Result<T> {
    read_with(|encoding| open(source, rules, encoding), work)
}

/// [`read()`] with whatever opens the file.
pub(crate) fn read_with<'s, T>(
    open: impl Fn(Option<Encoding>) -> io::Result<Opened<'s>>,
    mut work: impl FnMut(Opened<'_>) -> io::Result<T>,
) -> io::Result<T> {
    let mut done = open(None).and_then(&mut work);
    if done.as_ref().is_err_and(is_not_utf8) {
        done = open(Some(Encoding::Windows1252)).and_then(&mut work);
    }
    let error = match done {
        Err(error) => error,
        done => return done,
    };
    match ContainerError::in_io_error(&error) {
        Some(why) => work(Opened::Unusable(why.clone())),
        None => Err(error),
    }
}

/// Opens a file: decides on encoding, when none is given, separator and header.
///
/// # Errors
/// When the bytes cannot be read; with [`Table::next_row`] also when a file that is opened as UTF-8 holds something else,
/// and when an archive turns out to be damaged ([`ContainerError::in_io_error`] tells).
pub fn open<'s>(
    source: &'s dyn Source,
    rules: &'s ReadRules,
    encoding: Option<Encoding>,
) -> io::Result<Opened<'s>> {
    or_unusable(open_inside(source, rules, encoding))
}

/// What an archive turned out to be is no error.
pub(crate) fn or_unusable(opened: io::Result<Opened<'_>>) -> io::Result<Opened<'_>> {
    match opened {
        Err(error) => ContainerError::in_io_error(&error).cloned().map(Opened::Unusable).ok_or(error),
        done => done,
    }
}

fn open_inside<'s>(
    source: &'s dyn Source,
    rules: &'s ReadRules,
    encoding: Option<Encoding>,
) -> io::Result<Opened<'s>> {
    if source.length() > rules.limits.bytes {
        return Ok(Opened::TooLarge);
    }
    let mut container = match Container::of(source, rules, &start(&mut source.open()?)?)? {
        Ok(container) => container,
        Err(why) => return Ok(Opened::Unusable(why)),
    };
    let vocabulary = Vocabulary::flat(&rules.profile);
    if let Some((entries, within)) = container.several() {
        container = match the_roster(FileSet::new(source, rules, entries, within), &vocabulary)? {
            Ok(container) => container,
            Err(opened) => return Ok(opened),
        };
    }
    open_table(source, &container, rules, &vocabulary, encoding)
}

/// Opens the table in a container. `encoding` is what was found out about it; what a profile says comes second, but for a
/// byte order mark, which is a proof.
pub(crate) fn open_table<'s>(
    source: &'s dyn Source,
    container: &Container,
    rules: &ReadRules,
    vocabulary: &Vocabulary,
    encoding: Option<Encoding>,
) -> io::Result<Opened<'s>> {
    let limits = &rules.limits;
    let look = look(&mut container.open(source, limits, &Taken::default())?)?;
    let forced = rules.profile.encoding.filter(|_| !look.marked);
    let encoding = encoding.or(forced).unwrap_or(look.encoding);
    if !matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be)
        && let Some(what) = not_text(&look.start)
    {
        return Ok(Opened::NotText(what));
    }
    let taken = Taken::default();
    let reader = utf8(container.open(source, limits, &taken)?, encoding)?;
    let mut lines = Lines::new(reader, limits.longest_record, encoding == Encoding::Utf8);
    let separator = rules.profile.separator.map(|separator| separator as u8);
    let found = match find_header(&mut lines, vocabulary, separator)? {
        Ok(found) => found,
        Err(opened) => return Ok(opened),
    };
    let mut header = found.header;
    if container.is_sheet() {
        header.allow_more(limits.columns);
    }
    if header.width() > limits.columns {
        return Ok(Opened::TooManyColumns(header.width()));
    }
    let header_line = lines.unread()[found.place.bytes.clone()].to_vec();
    lines.take(found.place.next);
    let mut dialect = found.dialect;
    if let Ahead::Line(first_row) = lines.line_at(0, dialect.separator, &mut Marks::default())?
        && in_single_quotes(&lines.unread()[first_row.bytes], dialect.separator)
    {
        dialect.quote = b'\'';
    }
    Ok(Opened::Table(Box::new(Table {
        lines,
        taken,
        encoding,
        dialect,
        header,
        header_line,
        header_at: found.line,
        above: found.above,
        line: found.line + found.lines,
        cells: Cells::default(),
        repeated_headers: vec![],
        ends_mid_row: false,
        seen: container.seen(),
    })))
}

impl Table<'_> {
    /// The encoding.
    pub fn encoding(&self) -> Encoding {
        self.encoding
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
        self.header_at
    }

    /// The first of the lines that stand above the header, as far as it is worth showing: a title, or what a program
    /// says of itself.
    pub fn above(&self) -> Option<&str> {
        self.above.as_deref()
    }

    /// Lines on which the header stood once more, so far; those rows are skipped.
    pub fn repeated_headers(&self) -> &[u32] {
        &self.repeated_headers
    }

    /// Whether the file ends in the middle of a row; known at the end.
    pub fn ends_mid_row(&self) -> bool {
        self.ends_mid_row || self.lines.is_cut_off()
    }

    /// Who the file is from, as far as a signature tells; known when all rows have been read.
    pub fn signature(&self) -> SignatureStatus {
        self.seen.get()
    }

    /// Bytes of the file that have been read so far: for a progress bar.
    pub fn bytes_taken(&self) -> u64 {
        self.taken.get()
    }

    /// The next row that is neither blank nor the header once more; `None` at the end.
    pub fn next_row(&mut self) -> io::Result<Option<TableRow<'_>>> {
        loop {
            let line = match self.lines.line_at(0, self.dialect.separator, &mut self.cells.marks)? {
                Ahead::End => return Ok(None),
                Ahead::TooLong => return self.too_long().map(Some),
                Ahead::Line(line) => line,
            };
            let bytes = &self.lines.unread()[line.bytes.clone()];
            if is_separators_only(bytes, self.dialect.separator) {
                self.advance(line.next, 1);
                continue;
            }
            if bytes == self.header_line {
                self.repeated_headers.push(self.line);
                self.advance(line.next, 1);
                continue;
            }
            let closed = self.cells.close(bytes, self.dialect);
            let width = self.header.width();
            let misread = !closed || self.cells.stray_quotes || !self.header.fits(self.cells.count());
            // Nothing tells in advance that a file escapes with backslashes; a row that is misread without them does.
            let escaped = misread
                && memchr(b'\\', bytes).is_some()
                && self.cells.split_escaped(bytes, self.dialect, width);
            if closed || escaped || self.cells.split_loosely(bytes, self.dialect, width) {
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
    fn over_several_lines(&mut self, first: Line) -> io::Result<TableRow<'_>> {
        let mut next = first.next;
        let mut marks = Marks::default();
        for count in 2..=LINES_A_RECORD {
            // Only a line with a quote in it can close the cell: the others are passed over.
            if let Some(length) = self.lines.line_without(next, self.dialect.quote) {
                next += length;
                continue;
            }
            let Ahead::Line(line) = self.lines.line_at(next, self.dialect.separator, &mut marks)? else {
                break;
            };
            next = line.next;
            let end = line.bytes.end;
            let record = &self.lines.unread()[..end];
            if (marks.quoted || self.dialect.quote != b'"')
                && self.cells.split_quoted(record, self.dialect, true)
            {
                if !self.header.fits(self.cells.count()) {
                    break;
                }
                let line = Line { bytes: 0..end, next, ended: line.ended };
                return Ok(self.finish(&line, end, count as u32, None));
            }
        }
        // The file's last line with an open quote: the file was cut off in it.
        self.ends_mid_row |= !first.ended;
        self.cells.marks.clear();
        Ok(self.finish(&first, first.bytes.end, 1, Some(RowDamage::UnbalancedQuote)))
    }

    fn too_long(&mut self) -> io::Result<TableRow<'_>> {
        self.lines.skip_line()?;
        self.cells.marks.clear();
        let line = self.line;
        self.line += 1;
        Ok(TableRow { line, bytes: &[], damage: Some(RowDamage::TooLong), surplus: 0, cells: &self.cells })
    }

    /// Takes the record's bytes. They stay in the buffer until the next row is asked for.
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

    fn is_header_again(&self, line: &Line) -> bool {
        let bytes = &self.lines.unread()[line.bytes.clone()];
        let text = self.cells.text(bytes);
        let cells = (0..self.cells.count()).map(|at| &text[self.cells.range(at)]);
        // Almost every row fails on its first letter.
        let first =
            |bytes: &[u8]| bytes.iter().find(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase);
        first(text) == first(self.header.cells().first().map_or(b"", |cell| cell.as_bytes()))
            && self.header.is_repeated_by(cells)
    }
}

fn is_separators_only(line: &[u8], separator: u8) -> bool {
    line.iter().all(|byte| *byte == separator || byte.is_ascii_whitespace())
}
