//! The cells of one row.

use std::ops::Range;

use memchr::{memchr, memchr2};

use crate::marks::Marks;

/// How a file parts its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) separator: u8,
    /// `"`, or `'` where all cells stand in single quotes.
    pub(crate) quote: u8,
}

/// The cells of the row at hand: parts of the row's bytes, or of text that was unquoted. In both each cell begins one
/// byte behind the end of the one before.
#[derive(Default)]
pub(crate) struct Cells {
    pub(crate) marks: Marks,
    /// Text of the cells when the row has quotes.
    unquoted: Vec<u8>,
    pub(crate) stray_quotes: bool,
}

impl Cells {
    pub(crate) fn count(&self) -> usize {
        self.marks.ends.len()
    }

    /// Where a cell stands in [`Cells::text`].
    pub(crate) fn range(&self, at: usize) -> Range<usize> {
        let start = if at == 0 { 0 } else { self.marks.ends[at - 1] as usize + 1 };
        start..self.marks.ends[at] as usize
    }

    /// What holds the cells of a row with these bytes.
    pub(crate) fn text<'c>(&'c self, bytes: &'c [u8]) -> &'c [u8] {
        if self.marks.quoted { &self.unquoted } else { bytes }
    }

    /// Splits one line. `false` when a quote is still open at its end.
    pub(crate) fn split(&mut self, line: &[u8], dialect: Dialect) -> bool {
        self.marks.clear();
        self.marks.mark(line, 0, dialect.separator);
        self.close(line, dialect)
    }

    /// Splits a line whose separators are marked. `false` when a quote is still open at its end.
    pub(crate) fn close(&mut self, line: &[u8], dialect: Dialect) -> bool {
        self.stray_quotes = false;
        if self.marks.quoted || dialect.quote != b'"' {
            return self.split_quoted(line, dialect, false);
        }
        self.marks.ends.push(line.len() as u32);
        true
    }

    /// Splits a record with quotes; when `strict` they must stand as RFC 4180 wants them.
    pub(crate) fn split_quoted(&mut self, line: &[u8], dialect: Dialect, strict: bool) -> bool {
        self.marks.ends.clear();
        self.marks.quoted = true;
        self.stray_quotes = false;
        self.unquoted.clear();
        let mut at = 0;
        loop {
            let blanks = line[at..].iter().take_while(|b| **b == b' ').count();
            let end = if line.get(at + blanks) == Some(&dialect.quote) {
                match self.quoted_cell(line, at + blanks + 1, dialect, strict) {
                    Some(end) => end,
                    None => return false,
                }
            } else {
                let end = memchr(dialect.separator, &line[at..]).map_or(line.len(), |found| at + found);
                self.stray_quotes |= memchr(b'"', &line[at..end]).is_some();
                self.unquoted.extend_from_slice(&line[at..end]);
                end
            };
            self.marks.ends.push(self.unquoted.len() as u32);
            self.unquoted.push(dialect.separator);
            if end >= line.len() {
                return true;
            }
            at = end + 1;
        }
    }

    /// Takes a quoted cell whose text begins at `at`; the place of the separator or line end behind it. `None` when it
    /// does not close, or when `strict` and a quote stands inside without a second one.
    fn quoted_cell(&mut self, line: &[u8], mut at: usize, dialect: Dialect, strict: bool) -> Option<usize> {
        loop {
            let quote = at + memchr(dialect.quote, &line[at..])?;
            self.unquoted.extend_from_slice(&line[at..quote]);
            let after = quote + 1;
            let blanks = line[after..].iter().take_while(|b| **b == b' ').count();
            match line.get(after + blanks) {
                None => return Some(line.len()),
                Some(next) if *next == dialect.separator => return Some(after + blanks),
                _ if line.get(after) == Some(&dialect.quote) => at = after + 1,
                Some(_) if strict => return None,
                Some(_) => {
                    // An apostrophe inside a name is none.
                    self.stray_quotes |= dialect.quote == b'"';
                    at = after;
                }
            }
            self.unquoted.push(dialect.quote);
        }
    }

