//! Cleans, repairs and recognizes single values.

use std::borrow::Cow;

use homeroom_model::csv_safety::is_formula;
use homeroom_model::email::Email;

use crate::name_checks::decoded_once;

/// A cell as text, trimmed and without invisible characters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CleanCell<'c> {
    pub(crate) text: Cow<'c, str>,
    /// The name of an invisible character that was removed.
    pub(crate) invisible: Option<&'static str>,
    /// Whether it holds a control character.
    pub(crate) has_control: bool,
}

/// Cleans a cell.
pub(crate) fn clean(cell: &[u8]) -> CleanCell<'_> {
    if cell.iter().all(|byte| (b' '..0x7F).contains(byte))
        && let Ok(text) = std::str::from_utf8(cell)
    {
        return CleanCell {
            text: Cow::Borrowed(without_apostrophe(text.trim_matches(' '))),
            invisible: None,
            has_control: false,
        };
    }
    // The reader gives UTF-8; other bytes could only come from a bug in the reader, and are shown as such.
    let text = String::from_utf8_lossy(cell);
    if let Cow::Borrowed(text) = text
        && text.chars().all(|c| c.is_alphanumeric() || c.is_ascii_graphic() || c == ' ')
    {
        return CleanCell {
            text: Cow::Borrowed(text.trim_matches(' ')),
            invisible: None,
            has_control: false,
        };
    }
    // What was encoded twice is decoded before characters are removed: half of a letter may be one of them.
    let blank = text.trim_matches(' ');
    if decoded_once(blank).is_some() {
        return CleanCell { text: Cow::Owned(blank.to_owned()), invisible: None, has_control: false };
    }
    let mut invisible = None;
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match invisible_name(c) {
            Some(name) => {
                invisible = invisible.or(Some(name));
                if c == '\u{A0}' {
                    kept.push(' ');
                }
            }
            None => kept.push(c),
        }
    }
    let joins = |c: char| matches!(c, '\u{200C}' | '\u{200D}' | '\u{200E}' | '\u{200F}');
    let blank = kept.trim_matches(char::is_whitespace);
    let trimmed = kept.trim_matches(|c: char| c.is_whitespace() || joins(c));
    if trimmed.len() < blank.len() {
        invisible = invisible.or(Some("an invisible text mark at its beginning or end"));
    }
    let has_control = trimmed.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    CleanCell { text: Cow::Owned(without_apostrophe(trimmed).to_owned()), invisible, has_control }
}

/// A text without the apostrophe that keeps spreadsheet programs from running it, as our own files have it.
fn without_apostrophe(text: &str) -> &str {
    text.strip_prefix('\'').filter(|cell| is_formula(cell)).unwrap_or(text)
}

/// The name of a character that nobody types on purpose. Joiners inside a name belong to some scripts and to emoji: they stay.
fn invisible_name(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{A0}' => "a no-break space",
        '\u{200B}' => "a zero-width space",
        '\u{FEFF}' => "a byte order mark",
        '\u{2060}' => "a word joiner",
        '\u{AD}' => "a soft hyphen",
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => "a text direction mark",
        _ => return None,
    })
}

/// Whether a text is one that databases and spreadsheets write for an empty cell.
pub(crate) fn is_empty_value(text: &str) -> bool {
    const EMPTY_VALUES: [&str; 12] =
        ["NULL", "\\N", "N/A", "#N/A", "#REF!", "#VALUE!", "#NAME?", "NONE", "NIL", "(NULL)", "-", "NAN"];
    text.is_empty() || EMPTY_VALUES.iter().any(|nothing| text.eq_ignore_ascii_case(nothing))
}

