//! Recognizes OpenPGP by a file's first bytes, and never mistakes text for it.

/// How the bytes of a message are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageForm {
    /// As ASCII armor.
    Armored,
    Binary,
}

/// What a file that looks like OpenPGP is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detected {
    /// A message that begins at the byte `start`.
    Message { start: u64, form: MessageForm },
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

/// Detects OpenPGP in a file that begins with `start` and has `length` bytes; `None` when it is something else.
pub(crate) fn detect(start: &[u8], length: u64) -> Option<Detected> {
    detect_armor(start).or_else(|| detect_packet(start, length))
}

/// RFC 9580 section 6.2, and RFC 4880 for messages in parts.
fn detect_armor(start: &[u8]) -> Option<Detected> {
    let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start();
    let label = text.strip_prefix(b"-----BEGIN PGP ")?;
    let not_a_message = |item| Some(Detected::NotAMessage(item));
    match label {
        _ if label.starts_with(b"MESSAGE-----") => {
            Some(Detected::Message { start: (start.len() - text.len()) as u64, form: MessageForm::Armored })
        }
        _ if label.starts_with(b"SIGNED MESSAGE-----") => not_a_message(OpenPgpItem::ClearSignedText),
        _ if label.starts_with(b"PUBLIC KEY") => not_a_message(OpenPgpItem::PublicKey),
        _ if label.starts_with(b"PRIVATE KEY") => not_a_message(OpenPgpItem::PrivateKey),
        _ if label.starts_with(b"SIGNATURE-----") => not_a_message(OpenPgpItem::DetachedSignature),
        _ if label.starts_with(b"MESSAGE, PART") => not_a_message(OpenPgpItem::MessagePart),
        _ => None,
    }
}

/// The packets that a message, a key or a signature begins with (RFC 9580 section 5). Their first byte may be a letter in
/// Windows-1252, but after their length there is a byte that text never contains.
fn detect_packet(start: &[u8], length: u64) -> Option<Detected> {
    let header = PacketHeader::parse(start)?;
    let body = &start[header.length..];
    let (&first, second) = (body.first()?, body.get(1).copied());
    // The packet may be longer than the file, which may have been cut off.
    let is_long_enough = header.body.is_none_or(|body| body >= 8);
    let message = Detected::Message { start: 0, form: MessageForm::Binary };
    let detected = |matches: bool, detected| (matches && is_long_enough).then_some(detected);
    match header.packet_type {
        // Session keys, encrypted to a key or with a password.
        1 => detected(matches!(first, 3 | 6), message),
        3 => detected(matches!(first, 4..=6), message),
        2 => {
            let is_alone = header.body.is_some_and(|body| header.length as u64 + body == length);
            let content =
                if is_alone { Detected::NotAMessage(OpenPgpItem::DetachedSignature) } else { message };
            detected(matches!(first, 3 | 4 | 6), content)
        }
        // One-pass signature: its second byte is the kind of signature.
        4 => detected(matches!(first, 3 | 6) && matches!(second, Some(0 | 1)), message),
        5 => detected(matches!(first, 3 | 4 | 6), Detected::NotAMessage(OpenPgpItem::PrivateKey)),
        6 => detected(matches!(first, 3 | 4 | 6), Detected::NotAMessage(OpenPgpItem::PublicKey)),
        // Compressed: by one of three algorithms.
        8 => detected(matches!(first, 1..=3), message),
        // The marker that PGP writes before a message.
        10 => (header.body == Some(3) && body.starts_with(b"PGP")).then_some(message),
        11 => detected(is_literal(&start[..start.len().min(header.length + 300)], header.length), message),
        // Encrypted data without session keys; 20 is GnuPG's own form.
        18 => detected(matches!(first, 1 | 2), message),
        20 => detected(first == 1, message),
        _ => None,
    }
}

/// Whether a literal packet follows its header: the format, the length of the file name, the name, and four bytes of time.
/// Among these there must be a byte that text never contains.
fn is_literal(start: &[u8], header: usize) -> bool {
    let [b'b' | b't' | b'u' | b'l' | b'1' | b'm', name, rest @ ..] = &start[header..] else { return false };
    let text_start = header + 2 + usize::from(*name) + 4;
    rest.len() >= usize::from(*name) + 4
        && start[..text_start].iter().any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'))
}