    /// Splits a line as programs write it that put a backslash before a quote or separator inside a cell (MySQL's
    /// manual, "SELECT ... INTO"). `false`, and nothing is changed, when that does not give `width` cells.
    pub(crate) fn split_escaped(&mut self, line: &[u8], dialect: Dialect, width: usize) -> bool {
        let Some(ends) = escaped_ends(line, dialect).filter(|ends| ends.len() == width) else { return false };
        // Behind a backslash stands what is meant; a second quote is the other way to write one. `\N` is no value.
        let meant = |next: u8| next == dialect.quote || next == dialect.separator || next == b'\\';
        self.unquote(line, dialect, ends, |rest, _| memchr2(b'\\', dialect.quote, rest), meant);
        self.stray_quotes = false;
        true
    }

    /// Splits a line in which a quote opens a cell and closes within it, as in `"Rob" Robert`: such a cell is taken as it
    /// stands. `false`, and nothing is changed, when that does not give `width` cells, or no cell is such a one.
    pub(crate) fn split_loosely(&mut self, line: &[u8], dialect: Dialect, width: usize) -> bool {
        let Some(ends) = loose_ends(line, dialect).filter(|ends| ends.len() == width) else { return false };
        // Within a quoted cell two quotes are one.
        let doubled = |rest: &[u8], quoted: bool| memchr(dialect.quote, rest).filter(|_| quoted);
        self.unquote(line, dialect, ends, doubled, |next| next == dialect.quote);
        self.stray_quotes = true;
        true
    }

    /// Takes the cells that end at these places, without the quotes around them. `mark` finds the next byte of a cell that
    /// may stand for the one behind it, which it does when that is `meant`.
    fn unquote(
        &mut self,
        line: &[u8],
        dialect: Dialect,
        ends: Vec<usize>,
        mark: impl Fn(&[u8], bool) -> Option<usize>,
        meant: impl Fn(u8) -> bool,
    ) {
        self.marks.clear();
        self.marks.quoted = true;
        self.unquoted.clear();
        let mut start = 0;
        for end in ends {
            let cell = line[start..end].trim_ascii();
            let quoted = cell.len() >= 2 && cell[0] == dialect.quote && cell[cell.len() - 1] == dialect.quote;
            let mut rest = if quoted { &cell[1..cell.len() - 1] } else { &line[start..end] };
            while let Some(at) = mark(rest, quoted) {
                self.unquoted.extend_from_slice(&rest[..at]);
                let pair = rest.get(at + 1).copied().filter(|next| meant(*next));
                self.unquoted.push(pair.unwrap_or(rest[at]));
                rest = &rest[at + 1 + usize::from(pair.is_some())..];
            }
            self.unquoted.extend_from_slice(rest);
            self.marks.ends.push(self.unquoted.len() as u32);
            self.unquoted.push(dialect.separator);
            start = end + 1;
        }
    }

    pub(crate) fn drop_empty_beyond(&mut self, width: usize) {
        while self.count() > width && self.range(self.count() - 1).is_empty() {
            self.marks.ends.pop();
        }
    }
}

/// Where the cells of a line end in which each quote that opens also closes, wherever that is; `None` when one stays open, or
/// no cell begins with a quoted part and goes on behind it.
fn loose_ends(line: &[u8], dialect: Dialect) -> Option<Vec<usize>> {
    let mut ends = Vec::new();
    let (mut quoted, mut start, mut goes_on) = (false, 0, false);
    for (at, byte) in line.iter().copied().chain([dialect.separator]).enumerate() {
        if byte == dialect.quote {
            quoted = !quoted;
        } else if byte == dialect.separator && !quoted {
            let cell = line[start..at].trim_ascii();
            goes_on |= cell.first() == Some(&dialect.quote) && cell.last() != Some(&dialect.quote);
            ends.push(at);
            start = at + 1;
        }
    }
    (!quoted && goes_on).then_some(ends)
}

/// Where the cells of a line with backslashes end; `None` when a quote stays open.
fn escaped_ends(line: &[u8], dialect: Dialect) -> Option<Vec<usize>> {
    let mut ends = Vec::new();
    let (mut quoted, mut at) = (false, 0);
    while at < line.len() {
        match line[at] {
            b'\\' => at += 1,
            byte if byte == dialect.quote => quoted = !quoted,
            byte if byte == dialect.separator && !quoted => ends.push(at),
            _ => {}
        }
        at += 1;
    }
    ends.push(line.len());
    (!quoted).then_some(ends)
}
