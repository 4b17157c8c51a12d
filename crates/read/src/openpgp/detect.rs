//! Tells OpenPGP by a file's first bytes, and never takes a text for it.

/// What a file that looks like OpenPGP is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A message in an armor that begins at this byte.
    Armored(u64),
    /// A message.
    Binary,
    /// An item that does not contain a file.
    NotAMessage(OpenPgpItem),
}

/// An OpenPGP item that does not contain a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenPgpItem {
    /// A public key.
    PublicKey,
    /// A private key.
    PrivateKey,
    /// A signature without the file that it signs.
    DetachedSignature,
    /// Text with a signature around it.
    ClearSignedText,
    /// One part of a message that was split into several.
    MessagePart,
}

/// What a file that begins with `start` and has `length` bytes is; `None` when it is nothing of OpenPGP.
pub(crate) fn detect(start: &[u8], length: u64) -> Option<Found> {
    armored(start).or_else(|| binary(start, length))
}

/// RFC 9580 section 6.2, and RFC 4880 for messages in parts.
fn armored(start: &[u8]) -> Option<Found> {
    let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start();
    let kind = text.strip_prefix(b"-----BEGIN PGP ")?;
    let refused = |item| Some(Found::NotAMessage(item));
    match kind {
        _ if kind.starts_with(b"MESSAGE-----") => Some(Found::Armored((start.len() - text.len()) as u64)),
        _ if kind.starts_with(b"SIGNED MESSAGE-----") => refused(OpenPgpItem::ClearSignedText),
        _ if kind.starts_with(b"PUBLIC KEY") => refused(OpenPgpItem::PublicKey),
        _ if kind.starts_with(b"PRIVATE KEY") => refused(OpenPgpItem::PrivateKey),
        _ if kind.starts_with(b"SIGNATURE-----") => refused(OpenPgpItem::DetachedSignature),
        _ if kind.starts_with(b"MESSAGE, PART") => refused(OpenPgpItem::MessagePart),
        _ => None,
    }
}

/// RFC 9580 section 5: the packets that a message, a key or a signature begins with. Their first byte may be a letter of
/// Windows-1252; what follows the length holds a byte that stands in no text.
fn binary(start: &[u8], length: u64) -> Option<Found> {
    let header = Header::of(start)?;
    let body = &start[header.length..];
    let (&first, second) = (body.first()?, body.get(1).copied());
    // Whether the file is long enough does not matter here: it may have been cut off.
    let fits = header.body.is_none_or(|body| body >= 8);
    let found = |is: bool, what| (is && fits).then_some(what);
    match header.kind {
        // Session keys, encrypted to a key or with a password.
        1 => found(matches!(first, 3 | 6), Found::Binary),
        3 => found(matches!(first, 4..=6), Found::Binary),
        2 => {
            let alone = header.body.is_some_and(|body| header.length as u64 + body == length);
            let what = if alone { Found::NotAMessage(OpenPgpItem::DetachedSignature) } else { Found::Binary };
            found(matches!(first, 3 | 4 | 6), what)
        }
        // One-pass signature: its second byte is the kind of signature.
        4 => found(matches!(first, 3 | 6) && matches!(second, Some(0 | 1)), Found::Binary),
        5 => found(matches!(first, 3 | 4 | 6), Found::NotAMessage(OpenPgpItem::PrivateKey)),
        6 => found(matches!(first, 3 | 4 | 6), Found::NotAMessage(OpenPgpItem::PublicKey)),
        // Compressed: by one of three algorithms.
        8 => found(matches!(first, 1..=3), Found::Binary),
        // What PGP puts in front of a message.
        10 => (header.body == Some(3) && body.starts_with(b"PGP")).then_some(Found::Binary),
        11 => found(is_literal(&start[..start.len().min(header.length + 300)], header.length), Found::Binary),
        // Encrypted, with nobody named who could open it; 20 is GnuPG's own form.
        18 => found(matches!(first, 1 | 2), Found::Binary),
        20 => found(first == 1, Found::Binary),
        _ => None,
    }
}

/// The form, then the file's name with its length before it, then four bytes of time; among all this there must be a byte
/// that stands in no text.
fn is_literal(start: &[u8], header: usize) -> bool {
    let [b'b' | b't' | b'u' | b'l' | b'1' | b'm', name, rest @ ..] = &start[header..] else { return false };
    let before_the_text = header + 2 + usize::from(*name) + 4;
    rest.len() >= usize::from(*name) + 4
        && start[..before_the_text].iter().any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'))
}

/// A packet's header (RFC 9580 section 4.2).
struct Header {
    kind: u8,
    length: usize,
    /// How long the packet is, where it says so.
    body: Option<u64>,
}

impl Header {
    fn of(start: &[u8]) -> Option<Header> {
        let (&tag, rest) = start.split_first()?;
        if tag & 0x80 == 0 {
            return None;
        }
        let (kind, (length, body)) = match tag & 0x40 == 0 {
            true => (tag >> 2 & 0x0F, old_length(tag & 3, rest)?),
            false => (tag & 0x3F, new_length(rest)?),
        };
        Some(Header { kind, length: 1 + length, body })
    }
}

fn old_length(form: u8, rest: &[u8]) -> Option<(usize, Option<u64>)> {
    let bytes = match form {
        3 => return Some((0, None)),
        form => 1 << form,
    };
    Some((bytes, Some(number(rest.get(..bytes)?))))
}

