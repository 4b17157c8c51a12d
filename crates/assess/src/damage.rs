//! Recognises a stored value in what a program on the way has made of it.

use encoding_rs::{Encoding, MACINTOSH, UTF_8, WINDOWS_1252};

/// What happened to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Damage {
    /// Letters outside ASCII became question marks.
    LettersLost,
    /// UTF-8 was read as another encoding.
    Misread,
    /// Mac Roman was read as another encoding.
    MacRoman,
    /// An encoding of DOS (437 or 850) was read as another one.
    Dos,
    /// A whole number became a decimal number: `610001.0`.
    Decimal,
    /// The zeros at the beginning of a number are gone.
    ZerosLost,
    /// A formula or sign of a spreadsheet is around the value: `="2001"`, `'2001`.
    Formula,
    /// An error of a spreadsheet stands in the value's place: `#N/A`, `#REF!`.
    SpreadsheetError,
}

impl Damage {
    /// What happened, in words.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Damage::LettersLost => "letters were replaced by question marks",
            Damage::Misread => {
                "accented letters turned into pairs of signs, because UTF-8 was read as another encoding"
            }
            Damage::MacRoman => {
                "the file is in the Mac Roman encoding, and its accented letters were read as others"
            }
            Damage::Dos => {
                "the file is in an encoding of DOS (437 or 850), and its accented letters were read as others"
            }
            Damage::Decimal => "whole numbers became decimal numbers, such as 2001.0 in place of 2001",
            Damage::ZerosLost => "the zeros at the beginning are gone, such as 2001 in place of 002001",
            Damage::Formula => {
                "a spreadsheet's formula stands around the values, such as =\"2001\" in place of 2001"
            }
            Damage::SpreadsheetError => "a spreadsheet's error stands in their place, such as #N/A",
        }
    }
}

/// What made `new` of `old`; `None` when it is simply another value.
pub(crate) fn damage_of(new: &str, old: &str) -> Option<Damage> {
    if new == old || new.is_empty() || old.is_empty() {
        return None;
    }
    if is_spreadsheet_error(new) {
        return Some(Damage::SpreadsheetError);
    }
    if let Some(damage) = number_damage(new, old) {
        return Some(damage);
    }
    if old.is_ascii() {
        return None;
    }
    if letters_lost(new, old) {
        return Some(Damage::LettersLost);
    }
    let misread = [(UTF_8, Damage::Misread), (MACINTOSH, Damage::MacRoman)];
    let readers = [WINDOWS_1252, MACINTOSH, UTF_8];
    let found = misread.into_iter().find(|(written, _)| {
        readers.iter().any(|read| written != read && is_shown_as(&written.encode(old).0, read, new))
    });
    let dos = || is_dos(old, new).then_some(Damage::Dos);
    found.map(|(_, damage)| damage).or_else(dos)
}

fn is_spreadsheet_error(text: &str) -> bool {
    ["#N/A", "#REF!", "#NAME?", "#VALUE!", "#NULL!", "#DIV/0!", "#NUM!"].contains(&text)
}

/// A number written as a decimal number, or with a spreadsheet's signs around it.
fn number_damage(new: &str, old: &str) -> Option<Damage> {
    let rest = new.strip_prefix(old).or_else(|| new.strip_prefix(old.trim_start_matches('0')));
    let is_zeros = |rest: &str| {
        rest.strip_prefix(['.', ','])
            .is_some_and(|zeros| !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0'))
    };
    if old.bytes().all(|byte| byte.is_ascii_digit()) && rest.is_some_and(is_zeros) {
        return Some(Damage::Decimal);
    }
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number(old) && old.len() > new.len() && old.trim_start_matches('0') == new {
        return Some(Damage::ZerosLost);
    }
    let inner = new.trim_start_matches(['=', '\'']).trim_matches('"');
    (inner == old && inner.len() < new.len()).then_some(Damage::Formula)
}

/// Whether each letter outside ASCII, or each byte of it, became a question mark or the sign for an unknown letter.
fn letters_lost(new: &str, old: &str) -> bool {
    if !new.contains(['?', '\u{FFFD}']) {
        return false;
    }
    let replaced = |times: fn(char) -> usize| {
        let replace = |c: char| if c.is_ascii() { c.to_string() } else { "?".repeat(times(c)) };
        old.chars().map(replace).collect::<String>()
    };
    let new = new.replace('\u{FFFD}', "?");
    replaced(|_| 1) == new || replaced(char::len_utf8) == new
}

/// Whether bytes that are read in an encoding show this text. Invisible characters may have been removed on the way.
fn is_shown_as(bytes: &[u8], encoding: &'static Encoding, shown: &str) -> bool {
    let (text, _, _) = encoding.decode(bytes);
    visible(&text).eq(visible(shown))
}

fn visible(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !c.is_control() && !c.is_whitespace() && *c != '\u{AD}')
}