/// Whether a spreadsheet turned an id into a number or a date: `1.23E+11`, `3-Jan`, `Jan-03`.
pub(crate) fn changed_by_spreadsheet(text: &str) -> bool {
    // A column was too narrow when it was saved as text.
    if text.len() > 2 && text.bytes().all(|byte| byte == b'#') {
        return true;
    }
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if let Some((number, power)) = text.split_once(['E', 'e']) {
        let (whole, rest) = number.split_once(['.', ',']).unwrap_or((number, "0"));
        let power = power.strip_prefix('+');
        return digits(whole)
            && whole.len() == 1
            && digits(rest)
            && power.is_some_and(|power| power.len() >= 2 && digits(power));
    }
    // Spreadsheets write `Jan`; a school that numbers classes by teacher and room may well have a `3-MAR`.
    let month = |part: &str| {
        part.contains(|c: char| c.is_ascii_lowercase())
            && MONTHS.iter().any(|month| part.eq_ignore_ascii_case(month))
    };
    let day = |part: &str| (1..=2).contains(&part.len()) && digits(part);
    let year =
        |part: &str| part.len() == 4 && digits(part) && (part.starts_with("19") || part.starts_with("20"));
    let parts = text.split(['-', '/']).collect::<Vec<_>>();
    match parts.as_slice() {
        [left, right] if text.contains('-') => (day(left) && month(right)) || (month(left) && day(right)),
        [first, second, last] if text.contains('-') && month(second) => {
            day(first) && (day(last) || year(last))
        }
        [first, second, last] if text.contains('/') => day(first) && day(second) && year(last),
        // A date with its time: `1/3` becomes one when a column of dates is saved.
        [first, _, _] => year(first) && text.ends_with(" 00:00:00"),
        _ => false,
    }
}

/// The id that most likely became the date `3-Jan` or `Jan-03`: two numbers with a hyphen, the month first.
pub(crate) fn id_behind_date(text: &str) -> Option<String> {
    let (left, right) = text.split_once('-')?;
    let number =
        |month: &str| MONTHS.iter().position(|known| month.eq_ignore_ascii_case(known)).map(|at| at + 1);
    match (number(left), number(right)) {
        (Some(month), None) => Some(format!("{month}-{right}")),
        (None, Some(month)) => Some(format!("{month}-{left}")),
        _ => None,
    }
}

/// The months as spreadsheet programs write them.
pub(crate) const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// An e-mail address, and whether it had to be repaired.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Missing,
    Valid(Email),
    Repaired(Email),
    Invalid,
}

/// Reads an address: removes blanks, quotes, `mailto:`, brackets and punctuation around it, and changes capitals to lower case.
pub(crate) fn parse_address(text: &str) -> Address {
    if is_empty_value(text) {
        return Address::Missing;
    }
    if let Some(email) = Email::parse_plain(text) {
        return Address::Valid(email);
    }
    let around = |c: char| {
        c.is_whitespace()
            || matches!(c, '"' | '\'' | '<' | '>' | '“' | '”' | '‘' | '’' | ',' | ';' | '.' | ':')
    };
    let mut bare = text.trim_matches(around);
    if bare.len() >= 7 && bare.is_char_boundary(7) && bare[..7].eq_ignore_ascii_case("mailto:") {
        bare = bare[7..].trim_matches(around);
    }
    // A name before the address, as mail programs write it: `Ann Lee <ann.lee@x.org>`.
    if let Some((name, inside)) = bare.rsplit_once('<')
        && !name.contains(['@', '<', '>'])
    {
        bare = inside.trim_matches(around);
    }
    let straight = bare.replace(['‘', '’'], "'");
    let bare = straight.as_str();
    let joined = bare.replace([' ', '\t'], "");
    // Blanks beside the @ or a dot are slips; between words they may separate two addresses.
    let words = bare.split([' ', '\t']).filter(|part| !part.is_empty()).count();
    let candidate = if words <= 1 || blanks_are_slips(bare) { joined.as_str() } else { bare };
    if foreign_letter(candidate).is_some() {
        return Address::Invalid;
    }
    match Email::parse(candidate) {
        Some(email) if email.as_str() == text => Address::Valid(email),
        Some(email) => Address::Repaired(email),
        None => Address::Invalid,
    }
}