fn new_length(rest: &[u8]) -> Option<(usize, Option<u64>)> {
    match *rest.first()? {
        first @ ..192 => Some((1, Some(first.into()))),
        first @ 192..224 => Some((2, Some((u64::from(first) - 192) * 256 + u64::from(*rest.get(1)?) + 192))),
        255 => Some((5, Some(number(rest.get(1..5)?)))),
        // The first part of a length in parts.
        _ => Some((1, None)),
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_taken_for_a_message() {
        for first in 0x80..=0xFF {
            for second in (0x20..=0xFF).chain([b'\t', b'\r', b'\n']) {
                for third in (0x20..=0xFF).chain([b'\t', b'\r', b'\n']) {
                    let mut text = vec![first, second, third];
                    text.extend_from_slice(b"b\tschool_id;class_id\r\n");
                    for length in [text.len() as u64, 1 << 20] {
                        assert_eq!(detect(&text, length), None, "{text:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_literal_in_the_middle_of_text_is_none() {
        for text in ["\u{cb}\u{e9}b\tname\n", "\u{cb}9b\nschool_id,class_id,first_name\n,,,,,,,,,,,,,,,,,,"] {
            let bytes = text.chars().map(|c| c as u8).collect::<Vec<_>>();
            for length in 0..200 {
                assert_eq!(detect(&bytes, length), None, "{text}");
            }
        }
    }

    #[test]
    fn other_files_are_none() {
        let files: [&[u8]; 16] = [
            b"",
            b"\x85",
            b"\xC1\x01\x03",
            b"\xFF\xFEs\0c\0h\0",
            b"\xFE\xFF\0s\0c\0h",
            b"\xEF\xBB\xBFschool_id,name",
            b"\x1F\x8B\x08\0\0\0\0\0",
            b"PK\x03\x04\x14\0\0\0",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            b"%PDF-1.7",
            b"\x89PNG\r\n\x1A\n",
            b"\xFF\xD8\xFF\xE0\0\x10JFIF",
            b"GIF89a\x01\0\x01\0",
            b"7z\xBC\xAF\x27\x1C",
            b"Rar!\x1A\x07\x01\0",
            b"SQLite format 3\0",
        ];
        for file in files {
            assert_eq!(detect(file, file.len() as u64), None, "{file:?}");
            assert_eq!(detect(file, 1 << 20), None, "{file:?}");
        }
    }

    #[test]
    fn an_armor_is_found_behind_a_mark_and_blank_lines() {
        assert_eq!(detect(b"-----BEGIN PGP MESSAGE-----\n", 90), Some(Found::Armored(0)));
        assert_eq!(detect(b"\xEF\xBB\xBF\r\n \n-----BEGIN PGP MESSAGE-----\n", 90), Some(Found::Armored(7)));
        assert_eq!(detect(b"school_id\n-----BEGIN PGP MESSAGE-----\n", 90), None);
        assert_eq!(detect(b"-----BEGIN CERTIFICATE-----\n", 90), None);
        for (armor, what) in [
            ("SIGNED MESSAGE", OpenPgpItem::ClearSignedText),
            ("PUBLIC KEY BLOCK", OpenPgpItem::PublicKey),
            ("PRIVATE KEY BLOCK", OpenPgpItem::PrivateKey),
            ("SIGNATURE", OpenPgpItem::DetachedSignature),
        ] {
            let text = format!("-----BEGIN PGP {armor}-----\n");
            assert_eq!(detect(text.as_bytes(), 90), Some(Found::NotAMessage(what)));
        }
    }

    #[test]
    fn packets_are_found_in_both_forms() {
        for start in [
            &b"\x84\x5E\x03abcdefgh"[..],
            b"\x85\x01\x0C\x03abcdefgh",
            b"\xC1\x5E\x03abcdefgh",
            b"\xC1\xC0\x4C\x06abcdefgh",
            b"\x8C\x0D\x04\x09\x03\x08",
            b"\xC3\x0D\x04\x09\x03\x08",
            b"\x90\x0D\x03\x00\x0A\x16",
            b"\xC4\x0D\x03\x01\x0A\x16",
            b"\x88\x75\x04\x00\x16\x0A",
            b"\xC2\x75\x04\x00\x16\x0A",
            b"\xA3\x02\x78\x9C",
            b"\xC8\xEA\x01\x78\x9C",
            b"\xD2\xEA\x01\x78\x9C",
            b"\xD4\xEA\x01\x09\x02",
            b"\xA8\x03PGP\x85",
            b"\xAC\x20b\x05a.csv\0\0\0\0school_id",
            b"\xCB\x20b\x00\x65\0\0\0school_id,class",
        ] {
            assert_eq!(detect(start, 1 << 20), Some(Found::Binary), "{start:?}");
        }
        assert_eq!(
            detect(b"\x88\x75\x04\x00\x16\x0A", 0x77),
            Some(Found::NotAMessage(OpenPgpItem::DetachedSignature))
        );
        assert_eq!(detect(b"\x98\x33\x04\x65\0\0\0", 900), Some(Found::NotAMessage(OpenPgpItem::PublicKey)));
        assert_eq!(detect(b"\x94\x58\x04\x65\0\0\0", 900), Some(Found::NotAMessage(OpenPgpItem::PrivateKey)));
    }
}
