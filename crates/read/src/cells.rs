//! Splits a row into cells.

use std::ops::Range;

use memchr::{memchr, memchr2};

use crate::marks::Marks;

/// How a file separates and quotes its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) separator: u8,
    /// `"`, or `'` when all cells are in single quotes.
    pub(crate) quote: u8,
}

/// Whether quotes must follow RFC 4180.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QuoteRule {
    /// A quote inside a quoted cell must be doubled.
    Strict,
    /// A single quote inside a quoted cell is kept as a character.
    Lenient,
}

/// The cells of the current row: ranges of the row's bytes, or of its unquoted text. In both, each cell begins one byte after
/// the end of the cell before it.
#[derive(Default)]
pub(crate) struct RowCells {
    pub(crate) marks: Marks,
    /// The text of the cells when the row has quotes.
    unquoted: Vec<u8>,
    pub(crate) stray_quotes: bool,
}

impl RowCells {
    pub(crate) fn count(&self) -> usize {
        self.marks.ends.len()
    }

    /// The range of a cell in [`RowCells::text`].
    pub(crate) fn range(&self, at: usize) -> Range<usize> {
        let start = if at == 0 { 0 } else { self.marks.ends[at - 1] as usize + 1 };
        start..self.marks.ends[at] as usize
    }

    /// The text that contains the cells of a row with these bytes.
    pub(crate) fn text<'c>(&'c self, bytes: &'c [u8]) -> &'c [u8] {
        if self.marks.quoted { &self.unquoted } else { bytes }
    }

    /// Splits one line; `false` when a quote is still open at its end.
    pub(crate) fn split(&mut self, line: &[u8], dialect: Dialect) -> bool {
        self.marks.clear();
        self.marks.scan(line, 0, dialect.separator);
        self.split_marked(line, dialect)
    }

    /// Splits a line that has been scanned already; `false` when a quote is still open at its end.
    pub(crate) fn split_marked(&mut self, line: &[u8], dialect: Dialect) -> bool {
        self.stray_quotes = false;
        if self.marks.quoted || dialect.quote != b'"' {
            return self.split_quoted(line, dialect, QuoteRule::Lenient);
        }
        self.marks.ends.push(line.len() as u32);
        true
    }