/// A packet's header (RFC 9580 section 4.2).
struct PacketHeader {
    packet_type: u8,
    length: usize,
    /// The length of the packet's body, if it is given.
    body: Option<u64>,
}

impl PacketHeader {
    fn parse(start: &[u8]) -> Option<PacketHeader> {
        let (&tag, rest) = start.split_first()?;
        if tag & 0x80 == 0 {
            return None;
        }
        let (packet_type, (length, body)) = match tag & 0x40 == 0 {
            true => (tag >> 2 & 0x0F, old_length(tag & 3, rest)?),
            false => (tag & 0x3F, new_length(rest)?),
        };
        Some(PacketHeader { packet_type, length: 1 + length, body })
    }
}

fn old_length(form: u8, rest: &[u8]) -> Option<(usize, Option<u64>)> {
    let bytes = match form {
        3 => return Some((0, None)),
        form => 1 << form,
    };
    Some((bytes, Some(big_endian(rest.get(..bytes)?))))
}

fn new_length(rest: &[u8]) -> Option<(usize, Option<u64>)> {
    match *rest.first()? {
        first @ ..192 => Some((1, Some(first.into()))),
        first @ 192..224 => Some((2, Some((u64::from(first) - 192) * 256 + u64::from(*rest.get(1)?) + 192))),
        255 => Some((5, Some(big_endian(rest.get(1..5)?)))),
        // A partial body length.
        _ => Some((1, None)),
    }
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn armored(start: u64) -> Detected {
        Detected::Message { start, form: MessageForm::Armored }
    }

    #[test]
    fn text_is_never_mistaken_for_a_message() {
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
    fn text_that_looks_like_a_literal_packet_is_not_a_message() {
        for text in ["\u{cb}\u{e9}b\tname\n", "\u{cb}9b\nschool_id,class_id,first_name\n,,,,,,,,,,,,,,,,,,"] {
            let bytes = text.chars().map(|c| c as u8).collect::<Vec<_>>();
            for length in 0..200 {
                assert_eq!(detect(&bytes, length), None, "{text}");
            }
        }
    }

    #[test]
    fn other_file_types_are_not_messages() {
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
    fn armor_is_found_after_a_byte_order_mark_and_blank_lines() {
        assert_eq!(detect(b"-----BEGIN PGP MESSAGE-----\n", 90), Some(armored(0)));
        assert_eq!(detect(b"\xEF\xBB\xBF\r\n \n-----BEGIN PGP MESSAGE-----\n", 90), Some(armored(7)));
        assert_eq!(detect(b"school_id\n-----BEGIN PGP MESSAGE-----\n", 90), None);
        assert_eq!(detect(b"-----BEGIN CERTIFICATE-----\n", 90), None);
        for (armor, what) in [
            ("SIGNED MESSAGE", OpenPgpItem::ClearSignedText),
            ("PUBLIC KEY BLOCK", OpenPgpItem::PublicKey),
            ("PRIVATE KEY BLOCK", OpenPgpItem::PrivateKey),
            ("SIGNATURE", OpenPgpItem::DetachedSignature),
        ] {
            let text = format!("-----BEGIN PGP {armor}-----\n");
            assert_eq!(detect(text.as_bytes(), 90), Some(Detected::NotAMessage(what)));
        }
    }

    #[test]
    fn packets_with_old_and_new_headers_are_recognized() {
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
            assert_eq!(
                detect(start, 1 << 20),
                Some(Detected::Message { start: 0, form: MessageForm::Binary }),
                "{start:?}"
            );
        }
        assert_eq!(
            detect(b"\x88\x75\x04\x00\x16\x0A", 0x77),
            Some(Detected::NotAMessage(OpenPgpItem::DetachedSignature))
        );
        assert_eq!(
            detect(b"\x98\x33\x04\x65\0\0\0", 900),
            Some(Detected::NotAMessage(OpenPgpItem::PublicKey))
        );
        assert_eq!(
            detect(b"\x94\x58\x04\x65\0\0\0", 900),
            Some(Detected::NotAMessage(OpenPgpItem::PrivateKey))
        );
    }
}
