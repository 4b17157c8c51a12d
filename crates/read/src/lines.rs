//! Physical lines from a reader, with a look ahead, in a buffer that does not grow beyond the longest record.

use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr, memchr2};

use crate::encoding::{checked_up_to, cut_off_at};
use crate::marks::Marks;

/// A physical line, relative to the unread part of the buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its bytes without the line end.
    pub(crate) bytes: Range<usize>,
    /// Where the next line begins.
    pub(crate) next: usize,
    /// Whether a line end stands behind it; not so only at the end of the file.
    pub(crate) ended: bool,
}

/// What stands at some place of the unread part.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ahead {
    /// A line.
    Line(Line),
    /// A line that is longer than allowed.
    TooLong,
    /// Nothing any more.
    End,
}

pub(crate) struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    /// The unread part of the buffer.
    unread: Range<usize>,
    /// Up to where the buffer is known to be UTF-8; `None` when the reader gives nothing else.
    checked: Option<usize>,
    at_end: bool,
    /// Whether the file ends in the middle of a character, which is left out.
    cut_off: bool,
    longest: usize,
}

const BLOCK: usize = 1 << 18;

impl<R: Read> Lines<R> {
    /// Lines of at most `longest` bytes. With `check_utf8` a byte that is no UTF-8 ends them with
    /// [`crate::encoding::NotUtf8`].
    pub(crate) fn new(reader: R, longest: usize, check_utf8: bool) -> Self {
        let checked = check_utf8.then_some(0);
        Lines {
            reader,
            buffer: vec![0; BLOCK],
            unread: 0..0,
            checked,
            at_end: false,
            cut_off: false,
            longest,
        }
    }

    /// Whether the file ends in the middle of a character; known at the end.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.cut_off
    }

    /// The unread part, as far as it is in memory.
    pub(crate) fn unread(&self) -> &[u8] {
        &self.buffer[self.unread.clone()]
    }

    /// Takes the first `count` bytes of the unread part.
    pub(crate) fn take(&mut self, count: usize) {
        self.unread.start += count;
    }

    /// The first `length` of the `count` bytes that were taken last; they stay until something else is asked for.
    pub(crate) fn last_taken(&self, count: usize, length: usize) -> &[u8] {
        let start = self.unread.start - count;
        &self.buffer[start..start + length]
    }

    /// The line that begins `from` bytes into the unread part, and its marks.
    pub(crate) fn line_at(&mut self, from: usize, separator: u8, marks: &mut Marks) -> io::Result<Ahead> {
        marks.clear();
        let mut searched = from;
        loop {
            let unread = &self.buffer[self.unread.clone()];
            if let Some(end) = marks.mark(unread, searched, separator) {
                if end > self.longest {
                    return Ok(Ahead::TooLong);
                }
                if let Some(length) = line_end(&unread[end..], self.at_end) {
                    return Ok(Ahead::Line(Line { bytes: from..end, next: end + length, ended: true }));
                }
                searched = end;
            } else {
                searched = unread.len().max(from);
            }
            if unread.len() > self.longest {
                return Ok(Ahead::TooLong);
            }
            if self.at_end {
                let end = unread.len();
                let line = Line { bytes: from..end, next: end, ended: false };
                return Ok(if from < end { Ahead::Line(line) } else { Ahead::End });
            }
            self.fill()?;
        }
    }

    /// How long the line is, with its end, that begins `from` bytes into the unread part, when all of it is in memory and it
    /// does not hold `byte`.
    pub(crate) fn line_without(&self, from: usize, byte: u8) -> Option<usize> {
        let rest = self.unread().get(from..)?;
        let end = memchr2(b'\n', b'\r', rest)?;
        let length = end + line_end(&rest[end..], self.at_end)?;
        (from + length <= self.longest && memchr(byte, &rest[..end]).is_none()).then_some(length)
    }

    /// Takes everything up to and with the next line end.
    pub(crate) fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let unread = self.unread();
            match memchr2(b'\n', b'\r', unread) {
                Some(end) => match line_end(&unread[end..], self.at_end) {
                    Some(length) => {
                        self.take(end + length);
                        return Ok(());
                    }
                    None => self.take(end),
                },
                None => self.take(unread.len()),
            }
            if self.at_end {
                self.take(self.unread.len());
                return Ok(());
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.unread.end == self.buffer.len() {
            self.buffer.copy_within(self.unread.clone(), 0);
            self.checked = self.checked.map(|checked| checked - self.unread.start);
            self.unread = 0..self.unread.len();
            if self.unread.len() * 2 > self.buffer.len() {
                self.buffer.resize(self.buffer.len() * 2, 0);
            }
        }
        match self.reader.read(&mut self.buffer[self.unread.end..]) {
            Ok(0) => self.at_end = true,
            Ok(read) => self.unread.end += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if let Some(checked) = &mut self.checked {
            match checked_up_to(&self.buffer[*checked..self.unread.end], self.at_end) {
                Ok(count) => *checked += count,
                Err(error) => {
                    // The block before is looked at as well: it may tell which encoding the file is in.
                    let whole = cut_off_at(&self.buffer[..self.unread.end]).filter(|_| self.at_end);
                    self.unread.end = whole.filter(|end| *end >= self.unread.start).ok_or(error)?;
                    (*checked, self.cut_off) = (self.unread.end, true);
                }
            }
        }
        Ok(())
    }
}

