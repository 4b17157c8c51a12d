//! Damaged names, placeholders in place of names, and personal addresses.

use encoding_rs::WINDOWS_1252;
use memchr::memchr2;

/// The text as it was before its UTF-8 was read as Windows-1252 and written as UTF-8 again: `SÃ©bastien`.
pub(crate) fn decoded_once(text: &str) -> Option<String> {
    // Each letter's first byte, read as Windows-1252, is one of these.
    if !text.contains(|c: char| ('\u{C2}'..='\u{F4}').contains(&c)) {
        return None;
    }
    let (bytes, _, unmappable) = WINDOWS_1252.encode(text);
    let once = std::str::from_utf8(&bytes).ok()?;
    (!unmappable && once != text && once.chars().all(|c| !c.is_control())).then(|| once.to_owned())
}

/// Whether question marks replaced letters: a program that could not write accents made the file.
pub(crate) fn accents_lost(name: &str) -> bool {
    // Nearly no name has one of these, and the first byte of the replacement character is hardly in any.
    if memchr2(b'?', 0xEF, name.as_bytes()).is_none() {
        return false;
    }
    let lost = name.matches(['?', '\u{FFFD}']).count();
    (!name.is_ascii() && name.contains('\u{FFFD}'))
        || (lost > 0 && name.contains(char::is_alphabetic))
        // A single one stands for a name that nobody knows; several are a name of which no letter is left.
        || (lost > 1 && name.chars().all(|c| matches!(c, '?' | ' ' | '-' | '\'' | '.')))
}

/// Whether `lost` is `name` with each letter outside ASCII, or each byte of it, replaced by a question mark.
pub(crate) fn became(name: &str, lost: &str) -> bool {
    let replaced = |times: fn(char) -> usize| {
        let replace = |c: char| if c.is_ascii() { c.to_string() } else { "?".repeat(times(c)) };
        name.chars().map(replace).collect::<String>()
    };
    // A damaged byte may have been any letter.
    if lost.contains(char::REPLACEMENT_CHARACTER) && fits_pieces(name, lost) {
        return true;
    }
    let lost = lost.replace('\u{FFFD}', "?");
    !name.is_ascii() && (replaced(|_| 1) == lost || replaced(char::len_utf8) == lost)
}

/// Whether a name has the pieces between the lost letters of another one, in their order, and about as many letters.
fn fits_pieces(name: &str, lost: &str) -> bool {
    let mut rest = name;
    let mut pieces = lost.split(char::REPLACEMENT_CHARACTER);
    let (first, last) = (pieces.next().unwrap_or_default(), pieces.next_back().unwrap_or_default());
    let Some(inside) = rest.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else {
        return false;
    };
    rest = inside;
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    let marks = lost.matches(char::REPLACEMENT_CHARACTER).count();
    let kept = lost.chars().count() - marks;
    (1..=marks + 1).contains(&name.chars().count().saturating_sub(kept)) && name != lost
}

/// Words that make a name a placeholder.
const PLACEHOLDER_WORDS: [&str; 11] = [
    "tbd",
    "tba",
    "vacant",
    "vacancy",
    "unassigned",
    "placeholder",
    "dummy",
    "test",
    "unknown",
    "demo",
    "substitute",
];
/// Words that may go with one of those; alone they may be a name.
const ACCOMPANYING_WORDS: [&str; 9] =
    ["staff", "teacher", "student", "sub", "open", "position", "user", "account", "sample"];

/// Whole names that are placeholders, by their letters.
const WHOLE_PLACEHOLDERS: [&str; 6] =
    ["staff", "teacher", "noteacher", "longtermsub", "longtermsubstitute", "tobehired"];

