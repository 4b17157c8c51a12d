//! Which encoding a file is in, and a reader that turns it into UTF-8.

use std::io::{self, Read};

use encoding_rs_io::DecodeReaderBytesBuilder;
use homeroom_model::encoding::Encoding;

/// What the first look at a file says.
pub(crate) struct Look {
    /// [`Encoding::Utf8`] as far as the first block goes: a byte further down may still show that it is not.
    pub(crate) encoding: Encoding,
    /// Whether a byte order mark says so.
    pub(crate) marked: bool,
    /// The first block, as it stands in the file.
    pub(crate) start: Vec<u8>,
}

/// Bytes looked at.
const BLOCK: usize = 1 << 16;

/// The first block of a file.
pub(crate) fn start(reader: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut start = vec![0; BLOCK];
    let filled = fill(reader, &mut start, 0)?;
    start.truncate(filled);
    Ok(start)
}

/// Looks at the first block of a file.
pub(crate) fn look(reader: &mut dyn Read) -> io::Result<Look> {
    let start = start(reader)?;
    let (encoding, marked) = match start.as_slice() {
        [0xFF, 0xFE, ..] => (Encoding::Utf16Le, true),
        [0xFE, 0xFF, ..] => (Encoding::Utf16Be, true),
        start if utf16_without_mark(start).is_none() && begins_as_utf8(start) => {
            (Encoding::Utf8, start.starts_with(b"\xEF\xBB\xBF"))
        }
        // Text in UTF-16 without a mark has a NUL in every other place.
        start => (utf16_without_mark(start).unwrap_or(Encoding::Windows1252), false),
    };
    Ok(Look { encoding, marked, start })
}

fn begins_as_utf8(start: &[u8]) -> bool {
    let at_end = start.len() < BLOCK;
    checked_up_to(start, at_end).is_ok() || (at_end && cut_off_at(start).is_some())
}

/// Which UTF-16 these bytes are most likely, when they have no mark: ASCII in it has its NULs on one side.
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

/// A file that was taken for UTF-8 holds a byte that is not: it has to be read again from its beginning.
#[derive(Debug, thiserror::Error)]
#[error("the file is not in UTF-8")]
pub(crate) struct NotUtf8;

/// Whether an error is [`NotUtf8`].
pub(crate) fn is_not_utf8(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<NotUtf8>())
}

/// How many of these bytes are whole characters of UTF-8. A character that the bytes' end cuts apart may go on in the next
/// ones, unless the file ends here.
pub(crate) fn checked_up_to(bytes: &[u8], at_end: bool) -> io::Result<usize> {
    match simdutf8::compat::from_utf8(bytes) {
        Ok(_) => Ok(bytes.len()),
        Err(error) if error.error_len().is_none() && !at_end => Ok(error.valid_up_to()),
        Err(_) => Err(io::Error::new(io::ErrorKind::InvalidData, NotUtf8)),
    }
}

/// How many of a file's last bytes are whole characters, when the file was cut off in the middle of one. Without another
/// character of several bytes before it the last byte is rather one of another encoding.
pub(crate) fn cut_off_at(bytes: &[u8]) -> Option<usize> {
    let error = simdutf8::compat::from_utf8(bytes).err()?;
    let whole = &bytes[..error.valid_up_to()];
    (error.error_len().is_none() && !whole.is_ascii()).then_some(whole.len())
}

/// Fills `block` from `at` on; shorter only at the end of the file.
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

/// A reader of the same bytes as UTF-8, without a byte order mark.
pub(crate) fn utf8<'s>(
    reader: Box<dyn Read + Send + 's>,
    encoding: Encoding,
) -> io::Result<Box<dyn Read + Send + 's>> {
    let (mark, decoder): (&[u8], _) = match encoding {
        Encoding::Utf8 => (b"\xEF\xBB\xBF", None),
        Encoding::Utf16Le => (b"\xFF\xFE", Some(encoding_rs::UTF_16LE)),
        Encoding::Utf16Be => (b"\xFE\xFF", Some(encoding_rs::UTF_16BE)),
        // A file that begins as UTF-8 and is not: the mark is no text all the same.
        Encoding::Windows1252 => (b"\xEF\xBB\xBF", Some(encoding_rs::WINDOWS_1252)),
        Encoding::Macintosh => (b"", Some(encoding_rs::MACINTOSH)),
    };
    let reader = without_mark(reader, mark)?;
    Ok(match decoder {
        None => reader,
        Some(encoding) => Box::new(
            DecodeReaderBytesBuilder::new()
                .encoding(Some(encoding))
                .build_with_buffer(reader, vec![0; 1 << 16])
                .map_err(io::Error::other)?,
        ),
    })
}

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
