//! Detects a file's encoding and converts it to UTF-8.

use std::io::{self, Read};

use encoding_rs_io::DecodeReaderBytesBuilder;
use homeroom_model::encoding::Encoding;

use crate::decoding::{Decoded, Decoding};

/// The encoding of a file, as far as its first block shows.
pub(crate) struct DetectedEncoding {
    /// [`Encoding::Utf8`] is only certain for the first block: a later byte may disprove it. `None` when the block is neither
    /// UTF-8 nor UTF-16.
    pub(crate) encoding: Option<Encoding>,
    /// Whether a byte order mark says so.
    pub(crate) is_marked: bool,
    /// The first block, unchanged.
    pub(crate) start: Vec<u8>,
}

/// Bytes of the first block.
const BLOCK: usize = 1 << 16;

/// The first block of a file.
pub(crate) fn first_block(reader: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut start = vec![0; BLOCK];
    let filled = fill(reader, &mut start, 0)?;
    start.truncate(filled);
    Ok(start)
}

/// Detects the encoding from the first block.
pub(crate) fn detect_encoding(reader: &mut dyn Read) -> io::Result<DetectedEncoding> {
    let start = first_block(reader)?;
    let (encoding, is_marked) = match start.as_slice() {
        [0xFF, 0xFE, ..] => (Some(Encoding::Utf16Le), true),
        [0xFE, 0xFF, ..] => (Some(Encoding::Utf16Be), true),
        start if utf16_without_mark(start).is_none() && begins_as_utf8(start) => {
            (Some(Encoding::Utf8), start.starts_with(UTF8_MARK))
        }
        start => (utf16_without_mark(start), false),
    };
    Ok(DetectedEncoding { encoding, is_marked, start })
}

fn begins_as_utf8(start: &[u8]) -> bool {
    let tail = if start.len() < BLOCK { Tail::EndOfFile } else { Tail::MoreFollows };
    checked_up_to(start, tail).is_ok() || (tail == Tail::EndOfFile && cut_off_at(start).is_some())
}

/// The byte order of UTF-16 without a mark: ASCII text has a NUL in every other byte.
fn utf16_without_mark(start: &[u8]) -> Option<Encoding> {
    let nuls = |odd: usize| start.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (nuls(0), nuls(1), start.len() / 2);
    match pairs {
        0..16 => None,
        _ if odd * 10 > pairs * 8 && even * 50 < pairs => Some(Encoding::Utf16Le),
        _ if even * 10 > pairs * 8 && odd * 50 < pairs => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// A file that was read as UTF-8 is in another encoding: it has to be read again from its beginning.
#[derive(Debug, thiserror::Error)]
#[error("the file is not in UTF-8")]
pub(crate) struct NotUtf8;

/// Whether an error is [`NotUtf8`].
pub(crate) fn is_not_utf8(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<NotUtf8>())
}

/// What comes after the bytes in a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    MoreFollows,
    EndOfFile,
}

/// How many of these bytes are complete UTF-8 characters. The last character may continue in the bytes that follow.
///
/// # Errors
/// [`NotUtf8`].
pub(crate) fn checked_up_to(bytes: &[u8], tail: Tail) -> io::Result<usize> {
    match simdutf8::compat::from_utf8(bytes) {
        Ok(_) => Ok(bytes.len()),
        Err(error) if error.error_len().is_none() && tail == Tail::MoreFollows => Ok(error.valid_up_to()),
        Err(_) => Err(io::Error::new(io::ErrorKind::InvalidData, NotUtf8)),
    }
}

/// How many of a file's last bytes are complete characters, when the file was cut off in the middle of one. If there is no
/// other multi-byte character before it, the last byte more likely belongs to another encoding.
pub(crate) fn cut_off_at(bytes: &[u8]) -> Option<usize> {
    let error = simdutf8::compat::from_utf8(bytes).err()?;
    let valid = &bytes[..error.valid_up_to()];
    (error.error_len().is_none() && !valid.is_ascii()).then_some(valid.len())
}

/// Fills `block` from `at` on, less only at the end of the file; how much of it is filled.
fn fill(reader: &mut dyn Read, block: &mut [u8], mut at: usize) -> io::Result<usize> {
    while at < block.len() {
        match reader.read(&mut block[at..]) {
            Ok(0) => break,
            Ok(read) => at += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(at)
}

/// A reader of the same text as UTF-8, without a byte order mark.
pub(crate) fn as_utf8<'s>(
    reader: Box<dyn Read + Send + 's>,
    decoding: Decoding,
) -> io::Result<Box<dyn Read + Send + 's>> {
    let utf16 = |mark: &[u8], reader, encoding| {
        let decoder = DecodeReaderBytesBuilder::new()
            .encoding(Some(encoding))
            .build_with_buffer(without_mark(reader, mark)?, vec![0; 1 << 16])
            .map_err(io::Error::other)?;
        Ok::<Box<dyn Read + Send + 's>, io::Error>(Box::new(decoder))
    };
    match decoding {
        Decoding::Whole(Encoding::Utf16Le) => utf16(b"\xFF\xFE", reader, encoding_rs::UTF_16LE),
        Decoding::Whole(Encoding::Utf16Be) => utf16(b"\xFE\xFF", reader, encoding_rs::UTF_16BE),
        Decoding::Whole(Encoding::Utf8) => without_mark(reader, UTF8_MARK),
        // A file that begins like UTF-8 and is not: its byte order mark is not text either.
        _ => Ok(Box::new(Decoded::new(without_mark(reader, UTF8_MARK)?, decoding))),
    }
}

/// The byte order mark of UTF-8.
pub(crate) const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";

fn without_mark<'s>(
    mut reader: Box<dyn Read + Send + 's>,
    mark: &[u8],
) -> io::Result<Box<dyn Read + Send + 's>> {
    let mut start = vec![0; mark.len()];
    let filled = fill(&mut reader, &mut start, 0)?;
    start.truncate(filled);
    if start == mark {
        return Ok(reader);
    }
    Ok(Box::new(io::Cursor::new(start).chain(reader)))
}
