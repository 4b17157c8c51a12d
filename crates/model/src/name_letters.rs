//! The letters of a name: whether they were lost on the way, and how they are written in Latin ones.

use crate::name::folded;

/// Whether letters of a name were lost or turned into others on the way: `????`, `Jos\u{FFFD}`, `JosÃ©`.
pub fn is_damaged(name: &str) -> bool {
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut is_mojibake = || {
            // UTF-8 read as Windows-1252 or Latin-1: a first byte, then what looks like one of the bytes after it.
            matches!(letter, 'Ã' | 'Â' | 'Ä' | 'Å' | 'Ð' | 'Ñ' | 'Î' | 'Ï')
                && letters.peek().is_some_and(|next| {
                    matches!(*next, '\u{80}'..='\u{BF}' | '‚'..='‰' | 'Œ' | 'œ' | 'Š' | 'š' | 'Ž' | 'ž' | 'Ÿ' | '€' | '™' | 'ƒ' | 'ˆ' | '˜')
                })
        };
        if matches!(letter, '?' | '\u{FFFD}') || is_mojibake() {
            return true;
        }
    }
    false
}

/// The alphabet of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// Latin.
    Latin,
    /// Cyrillic or Greek, which have Latin letters for each of theirs.
    Transliterated,
    /// Another one.
    Other,
}

/// The alphabet of most letters; that of a name without letters is Latin.
pub fn script(name: &str) -> Script {
    let (mut latin, mut transliterated, mut other) = (0, 0, 0);
    for letter in name.chars().filter(|letter| letter.is_alphabetic()) {
        match letter {
            '\u{0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => latin += 1,
            '\u{370}'..='\u{52F}' | '\u{1F00}'..='\u{1FFF}' => transliterated += 1,
            _ => other += 1,
        }
    }
    if transliterated > latin.max(other) {
        Script::Transliterated
    } else if other > latin {
        Script::Other
    } else {
        Script::Latin
    }
}

/// Whether two names in different alphabets have the same consonants, whatever the way of writing them in Latin letters: `Юрий` and
/// `Yurii`, `Сидорчук` and `Sydorchuk`.
pub fn same_consonants(a: &str, b: &str) -> bool {
    let (a, b) = (consonants(a), consonants(b));
    !a.is_empty() && a == b
}

/// A name's consonants in Latin letters, those that are written in several ways as one.
fn consonants(name: &str) -> String {
    let latin = folded(name).chars().map(latin).collect::<String>();
    let latin = latin.replace("ph", "f").replace("th", "t").replace("kh", "h").replace("ks", "x");
    let mut consonants = String::new();
    for letter in latin.chars() {
        let letter = match letter {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'j' | ' ' | '\'' => continue,
            'w' => 'v',
            'g' => 'h',
            'c' | 'q' => 'k',
            letter => letter,
        };
        if !consonants.ends_with(letter) {
            consonants.push(letter);
        }
    }
    consonants
}

/// A small Cyrillic or Greek letter in Latin ones; others stay.
fn latin(letter: char) -> &'static str {
    const LETTERS: &[(&str, &str)] = &[
        ("аάα", "a"),
        ("бβ", "b"),
        ("вϐ", "v"),
        ("гґγ", "g"),
        ("дδђ", "d"),
        ("еєэёεέѐ", "e"),
        ("ж", "zh"),
        ("зζ", "z"),
        ("иіїйыηήιίϊјѝ", "i"),
        ("кκќ", "k"),
        ("лλљ", "l"),
        ("мμ", "m"),
        ("нνњ", "n"),
        ("оοόωώ", "o"),
        ("пπ", "p"),
        ("рρ", "r"),
        ("сσς", "s"),
        ("тτћ", "t"),
        ("уўυύϋ", "u"),
        ("фφ", "f"),
        ("хχ", "h"),
        ("ц", "ts"),
        ("ч", "ch"),
        ("ш", "sh"),
        ("щ", "shch"),
        ("ю", "yu"),
        ("я", "ya"),
        ("θ", "th"),
        ("ξ", "ks"),
        ("ψ", "ps"),
        ("ъь", ""),
        ("a", "a"),
        ("b", "b"),
        ("c", "c"),
        ("d", "d"),
        ("e", "e"),
        ("f", "f"),
        ("g", "g"),
        ("h", "h"),
        ("i", "i"),
        ("j", "j"),
        ("k", "k"),
        ("l", "l"),
        ("m", "m"),
        ("n", "n"),
        ("o", "o"),
        ("p", "p"),
        ("q", "q"),
        ("r", "r"),
        ("s", "s"),
        ("t", "t"),
        ("u", "u"),
        ("v", "v"),
        ("w", "w"),
        ("x", "x"),
        ("y", "y"),
        ("z", "z"),
    ];
    LETTERS.iter().find(|(letters, _)| letters.contains(letter)).map_or(" ", |(_, latin)| latin)
}

#[cfg(test)]
mod tests {
    use super::{Script, is_damaged, same_consonants, script};

    #[test]
    fn lost_letters_are_seen() {
        for name in ["????", "Jos\u{FFFD}", "JosÃ©", "MÃ¼ller", "Ð˜Ð²Ð°Ð½"] {
            assert!(is_damaged(name), "{name}");
        }
        for name in ["José", "Müller", "Ñandu", "Ångström", "Иван", ""] {
            assert!(!is_damaged(name), "{name}");
        }
    }

    #[test]
    fn a_name_is_recognized_in_another_alphabet() {
        for (a, b) in [
            ("Иван", "Ivan"),
            ("Сидорчук", "Sydorchuk"),
            ("Юрий", "Yurii"),
            ("Павел", "Pavlo"),
            ("Новак", "Novak"),
            ("Γιώργος", "Giorgos"),
        ] {
            assert!(same_consonants(a, b), "{a} {b}");
            assert_eq!((script(a), script(b)), (Script::Transliterated, Script::Latin));
        }
        assert!(!same_consonants("Иван", "Boris"));
        assert_eq!(script("李"), Script::Other);
    }
}
