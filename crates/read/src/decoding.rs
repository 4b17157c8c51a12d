//! Turns bytes that are not UTF-8, or not all of them, into UTF-8 while they are read.

use std::io::{self, Read};

use homeroom_model::encoding::Encoding;

use crate::letters::{Letters, letters};

/// How bytes become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoding {
    /// All in one encoding.
    Whole(Encoding),
    /// UTF-8. Bytes that are not are letters of another encoding, or lost: each is read as U+FFFD.
    Utf8And(Option<Encoding>),
}

impl Decoding {
    /// The encoding of the file as a whole.
    pub fn encoding(self) -> Encoding {
        match self {
            Decoding::Whole(encoding) => encoding,
            Decoding::Utf8And(_) => Encoding::Utf8,
        }
    }
}

/// Decodes bytes into UTF-8.
pub(crate) struct Decoder {
    keeps_utf8: bool,
    letters: Letters,
}

impl Decoder {
    pub(crate) fn new(decoding: Decoding) -> Decoder {
        let (keeps_utf8, encoding) = match decoding {
            Decoding::Whole(encoding) => (false, Some(encoding)),
            Decoding::Utf8And(encoding) => (true, encoding),
        };
        let lost = [char::REPLACEMENT_CHARACTER; 128];
        Decoder { keeps_utf8, letters: encoding.and_then(letters).unwrap_or(lost) }
    }

    /// Bytes as text.
    pub(crate) fn text(&self, bytes: &[u8]) -> String {
        let mut text = Vec::with_capacity(bytes.len() * 2);
        self.decode(bytes, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    fn decode(&self, bytes: &[u8], out: &mut Vec<u8>) {
        if !self.keeps_utf8 {
            return self.replace(bytes, out);
        }
        for chunk in bytes.utf8_chunks() {
            out.extend_from_slice(chunk.valid().as_bytes());
            self.replace(chunk.invalid(), out);
        }
    }

    fn replace(&self, mut bytes: &[u8], out: &mut Vec<u8>) {
        loop {
            let ascii = encoding_rs::Encoding::ascii_valid_up_to(bytes);
            out.extend_from_slice(&bytes[..ascii]);
            let Some(byte) = bytes.get(ascii) else { return };
            let letter = self.letters[usize::from(byte & 0x7F)];
            out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            bytes = &bytes[ascii + 1..];
        }
    }
}

const BLOCK: usize = 1 << 16;

/// A reader of the same text as UTF-8.
pub(crate) struct Decoded<R> {
    reader: R,
    decoder: Decoder,
    /// Bytes that are not decoded yet: the beginning of a character.
    pending: Vec<u8>,
    text: Vec<u8>,
    /// How much of the text has been given.
    given: usize,
}

impl<R: Read> Decoded<R> {
    pub(crate) fn new(reader: R, decoding: Decoding) -> Decoded<R> {
        Decoded { reader, decoder: Decoder::new(decoding), pending: vec![], text: vec![], given: 0 }
    }

    /// Decodes the next block; whether there was one.
    fn next_block(&mut self) -> io::Result<bool> {
        let begun = self.pending.len();
        self.pending.resize(begun + BLOCK, 0);
        let read = self.reader.read(&mut self.pending[begun..]);
        self.pending.truncate(begun + *read.as_ref().unwrap_or(&0));
        let is_end = read? == 0;
        let cut = if self.decoder.keeps_utf8 && !is_end { begun_character(&self.pending) } else { 0 };
        let whole = self.pending.len() - cut;
        self.text.clear();
        self.given = 0;
        self.decoder.decode(&self.pending[..whole], &mut self.text);
        self.pending.drain(..whole);
        Ok(!is_end || !self.text.is_empty())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if !self.next_block()? {
                return Ok(0);
            }
        }
        let count = buffer.len().min(self.text.len() - self.given);
        buffer[..count].copy_from_slice(&self.text[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

/// How many bytes at the end are the beginning of a character.
fn begun_character(bytes: &[u8]) -> usize {
    (1..=bytes.len().min(3))
        .find(|count| {
            let end = &bytes[bytes.len() - count..];
            std::str::from_utf8(end)
                .is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use homeroom_model::encoding::Encoding;

    use super::{Decoded, Decoding};

    struct Steps<'t>(&'t [u8], usize);

    impl Read for Steps<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.1.min(buffer.len());
            self.0.read(&mut buffer[..count])
        }
    }

    fn decoded(bytes: &[u8], step: usize, decoding: Decoding) -> String {
        let mut text = String::new();
        Decoded::new(Steps(bytes, step), decoding).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn characters_are_read_whole_and_other_bytes_as_letters_of_the_other_encoding() {
        let bytes = [b"Jos\xE9,".as_slice(), "Иван 日本👩".as_bytes(), b"\xC3\n\xE9\xE9\xF0\x9F"].concat();
        for step in 1..9 {
            let both = Decoding::Utf8And(Some(Encoding::Windows1252));
            assert_eq!(decoded(&bytes, step, both), "José,Иван 日本👩Ã\néé\u{F0}Ÿ", "{step}");
            let lost = decoded(&bytes, step, Decoding::Utf8And(None));
            let mark = '\u{FFFD}';
            assert_eq!(lost, format!("Jos{mark},Иван 日本👩{mark}\n{mark}{mark}{mark}{mark}"), "{step}");
            assert_eq!(decoded(b"Jos\x8E", step, Decoding::Whole(Encoding::Macintosh)), "José");
        }
    }
}
