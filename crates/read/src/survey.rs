//! Which words of a file hold bytes that are not ASCII, and which of its lines are not UTF-8.

use std::collections::HashSet;
use std::io::{self, BufRead, BufReader, Read};

use crate::encoding::UTF8_MARK;

/// A file's words with bytes above ASCII.
#[derive(Default)]
pub(crate) struct Survey {
    /// Distinct words that are not UTF-8, in the order of the file.
    pub(crate) foreign: Vec<Vec<u8>>,
    /// Distinct words that are UTF-8 with letters outside ASCII.
    pub(crate) utf8: Vec<Vec<u8>>,
    /// The first physical lines that are not UTF-8, counted from 1.
    pub(crate) lines: Vec<u32>,
    /// How many lines are not UTF-8.
    pub(crate) line_count: u64,
    seen: HashSet<Vec<u8>>,
}

/// Words of each sort that are looked at: enough to tell the encoding.
const MAX_WORDS: usize = 3_000;
const MAX_WORD_BYTES: usize = 64;
const MAX_LINES: usize = 5;
/// A longer line is looked at in pieces.
const MAX_LINE_BYTES: u64 = 1 << 20;

impl Survey {
    /// Reads a file to its end.
    pub(crate) fn of(reader: impl Read) -> io::Result<Survey> {
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let (mut survey, mut text, mut line) = (Survey::default(), vec![], 1);
        loop {
            text.clear();
            if reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut text)? == 0 {
                return Ok(survey);
            }
            // Old programs for the Mac end a line with CR.
            for piece in text.split_inclusive(|byte| *byte == b'\r') {
                if !piece.is_ascii() {
                    survey.add_line(piece, line);
                }
                line += u32::from(piece.ends_with(b"\r"));
            }
            let is_one_end = text.ends_with(b"\r\n") || !text.ends_with(b"\n");
            line += u32::from(!is_one_end);
        }
    }

    fn add_line(&mut self, text: &[u8], line: u32) {
        let is_foreign = std::str::from_utf8(text).is_err();
        if is_foreign {
            self.line_count += 1;
            if self.lines.len() < MAX_LINES && self.lines.last() != Some(&line) {
                self.lines.push(line);
            }
        }
        let words = text.split(|byte| byte.is_ascii() && !byte.is_ascii_alphabetic());
        let words = words.map(|word| word.strip_prefix(UTF8_MARK).unwrap_or(word));
        for word in words.filter(|word| !word.is_ascii() && word.len() <= MAX_WORD_BYTES) {
            let is_foreign = is_foreign && std::str::from_utf8(word).is_err();
            let list = if is_foreign { &mut self.foreign } else { &mut self.utf8 };
            if list.len() < MAX_WORDS && !self.seen.contains(word) {
                self.seen.insert(word.to_vec());
                list.push(word.to_vec());
            }
        }
    }
}

/// The words of a text, as the survey takes them.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| c.is_ascii() && !c.is_ascii_alphabetic());
    words.filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::Survey;

    #[test]
    fn lines_and_words_are_counted_once() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["id,name", "1,José", "2,Jos\u{1}x Jos\u{1}x", "3,Ann", "4,Jos\u{1}x"].join(end);
            let bytes = text.bytes().map(|byte| if byte == 1 { 0xE9 } else { byte }).collect::<Vec<_>>();
            let survey = Survey::of(&*bytes).unwrap();
            assert_eq!((survey.lines, survey.line_count), (vec![3, 5], 2), "{end:?}");
            assert_eq!((survey.foreign, survey.utf8), (vec![b"Jos\xE9x".to_vec()], vec!["José".into()]));
        }
    }
}
