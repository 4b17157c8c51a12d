//! Recognizes a name from which letters are gone, or in whose place signs stand.

/// What is written for a letter that a program cannot write.
const SIGNS: [char; 5] = ['?', '\u{FFFD}', '_', '□', '¿'];

/// Whether signs stand in the place of letters outside ASCII, or of each byte of them; others may have stayed.
pub(crate) fn are_replaced(new: &str, old: &str) -> bool {
    new.contains(SIGNS) && !old.is_ascii() && fits(new, old)
}

fn fits(new: &str, old: &str) -> bool {
    let Some(letter) = old.chars().next() else { return new.is_empty() };
    let rest = &old[letter.len_utf8()..];
    if let Some(after) = new.strip_prefix(letter) {
        return fits(after, rest);
    }
    // One sign for the letter, or one for each of its bytes.
    let mut after = new;
    for bytes in 1..=letter.len_utf8() {
        match after.strip_prefix(SIGNS) {
            Some(next) if !letter.is_ascii() => after = next,
            _ => return false,
        }
        if (bytes == 1 || bytes == letter.len_utf8()) && fits(after, rest) {
            return true;
        }
    }
    false
}

/// Whether letters outside ASCII are gone, or all from the first of them on.
pub(crate) fn are_dropped(new: &str, old: &str) -> bool {
    if old.is_ascii() || new.is_empty() {
        return false;
    }
    let first = old.find(|c: char| !c.is_ascii()).unwrap_or(old.len());
    let left = old.chars().filter(char::is_ascii);
    new == old[..first].trim_end() || new.chars().eq(left)
}

/// Whether a name was cut off: at how many letters.
pub(crate) fn cut_at(new: &str, old: &str) -> Option<usize> {
    let is_inside = old.strip_prefix(new)?.starts_with(char::is_alphanumeric);
    let length = new.chars().count();
    (is_inside && length >= 3).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::{are_dropped, are_replaced, cut_at};

    #[test]
    fn signs_stand_for_letters() {
        for (new, old) in [
            ("Jos?", "José"),
            ("Jos??", "José"),
            ("N?ñez", "Núñez"),
            ("Nú?ez", "Núñez"),
            ("N__ez", "Núñez"),
            ("N????ez", "Núñez"),
            ("????", "Иван"),
            ("Nguy?n", "Nguyễn"),
            ("Nguy???n", "Nguyễn"),
        ] {
            assert!(are_replaced(new, old), "{new} {old}");
        }
        for (new, old) in [("J?sé", "José"), ("Jos_", "Jose"), ("José", "José"), ("Ana_Lú", "Ana Lú")] {
            assert!(!are_replaced(new, old), "{new} {old}");
        }
    }

    #[test]
    fn letters_are_gone() {
        assert!(are_dropped("Nez", "Núñez") && are_dropped("N", "Núñez") && are_dropped("Jos", "José"));
        assert!(!are_dropped("Nunez", "Núñez") && !are_dropped("Ann", "Anna") && !are_dropped("", "Иван"));
        assert_eq!(cut_at("Quacke", "Quackenbush"), Some(6));
        assert_eq!(
            (cut_at("Ana", "Ana Maria"), cut_at("Anna", "Ann"), cut_at("Al", "Albert")),
            (None, None, None)
        );
    }
}
