//! Physical lines from a reader, with lookahead, in a buffer bounded by the longest record.

use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr, memchr2};

use crate::encoding::{Tail, checked_up_to, cut_off_at};
use crate::marks::Marks;

/// A physical line, relative to the unread part of the buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its bytes without the line end.
    pub(crate) bytes: Range<usize>,
    /// Where the next line begins.
    pub(crate) next: usize,
    /// Whether it has a line end; only the last line of a file may lack one.
    pub(crate) ended: bool,
}

/// The result of looking for a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NextLine {
    Line(Line),
    /// A line that is longer than allowed.
    TooLong,
    /// The end of the file.
    End,
}

/// Whether the bytes of a reader are checked to be UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Utf8Check {
    /// A byte that is not UTF-8 ends the lines with [`crate::encoding::NotUtf8`].
    On,
    /// The reader yields only UTF-8.
    Off,
}

/// A reader of lines.
pub(crate) struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    /// The unread part of the buffer.
    unread: Range<usize>,
    /// Up to where the buffer has been checked to be UTF-8; `None` when it is not checked.
    checked: Option<usize>,
    tail: Tail,
    /// Whether the file ends in the middle of a character, which is left out.
    cut_off: bool,
    longest: usize,
}

const BLOCK: usize = 1 << 18;

