//! Recognizes a name whose bytes were read in another character set than they were written in.

use crate::charset::Charset;

/// The character set in which `old` was written when it was misread as `new`; `None` when it was not. Of the many ways to take one set
/// for another, only one leads to just these letters.
pub(crate) fn misread_from(new: &str, old: &str) -> Option<Charset> {
    // Letters of ASCII are the same in all of them.
    if old.is_ascii() || new.is_ascii() || !ascii(new).eq(ascii(old)) || oddness(new) < oddness(old) {
        return None;
    }
    Charset::ALL.into_iter().find(|written| {
        let Some(bytes) = written.encode(old) else { return false };
        let readers = Charset::ALL.into_iter().chain(Charset::READ_ONLY).filter(|read| read != written);
        // What was misread, and is read rightly today, is a repair.
        let mut readers = readers.filter(|read| *read != Charset::UTF8 || !is_repair(new, old));
        readers.any(|read| visible(&read.decode(&bytes)).eq(visible(new)))
    })
}

/// Whether the stored value is UTF-8 that was misread, and the new one is right.
fn is_repair(new: &str, old: &str) -> bool {
    !new.contains(char::REPLACEMENT_CHARACTER) && old.chars().count() > new.chars().count()
}

fn ascii(text: &str) -> impl Iterator<Item = char> {
    visible(text).filter(char::is_ascii)
}

/// Invisible characters may have been removed on the way.
fn visible(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !c.is_control() && !c.is_whitespace() && *c != '\u{AD}')
}

/// How much in a name is no name's: signs beyond ASCII, capitals after small letters, two alphabets in one, three accented letters in
/// a row.
fn oddness(name: &str) -> usize {
    let is_latin = |c: char| c < '\u{370}' || ('\u{1E00}'..'\u{1F00}').contains(&c);
    let (mut odd, mut run, mut before) = (0, 0, ' ');
    for c in name.chars() {
        let is_accented = !c.is_ascii() && c.is_alphabetic() && is_latin(c);
        run = if is_accented { run + 1 } else { 0 };
        let is_sign = !c.is_ascii() && !c.is_alphabetic() && c != '’';
        let is_capital_inside = !c.is_ascii() && c.is_uppercase() && before.is_lowercase();
        let is_other_alphabet =
            before.is_alphabetic() && c.is_alphabetic() && is_latin(c) != is_latin(before);
        odd +=
            [is_sign, is_capital_inside, is_other_alphabet, run == 3].into_iter().filter(|odd| *odd).count();
        before = c;
    }
    odd
}

#[cfg(test)]
mod tests {
    use super::misread_from;
    use crate::charset::Charset;

    fn read_as(name: &str, written: Charset, read: Charset) -> String {
        read.decode(&written.encode(name).unwrap_or_default()).into_owned()
    }

    #[test]
    fn a_name_is_recognized_in_whatever_character_set_it_was_misread() {
        let [_, _, dos_437, dos_850, ..] = Charset::ALL;
        let [utf8, mac, western] = [Charset::UTF8, Charset::MAC, Charset::WESTERN];
        for (name, written, read) in [
            ("José", western, mac),
            ("Núñez", western, dos_850),
            ("Núñez", utf8, dos_850),
            ("Zoë", utf8, dos_437),
            ("Zoë", utf8, mac),
            ("Björn", dos_850, western),
            ("José", western, Charset::CYRILLIC),
            ("Иван", Charset::CYRILLIC, western),
            ("Dvořák", Charset::CENTRAL, western),
            ("Núñez", western, Charset::CENTRAL),
            ("Łukasz", utf8, Charset::CENTRAL),
            ("Müller", utf8, Charset::READ_ONLY[0]),
            ("Zoë", utf8, Charset::READ_ONLY[2]),
            ("Šimůnek", utf8, Charset::READ_ONLY[2]),
        ] {
            let shown = read_as(name, written, read);
            let found = misread_from(&shown, name);
            assert!(found.is_some(), "{shown} {name}");
            // A letter may stand at one place in several sets: what matters for the sentence is UTF-8.
            assert_eq!(found == Some(Charset::UTF8), written == Charset::UTF8, "{shown} {name}");
        }
    }

    #[test]
    fn a_name_that_is_put_right_or_corrected_is_not_misread() {
        let [utf8, western] = [Charset::UTF8, Charset::WESTERN];
        for (new, old) in [
            ("José", read_as("José", utf8, western).as_str()),
            ("José", read_as("José", western, Charset::CYRILLIC).as_str()),
            ("José", read_as("José", western, Charset::MAC).as_str()),
            ("Иван", read_as("Иван", Charset::CYRILLIC, western).as_str()),
            ("Nguyễn", "Nguyên"),
            ("Łukasz", "Lukasz"),
            ("Josè", "José"),
            ("Jose", "José"),
        ] {
            assert_eq!(misread_from(new, old), None, "{new} {old}");
        }
    }
}