/// How long the line end is with which these bytes begin; `None` when more bytes have to tell. CR CR LF is one: what
/// becomes of CR LF when a program on Windows writes it as text.
fn line_end(bytes: &[u8], at_end: bool) -> Option<usize> {
    match bytes {
        [b'\r', b'\r', b'\n', ..] => Some(3),
        [b'\r', b'\n', ..] => Some(2),
        [b'\r'] | [b'\r', b'\r'] if !at_end => None,
        _ => Some(1),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::{Ahead, Lines};
    use crate::encoding::is_not_utf8;
    use crate::marks::Marks;

    fn all(text: &[u8], longest: usize) -> Vec<(String, bool)> {
        let mut lines = Lines::new(text, longest, true);
        let mut found = vec![];
        loop {
            match lines.line_at(0, b',', &mut Marks::default()).unwrap() {
                Ahead::End => return found,
                Ahead::TooLong => {
                    found.push(("too long".into(), true));
                    lines.skip_line().unwrap();
                }
                Ahead::Line(line) => {
                    found.push((
                        String::from_utf8_lossy(&lines.unread()[line.bytes]).into_owned(),
                        line.ended,
                    ));
                    lines.take(line.next);
                }
            }
        }
    }

    #[test]
    fn all_line_ends_are_line_ends() {
        let lines = all(b"a\nb\r\nc\rd\n\ne\r\r\nf\r\rg", 100);
        let lines = lines.iter().map(|(line, ended)| (line.as_str(), *ended)).collect::<Vec<_>>();
        assert_eq!(
            lines,
            [
                ("a", true),
                ("b", true),
                ("c", true),
                ("d", true),
                ("", true),
                ("e", true),
                ("f", true),
                ("", true),
                ("g", false)
            ]
        );
    }

    #[test]
    fn a_line_that_is_too_long_costs_itself_only() {
        let mut text = b"a\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 3 << 20));
        text.extend(b"\nb\n");
        let lines = all(&text, 1 << 20);
        assert_eq!(lines.iter().map(|(line, _)| line.as_str()).collect::<Vec<_>>(), ["a", "too long", "b"]);
    }

    /// Gives a few bytes at a time.
    struct Dripping<'t>(&'t [u8], usize);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(buffer.len());
            self.0.read(&mut buffer[..count])
        }
    }

    fn to_the_end(text: &[u8], step: usize) -> io::Result<usize> {
        let mut lines = Lines::new(Dripping(text, step), 100, true);
        let mut marks = Marks::default();
        let mut count = 0;
        while let Ahead::Line(line) = lines.line_at(0, b',', &mut marks)? {
            lines.take(line.next);
            count += 1;
        }
        Ok(count)
    }

    #[test]
    fn a_character_may_arrive_in_parts() {
        let text = "é,日本\r\n👩\u{200d}🏫,ß\nz\u{e9}";
        for step in 1..8 {
            assert_eq!(to_the_end(text.as_bytes(), step).unwrap(), 3, "{step} bytes at a time");
        }
    }

    #[test]
    fn a_file_that_ends_in_the_middle_of_a_character_is_utf8_all_the_same() {
        let text = "é,日本\nz,日";
        for step in 1..8 {
            assert_eq!(
                to_the_end(&text.as_bytes()[..text.len() - 1], step).unwrap(),
                2,
                "{step} bytes at a time"
            );
        }
    }

    #[test]
    fn a_byte_that_is_no_utf8_is_told_wherever_it_stands() {
        for text in [&b"a\nb\xE9c\n"[..], b"\xFF", b"a\nb\xE9", b"a\nb\xF0\x9F\x91"] {
            for step in 1..8 {
                assert!(is_not_utf8(&to_the_end(text, step).unwrap_err()), "{text:?}");
            }
        }
    }
}