impl<R: Read> Lines<R> {
    /// Lines of at most `longest` bytes.
    pub(crate) fn new(reader: R, longest: usize, check: Utf8Check) -> Self {
        let checked = (check == Utf8Check::On).then_some(0);
        Lines {
            reader,
            buffer: vec![0; BLOCK],
            unread: 0..0,
            checked,
            tail: Tail::MoreFollows,
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

    /// The first `length` of the `count` bytes that were taken last; they stay in the buffer until the next call.
    pub(crate) fn last_taken(&self, count: usize, length: usize) -> &[u8] {
        let start = self.unread.start - count;
        &self.buffer[start..start + length]
    }

    /// The line that begins `from` bytes into the unread part, and its marks.
    pub(crate) fn line_at(&mut self, from: usize, separator: u8, marks: &mut Marks) -> io::Result<NextLine> {
        marks.clear();
        let mut searched = from;
        loop {
            let unread = &self.buffer[self.unread.clone()];
            if let Some(end) = marks.scan(unread, searched, separator) {
                if end > self.longest {
                    return Ok(NextLine::TooLong);
                }
                if let Some(length) = line_end(&unread[end..], self.tail) {
                    return Ok(NextLine::Line(Line { bytes: from..end, next: end + length, ended: true }));
                }
                searched = end;
            } else {
                searched = unread.len().max(from);
            }
            if unread.len() > self.longest {
                return Ok(NextLine::TooLong);
            }
            if self.tail == Tail::EndOfFile {
                let end = unread.len();
                let line = Line { bytes: from..end, next: end, ended: false };
                return Ok(if from < end { NextLine::Line(line) } else { NextLine::End });
            }
            self.fill()?;
        }
    }

    /// The length, with its line end, of the line that begins `from` bytes into the unread part; `None` when it is not
    /// completely in memory or contains `byte`.
    pub(crate) fn line_without(&self, from: usize, byte: u8) -> Option<usize> {
        let rest = self.unread().get(from..)?;
        let end = memchr2(b'\n', b'\r', rest)?;
        let length = end + line_end(&rest[end..], self.tail)?;
        (from + length <= self.longest && memchr(byte, &rest[..end]).is_none()).then_some(length)
    }

    /// Takes everything up to and with the next line end.
    pub(crate) fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let unread = self.unread();
            match memchr2(b'\n', b'\r', unread) {
                Some(end) => match line_end(&unread[end..], self.tail) {
                    Some(length) => {
                        self.take(end + length);
                        return Ok(());
                    }
                    None => self.take(end),
                },
                None => self.take(unread.len()),
            }
            if self.tail == Tail::EndOfFile {
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
            Ok(0) => self.tail = Tail::EndOfFile,
            Ok(read) => self.unread.end += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if let Some(checked) = &mut self.checked {
            match checked_up_to(&self.buffer[*checked..self.unread.end], self.tail) {
                Ok(count) => *checked += count,
                Err(error) => {
                    // Includes the block before: it may show which encoding the file is in.
                    let complete =
                        cut_off_at(&self.buffer[..self.unread.end]).filter(|_| self.tail == Tail::EndOfFile);
                    self.unread.end = complete.filter(|end| *end >= self.unread.start).ok_or(error)?;
                    (*checked, self.cut_off) = (self.unread.end, true);
                }
            }
        }
        Ok(())
    }
}

/// The length of the line end that these bytes begin with; `None` when it depends on bytes that follow. CR CR LF is a single
/// line end: Windows programs that write CR LF in text mode produce it.
fn line_end(bytes: &[u8], tail: Tail) -> Option<usize> {
    match bytes {
        [b'\r', b'\r', b'\n', ..] => Some(3),
        [b'\r', b'\n', ..] => Some(2),
        [b'\r'] | [b'\r', b'\r'] if tail == Tail::MoreFollows => None,
        _ => Some(1),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use super::{Lines, NextLine, Utf8Check};
    use crate::encoding::is_not_utf8;
    use crate::marks::Marks;

    fn lines_of(text: &[u8], longest: usize) -> Vec<(String, bool)> {
        let mut lines = Lines::new(text, longest, Utf8Check::On);
        let mut found = vec![];
        loop {
            match lines.line_at(0, b',', &mut Marks::default()).unwrap() {
                NextLine::End => return found,
                NextLine::TooLong => {
                    found.push(("too long".into(), true));
                    lines.skip_line().unwrap();
                }
                NextLine::Line(line) => {
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
    fn every_kind_of_line_end_is_recognized() {
        let lines = lines_of(b"a\nb\r\nc\rd\n\ne\r\r\nf\r\rg", 100);
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
    fn a_line_that_is_too_long_costs_only_itself() {
        let mut text = b"a\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 3 << 20));
        text.extend(b"\nb\n");
        let lines = lines_of(&text, 1 << 20);
        assert_eq!(lines.iter().map(|(line, _)| line.as_str()).collect::<Vec<_>>(), ["a", "too long", "b"]);
    }

    /// Yields `step` bytes at a time.
    struct SmallReads<'t> {
        text: &'t [u8],
        step: usize,
    }

    impl Read for SmallReads<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.step.min(buffer.len());
            self.text.read(&mut buffer[..count])
        }
    }

    fn count_lines(text: &[u8], step: usize) -> io::Result<usize> {
        let mut lines = Lines::new(SmallReads { text, step }, 100, Utf8Check::On);
        let mut marks = Marks::default();
        let mut count = 0;
        while let NextLine::Line(line) = lines.line_at(0, b',', &mut marks)? {
            lines.take(line.next);
            count += 1;
        }
        Ok(count)
    }

    #[test]
    fn a_character_may_arrive_in_parts() {
        let text = "é,日本\r\n👩\u{200d}🏫,ß\nz\u{e9}";
        for step in 1..8 {
            assert_eq!(count_lines(text.as_bytes(), step).unwrap(), 3, "{step} bytes at a time");
        }
    }

    #[test]
    fn a_file_that_ends_in_the_middle_of_a_character_is_still_utf8() {
        let text = "é,日本\nz,日";
        for step in 1..8 {
            assert_eq!(
                count_lines(&text.as_bytes()[..text.len() - 1], step).unwrap(),
                2,
                "{step} bytes at a time"
            );
        }
    }

    #[test]
    fn a_byte_that_is_not_utf8_is_reported_wherever_it_is() {
        for text in [&b"a\nb\xE9c\n"[..], b"\xFF", b"a\nb\xE9", b"a\nb\xF0\x9F\x91"] {
            for step in 1..8 {
                assert!(is_not_utf8(&count_lines(text, step).unwrap_err()), "{text:?}");
            }
        }
    }
}
