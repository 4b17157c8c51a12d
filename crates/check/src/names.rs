//! What became of names on the way, and names that are nobody's.

use encoding_rs::WINDOWS_1252;

/// The text as it was before somebody took its UTF-8 for Windows-1252 and wrote it as UTF-8 again: `SÃ©bastien`.
pub(crate) fn encoded_once(text: &str) -> Option<String> {
    // Each letter's first byte, read as Windows-1252, is one of these.
    if !text.contains(|c: char| ('\u{C2}'..='\u{F4}').contains(&c)) {
        return None;
    }
    let (bytes, _, unmappable) = WINDOWS_1252.encode(text);
    let once = std::str::from_utf8(&bytes).ok()?;
    (!unmappable && once != text && once.chars().all(|c| !c.is_control())).then(|| once.to_owned())
}

/// Whether letters were replaced by question marks: by a program that knew no accents, before the file was made.
pub(crate) fn accents_lost(name: &str) -> bool {
    (!name.is_ascii() && name.contains('\u{FFFD}'))
        || (name.contains('?') && name.contains(char::is_alphabetic))
}

/// Words that stand where a name should be.
const NOBODY: [&str; 11] = [
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
/// Words that are nobody beside one of those, and may be a name alone.
const NOBODY_BESIDE: [&str; 9] =
    ["staff", "teacher", "student", "sub", "open", "position", "user", "account", "sample"];

/// What stands alone where a teacher should be.
const NOBODY_ALONE: [&str; 6] =
    ["staff", "teacher", "noteacher", "longtermsub", "longtermsubstitute", "tobehired"];

/// Whether a name is nobody's: `Staff, Vacant`, `Test Student`, `TBD`.
pub(crate) fn is_nobody(first: &str, last: &str) -> bool {
    let parted = [first, last].into_iter().flat_map(|part| part.split(|c: char| !c.is_alphabetic()));
    let letters = [first, last].concat().chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let one_part = first.trim().is_empty() || last.trim().is_empty();
    let alone = NOBODY_ALONE.iter().any(|known| letters.eq_ignore_ascii_case(known));
    // `Sam Staff` has a name, `Staff` alone has none; the longer ones are nobody's in two cells as well.
    let mut nobody = alone && (one_part || letters.len() > 7);
    for word in parted.filter(|word| !word.is_empty()) {
        let is = |known: &&str| word.eq_ignore_ascii_case(known);
        if NOBODY.iter().any(is) {
            nobody = true;
        } else if !NOBODY_BESIDE.iter().any(is) {
            return nobody;
        }
    }
    nobody
}

/// Whether an address is one that anybody can have.
pub(crate) fn is_private(email: &str) -> bool {
    const PRIVATE: [&str; 16] = [
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
    email.rsplit_once('@').is_some_and(|(_, domain)| PRIVATE.contains(&domain))
}

#[cfg(test)]
mod tests {
    use super::{accents_lost, encoded_once, is_nobody, is_private};

    #[test]
    fn text_that_was_encoded_twice_is_known_and_no_other() {
        for (twice, once) in [
            ("SÃ©bastien", "Sébastien"),
            ("NÃºÃ±ez", "Núñez"),
            ("Ã\u{81}lvarez", "Álvarez"),
            ("Oâ€™Neil", "O’Neil"),
            ("BjÃ¶rk", "Björk"),
        ] {
            assert_eq!(encoded_once(twice).as_deref(), Some(once));
        }
        for fine in ["Sébastien", "São Paulo", "Ñandú", "Ângela", "Ann", "Łukasz", "日本", "Ã", "Öz"]
        {
            assert_eq!(encoded_once(fine), None, "{fine}");
        }
    }

    #[test]
    fn lost_accents_are_known() {
        assert!(["Jos?", "N??ez", "?lvarez", "Jos\u{FFFD}"].into_iter().all(accents_lost));
        assert!(!["José", "?", "", "Ann-Marie"].into_iter().any(accents_lost));
    }

    #[test]
    fn names_that_are_nobodys_are_known_and_no_other() {
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
            assert!(is_nobody(first, last), "{first} {last}");
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
            assert!(!is_nobody(first, last), "{first} {last}");
        }
        assert!(
            is_private("ann@gmail.com") && !is_private("ann@gmail.com.lincoln.org") && !is_private("ann")
        );
    }
}