/// Whether a name is a placeholder: `Staff, Vacant`, `Test Student`, `TBD`.
pub(crate) fn is_placeholder_name(first: &str, last: &str) -> bool {
    let words = [first, last].into_iter().flat_map(|part| part.split(|c: char| !c.is_alphabetic()));
    let letters = || first.chars().chain(last.chars()).filter(|c| c.is_alphabetic());
    let has_one_part = first.trim().is_empty() || last.trim().is_empty();
    let is_text = |known: &&&str| letters().map(|c| c.to_ascii_lowercase()).eq(known.chars());
    // `Sam Staff` is a name, `Staff` alone is not; the longer texts are placeholders in two cells as well.
    let mut is_placeholder =
        WHOLE_PLACEHOLDERS.iter().find(is_text).is_some_and(|known| has_one_part || known.len() > 7);
    for word in words.filter(|word| !word.is_empty()) {
        let matches = |known: &&str| word.eq_ignore_ascii_case(known);
        if PLACEHOLDER_WORDS.iter().any(matches) {
            is_placeholder = true;
        } else if !ACCOMPANYING_WORDS.iter().any(matches) {
            return is_placeholder;
        }
    }
    is_placeholder
}

/// Whether an address is from a provider where anyone can get one.
pub(crate) fn is_personal_address(email: &str) -> bool {
    const PROVIDERS: [&str; 16] = [
        "gmail.com",
        "googlemail.com",
        "yahoo.com",
        "ymail.com",
        "hotmail.com",
        "outlook.com",
        "live.com",
        "msn.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "proton.me",
        "protonmail.com",
        "comcast.net",
        "gmx.com",
    ];
    email.rsplit_once('@').is_some_and(|(_, domain)| PROVIDERS.contains(&domain))
}

#[cfg(test)]
mod tests {
    use super::{accents_lost, became, decoded_once, is_personal_address, is_placeholder_name};

    #[test]
    fn only_text_that_was_encoded_twice_is_decoded() {
        for (twice, once) in [
            ("SÃ©bastien", "Sébastien"),
            ("NÃºÃ±ez", "Núñez"),
            ("Ã\u{81}lvarez", "Álvarez"),
            ("Oâ€™Neil", "O’Neil"),
            ("BjÃ¶rk", "Björk"),
        ] {
            assert_eq!(decoded_once(twice).as_deref(), Some(once));
        }
        for fine in ["Sébastien", "São Paulo", "Ñandú", "Ângela", "Ann", "Łukasz", "日本", "Ã", "Öz"]
        {
            assert_eq!(decoded_once(fine), None, "{fine}");
        }
    }

    #[test]
    fn lost_accents_are_recognized() {
        assert!(
            ["Jos?", "N??ez", "?lvarez", "Jos\u{FFFD}", "????", "??? ????"].into_iter().all(accents_lost)
        );
        assert!(!["José", "?", "", "Ann-Marie"].into_iter().any(accents_lost));
    }

    #[test]
    fn only_placeholders_are_taken_as_placeholders() {
        for (first, last) in [
            ("Test", "Student"),
            ("Vacant", "Staff"),
            ("", "Staff, Vacant"),
            ("TBD", ""),
            ("TBD", "TBD"),
            ("Substitute", "Teacher"),
            ("test", "Test2"),
            ("", "Staff"),
            ("No", "Teacher"),
            ("Long Term", "Sub"),
        ] {
            assert!(is_placeholder_name(first, last), "{first} {last}");
        }
        for (first, last) in [
            ("Ann", "Test"),
            ("Staff", "Sergeant"),
            ("Sam", "Staff"),
            ("Na", "No"),
            ("", ""),
            ("Open", "Sub"),
            ("Testa", "Student"),
        ] {
            assert!(!is_placeholder_name(first, last), "{first} {last}");
        }
        assert!(
            is_personal_address("ann@gmail.com")
                && !is_personal_address("ann@gmail.com.lincoln.org")
                && !is_personal_address("ann")
        );
    }

    #[test]
    fn a_name_is_recognized_without_its_accents() {
        assert!(became("José", "Jos?") && became("Núñez", "N??ez") && became("Núñez", "N????ez"));
        let damaged = [
            ("Josephine", "Jos\u{FFFD}phine"),
            ("Núñez", "N\u{FFFD}\u{FFFD}ez"),
            ("日本", "\u{FFFD}\u{FFFD}"),
        ];
        assert!(damaged.into_iter().all(|(name, lost)| became(name, lost)));
        assert!(!became("Josephine", "J\u{FFFD}phine") && !became("Josefine", "Jos\u{FFFD}phine"));
        assert!(!became("Jose", "Jos?") && !became("Josef", "Jos?") && !became("Joße", "Jos?"));
    }
}