/// The first character before the `@` of an address that is no Latin letter, beside others that are, and its place: most likely it
/// is damaged. An address in another alphabet has no plain letters.
pub(crate) fn foreign_letter(address: &str) -> Option<(usize, char)> {
    let (local, _) = address.rsplit_once('@')?;
    if local.is_ascii() || !local.contains(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    local
        .chars()
        .enumerate()
        .find(|(_, c)| !c.is_ascii() && !matches!(c, '\u{C0}'..='\u{24F}'))
        .map(|(at, c)| (at + 1, c))
}

/// Whether every blank is beside an `@` or a dot.
fn blanks_are_slips(text: &str) -> bool {
    let chars = text.chars().collect::<Vec<_>>();
    let sign = |at: Option<&char>| at.is_some_and(|c| matches!(c, '@' | '.' | ' ' | '\t'));
    chars.iter().enumerate().all(|(at, c)| {
        !matches!(c, ' ' | '\t')
            || sign(chars.get(at + 1))
            || at.checked_sub(1).is_some_and(|before| sign(chars.get(before)))
    })
}

/// Whether a grade is a year instead: that of graduation.
pub(crate) fn is_graduation_year(grade: &str) -> bool {
    grade.len() == 4 && grade.parse::<u16>().is_ok_and(|year| (1990..2060).contains(&year))
}

/// Whether a text has the form of a Clever id: 24 hexadecimal digits.
pub(crate) fn is_clever_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{Address, changed_by_spreadsheet, clean, is_empty_value, parse_address};

    #[test]
    fn characters_around_an_address_are_removed() {
        for text in [
            "Ann.Lee@X.org",
            " ann.lee@x.org",
            "mailto:ann.lee@x.org",
            "ann.lee@x.org.",
            "<ann.lee@x.org>",
            "\"ann.lee@x.org\"",
            "ann.lee @x.org",
            "ann.lee@x.org;",
            "Ann Lee <ann.lee@x.org>",
            "\"Lee, Ann\" <ann.lee@x.org>",
            "'ann.lee@x.org",
        ] {
            let Address::Repaired(email) = parse_address(text) else { panic!("{text}") };
            assert_eq!(email.as_str(), "ann.lee@x.org");
        }
        assert!(matches!(parse_address("ann.lee@x.org"), Address::Valid(_)));
        assert!(matches!(parse_address("o'brien@x.org"), Address::Valid(_)));
        let Address::Repaired(email) = parse_address("o’brien@x.org") else {
            panic!("a curly quote is straightened")
        };
        assert_eq!(email.as_str(), "o'brien@x.org");
    }

    #[test]
    fn an_address_that_cannot_be_repaired_is_invalid_or_missing() {
        for text in [
            "ann",
            "<ann@x.org> <bob@x.org>",
            "ann@x.org <bob@x.org>",
            "ann@@x.org",
            "ann@x",
            "ann lee@x.org",
            "a@x.org b@x.org",
            "ann(at)x.org",
            "a..b@x.org",
        ] {
            assert_eq!(parse_address(text), Address::Invalid, "{text}");
        }
        for text in ["", "NULL", "\\N", "n/a", "#REF!"] {
            assert_eq!(parse_address(text), Address::Missing, "{text}");
        }
    }

    #[test]
    fn ids_changed_by_a_spreadsheet_are_recognized() {
        for text in [
            "1.23E+11",
            "1.23457E+11",
            "1,2E+10",
            "3-Jan",
            "Jan-03",
            "5E+15",
            "########",
            "3-Jan-26",
            "1/3/2026",
            "2026-01-03 00:00:00",
        ] {
            assert!(changed_by_spreadsheet(text), "{text}");
        }
        for text in [
            "123",
            "3E1",
            "1001-3-2",
            "E12",
            "12E4",
            "S1-Jan",
            "Jan",
            "3-January",
            "3-MAR",
            "1/3",
            "1/3/4",
            "2026-01-03",
            "12/2026/3",
            "1.23E11",
            "101E+12",
            "#1",
            "##",
        ] {
            assert!(!changed_by_spreadsheet(text), "{text}");
        }
    }

    #[test]
    fn invisible_characters_are_removed_and_named() {
        assert_eq!(clean("SofÃ\u{AD}a ".as_bytes()).text, "SofÃ\u{AD}a", "a half of a letter stays");
        let cleaned = clean("\u{200b} Ann\u{a0}".as_bytes());
        assert_eq!((&*cleaned.text, cleaned.invisible), ("Ann", Some("a zero-width space")));
        let emoji = "👩\u{200d}🏫";
        assert_eq!(clean(emoji.as_bytes()).text, emoji);
        assert!(clean(b"An\0n").has_control);
        assert!(!is_empty_value("Null Island"));
    }
}