    /// Splits a record with quotes; `false` when a quote does not close, or breaks the rule.
    pub(crate) fn split_quoted(&mut self, line: &[u8], dialect: Dialect, rule: QuoteRule) -> bool {
        self.marks.ends.clear();
        self.marks.quoted = true;
        self.stray_quotes = false;
        self.unquoted.clear();
        let mut at = 0;
        loop {
            let blanks = line[at..].iter().take_while(|b| **b == b' ').count();
            let end = if line.get(at + blanks) == Some(&dialect.quote) {
                match self.quoted_cell(line, at + blanks + 1, dialect, rule) {
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

    /// Unquotes a cell whose text begins at `at`; the position of the separator or line end after it. `None` when the quote
    /// does not close, or breaks the rule.
    fn quoted_cell(
        &mut self,
        line: &[u8],
        mut at: usize,
        dialect: Dialect,
        rule: QuoteRule,
    ) -> Option<usize> {
        loop {
            let quote = at + memchr(dialect.quote, &line[at..])?;
            self.unquoted.extend_from_slice(&line[at..quote]);
            let after = quote + 1;
            let blanks = line[after..].iter().take_while(|b| **b == b' ').count();
            match line.get(after + blanks) {
                None => return Some(line.len()),
                Some(next) if *next == dialect.separator => return Some(after + blanks),
                _ if line.get(after) == Some(&dialect.quote) => at = after + 1,
                Some(_) if rule == QuoteRule::Strict => return None,
                Some(_) => {
                    // An apostrophe inside a name is not a stray quote.
                    self.stray_quotes |= dialect.quote == b'"';
                    at = after;
                }
            }
            self.unquoted.push(dialect.quote);
        }
    }

    /// Splits a line in which a backslash escapes quotes and separators inside cells (MySQL's manual, "SELECT ... INTO").
    /// `false`, and nothing is changed, when that does not give `width` cells.
    pub(crate) fn split_escaped(&mut self, line: &[u8], dialect: Dialect, width: usize) -> bool {
        let Some(ends) = escaped_ends(line, dialect).filter(|ends| ends.len() == width) else { return false };
        self.unquote(line, dialect, ends, Escaping::Backslash);
        self.stray_quotes = false;
        true
    }

    /// Splits a line in which a quote opens a cell and closes before its end, as in `"Rob" Robert`: the quotes of such a cell
    /// are kept. `false`, and nothing is changed, when that does not give `width` cells, or there is no such cell.
    pub(crate) fn split_loosely(&mut self, line: &[u8], dialect: Dialect, width: usize) -> bool {
        let Some(ends) = loose_ends(line, dialect).filter(|ends| ends.len() == width) else { return false };
        self.unquote(line, dialect, ends, Escaping::DoubledQuote);
        self.stray_quotes = true;
        true
    }

    /// Takes the cells that end at these positions, without their enclosing quotes and with their escapes resolved.
    fn unquote(&mut self, line: &[u8], dialect: Dialect, ends: Vec<usize>, escaping: Escaping) {
        self.marks.clear();
        self.marks.quoted = true;
        self.unquoted.clear();
        let mut start = 0;
        for end in ends {
            let cell = line[start..end].trim_ascii();
            let quoted = cell.len() >= 2 && cell[0] == dialect.quote && cell[cell.len() - 1] == dialect.quote;
            let mut rest = if quoted { &cell[1..cell.len() - 1] } else { &line[start..end] };
            while let Some(at) = escaping.find(rest, dialect).filter(|_| quoted || escaping.is_everywhere()) {
                self.unquoted.extend_from_slice(&rest[..at]);
                let escaped = rest.get(at + 1).copied().filter(|next| escaping.can_escape(*next, dialect));
                self.unquoted.push(escaped.unwrap_or(rest[at]));
                rest = &rest[at + 1 + usize::from(escaped.is_some())..];
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

/// How a character is escaped inside a cell.
#[derive(Clone, Copy)]
enum Escaping {
    /// A backslash before a quote, a separator or a backslash, in any cell; or a doubled quote. `\N`, MySQL's null, is not an
    /// escape.
    Backslash,
    /// A doubled quote, in quoted cells.
    DoubledQuote,
}

impl Escaping {
    /// Whether cells without enclosing quotes have escapes too.
    fn is_everywhere(self) -> bool {
        matches!(self, Escaping::Backslash)
    }

    /// The next byte that may begin an escape.
    fn find(self, text: &[u8], dialect: Dialect) -> Option<usize> {
        match self {
            Escaping::Backslash => memchr2(b'\\', dialect.quote, text),
            Escaping::DoubledQuote => memchr(dialect.quote, text),
        }
    }

    fn can_escape(self, byte: u8, dialect: Dialect) -> bool {
        match self {
            Escaping::Backslash => byte == dialect.quote || byte == dialect.separator || byte == b'\\',
            Escaping::DoubledQuote => byte == dialect.quote,
        }
    }
}

/// Where the cells of a line end when every quote that opens also closes, at any position; `None` when a quote stays open, or
/// no cell begins with a quoted part and continues after it.
fn loose_ends(line: &[u8], dialect: Dialect) -> Option<Vec<usize>> {
    let mut ends = Vec::new();
    let (mut quoted, mut start, mut continues) = (false, 0, false);
    for (at, byte) in line.iter().copied().chain([dialect.separator]).enumerate() {
        if byte == dialect.quote {
            quoted = !quoted;
        } else if byte == dialect.separator && !quoted {
            let cell = line[start..at].trim_ascii();
            continues |= cell.first() == Some(&dialect.quote) && cell.last() != Some(&dialect.quote);
            ends.push(at);
            start = at + 1;
        }
    }
    (!quoted && continues).then_some(ends)
}

/// Where the cells of a line with backslash escapes end; `None` when a quote stays open.
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
