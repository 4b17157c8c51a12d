//! Recognises a stored value in what a program on the way has made of it.

use crate::charset::Charset;
use crate::escapes::is_escaped;
use crate::lost_letters::{are_dropped, are_replaced, cut_at};
use crate::many::MANY;
use crate::member::Attribute;
use crate::misread::misread_from;
use crate::placeholders::{Placeholder, placeholder};

/// What happened to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Damage {
    /// Letters outside ASCII became question marks or other signs.
    LettersLost,
    /// UTF-8 was read as another encoding.
    Misread,
    /// Mac Roman was read as another encoding.
    MacRoman,
    /// An encoding of DOS (437 or 850) was read as another one.
    Dos,
    /// One of Windows, of Cyrillic or of Central Europe was read as another one.
    OtherCharset,
    /// Letters are written as programs write them for one another: `Jos&eacute;`, `Jos%C3%A9`.
    Escaped,
    /// Letters outside ASCII are gone.
    LettersDropped,
    /// Names end after so many letters.
    CutOff(usize),
    /// A word for no value stands in its place: `N/A`, `unknown`, `999999`.
    Placeholder,
    /// A word for no value that may be a name stands in its place: `Test`, `None`.
    PossiblePlaceholder,
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
    /// How many people must have it: few may have been changed on purpose.
    pub(crate) fn least(self) -> usize {
        match self {
            Damage::LettersDropped | Damage::PossiblePlaceholder => 2,
            Damage::CutOff(_) => MANY,
            _ => 1,
        }
    }

    /// What a misreading of names in this character set is.
    fn of_charset(written: Charset) -> Damage {
        match written {
            Charset::Dos(_) => Damage::Dos,
            utf8 if utf8 == Charset::UTF8 => Damage::Misread,
            mac if mac == Charset::MAC => Damage::MacRoman,
            Charset::Web(_) => Damage::OtherCharset,
        }
    }

    /// What happened, in words.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Damage::LettersLost => "letters were replaced by question marks or other signs",
            Damage::Misread => {
                "accented letters turned into pairs of signs, because UTF-8 was read as another encoding"
            }
            Damage::MacRoman => {
                "the file is in the Mac Roman encoding, and its accented letters were read as others"
            }
            Damage::Dos => {
                "the file is in an encoding of DOS (437 or 850), and its accented letters were read as others"
            }
            Damage::OtherCharset => {
                "accented letters turned into others, because the file was read in another encoding"
            }
            Damage::Escaped => "letters are written in the codes of a program",
            Damage::LettersDropped => "accented letters are gone",
            Damage::CutOff(_) => "they are cut off, all after the same number of letters",
            Damage::Placeholder | Damage::PossiblePlaceholder => "a word for no value stands in their place",
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
    if are_replaced(new, old) {
        return Some(Damage::LettersLost);
    }
    misread_from(new, old).map(Damage::of_charset).or_else(|| is_escaped(new, old).then_some(Damage::Escaped))
}

/// The same for a value of a person of whom enough else agrees. What may also be a change on purpose is among it: it is damage when
/// it is found [so many times](Damage::least).
pub(crate) fn possible_damage_of(new: &str, old: &str, attribute: Attribute) -> Option<Damage> {
    let damage = damage_of(new, old);
    if damage.is_some() || new == old || new.is_empty() || old.is_empty() {
        return damage;
    }
    if placeholder(old, attribute).is_none()
        && let Some(found) = placeholder(new, attribute)
    {
        return Some(match found {
            Placeholder::Surely => Damage::Placeholder,
            Placeholder::WhenSeveral => Damage::PossiblePlaceholder,
        });
    }
    if !attribute.is_name() {
        return None;
    }
    let dropped = are_dropped(new, old).then_some(Damage::LettersDropped);
    dropped.or_else(|| cut_at(new, old).map(Damage::CutOff))
}

fn is_spreadsheet_error(text: &str) -> bool {
    ["#N/A", "#REF!", "#NAME?", "#VALUE!", "#NULL!", "#DIV/0!", "#NUM!", "#SPILL!", "#CALC!"].contains(&text)
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
            ("JosÚ", "José", Damage::OtherCharset),
            ("Jos&amp;eacute;", "José", Damage::Escaped),
            ("Nú?ez", "Núñez", Damage::LettersLost),
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