/// The letters from 0x80 on that the encodings 437 and 850 have in common.
const DOS_COMMON: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ";
/// Letters of 850 alone, with their bytes.
const DOS_850: &[(char, u8)] = &[
    ('ø', 0x9B),
    ('Ø', 0x9D),
    ('Á', 0xB5),
    ('Â', 0xB6),
    ('À', 0xB7),
    ('ã', 0xC6),
    ('Ã', 0xC7),
    ('ð', 0xD0),
    ('Ð', 0xD1),
    ('Ê', 0xD2),
    ('Ë', 0xD3),
    ('È', 0xD4),
    ('Í', 0xD6),
    ('Î', 0xD7),
    ('Ï', 0xD8),
    ('Ì', 0xDE),
    ('Ó', 0xE0),
    ('ß', 0xE1),
    ('Ô', 0xE2),
    ('Ò', 0xE3),
    ('õ', 0xE4),
    ('Õ', 0xE5),
    ('Ú', 0xE9),
    ('Û', 0xEA),
    ('Ù', 0xEB),
    ('ý', 0xEC),
    ('Ý', 0xED),
];

fn is_dos(old: &str, new: &str) -> bool {
    let bytes = old.chars().map(dos_byte).collect::<Option<Vec<_>>>();
    bytes.is_some_and(|bytes| {
        [WINDOWS_1252, MACINTOSH, UTF_8].iter().any(|read| is_shown_as(&bytes, read, new))
    })
}

fn dos_byte(c: char) -> Option<u8> {
    if c.is_ascii() {
        return Some(c as u8);
    }
    let common = DOS_COMMON.chars().position(|letter| letter == c).map(|at| 0x80 + at as u8);
    let spanish = "áíóúñÑ".chars().position(|letter| letter == c).map(|at| 0xA0 + at as u8);
    common.or(spanish).or_else(|| DOS_850.iter().find(|(letter, _)| *letter == c).map(|(_, byte)| *byte))
}

#[cfg(test)]
mod tests {
    use super::{Damage, damage_of};

    #[test]
    fn a_damaged_value_is_recognized_by_the_stored_one() {
        for (new, old, damage) in [
            ("????", "Иван", Damage::LettersLost),
            ("Jos\u{FFFD}", "José", Damage::LettersLost),
            ("Jos??", "José", Damage::LettersLost),
            ("JosÃ©", "José", Damage::Misread),
            ("JosŽ", "José", Damage::MacRoman),
            ("Zo‘", "Zoë", Damage::MacRoman),
            ("Jos‚", "José", Damage::Dos),
            ("N£¤ez", "Núñez", Damage::Dos),
            ("610001.0", "610001", Damage::Decimal),
            ("61001", "0061001", Damage::ZerosLost),
            ("=\"2001\"", "2001", Damage::Formula),
            ("#N/A", "Ann", Damage::SpreadsheetError),
        ] {
            assert_eq!(damage_of(new, old), Some(damage), "{new} {old}");
        }
    }

    #[test]
    fn another_value_is_not_damage() {
        for (new, old) in [
            ("Jose", "José"),
            ("Josef", "Josè"),
            ("Ann", "Anna"),
            ("Ivan", "Иван"),
            ("", "Ann"),
            ("610002.0", "610001"),
            ("0061001", "61001"),
            ("1001", "0061001"),
            ("O'Brien", "OBrien"),
            ("José", "Jose"),
            ("6100010", "610001"),
            ("???", "Ann"),
        ] {
            assert_eq!(damage_of(new, old), None, "{new} {old}");
        }
    }
}
