//! Chooses the encoding of a file that is not UTF-8: the one that makes names yesterday's names, or words at all.

use std::collections::HashSet;

use homeroom_model::encoding::Encoding;

use crate::decoding::{Decoder, Decoding};
use crate::letters::letters;
use crate::survey::Survey;

/// The words of names that are known, in lower case.
pub type KnownWords<'k> = dyn Fn() -> HashSet<String> + Sync + 'k;

/// How a file that is not UTF-8, or not all of it, is read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuessedEncoding {
    /// How it is read.
    pub decoding: Decoding,
    /// The first lines that are not UTF-8, the first of the file being 1.
    pub lines: Vec<u32>,
    /// How many lines are not UTF-8.
    pub line_count: u64,
    /// Some words as they are read.
    pub examples: Vec<String>,
    /// Whether some of them are known.
    pub is_proved: bool,
}

impl GuessedEncoding {
    /// An encoding that was found out before.
    pub(crate) fn known(decoding: Decoding) -> GuessedEncoding {
        GuessedEncoding { decoding, lines: vec![], line_count: 0, examples: vec![], is_proved: false }
    }
}

/// How many words are given as examples.
const MAX_EXAMPLES: usize = 3;

/// With fewer words that are not UTF-8, a file in UTF-8 is more likely damaged than put together from two.
const FEW_WORDS: usize = 3;

/// Chooses how a file is read.
pub(crate) fn guess(survey: Survey, known: &KnownWords<'_>) -> GuessedEncoding {
    let known = known();
    let one_byte = Encoding::ALL.into_iter().filter(|encoding| letters(*encoding).is_some());
    let mut best: Option<Scored> = None;
    for encoding in one_byte {
        let mixed = (!survey.utf8.is_empty()).then_some(Decoding::Utf8And(Some(encoding)));
        for decoding in mixed.into_iter().chain([Decoding::Whole(encoding)]) {
            let scored = Scored::new(decoding, &survey, &known);
            if best.as_ref().is_none_or(|best| scored.score > best.score) {
                best = Some(scored);
            }
        }
    }
    let decoding = match &best {
        Some(best) if !best.is_doubtful(&survey, &known) => best.decoding,
        _ => Decoding::Utf8And(None),
    };
    let decoder = Decoder::new(decoding);
    let examples = survey.foreign.iter().take(MAX_EXAMPLES).map(|word| decoder.text(word)).collect();
    let is_proved = best.is_some_and(|best| best.decoding == decoding && best.known > 0);
    GuessedEncoding { decoding, lines: survey.lines, line_count: survey.line_count, examples, is_proved }
}

/// A way to read the words of a file, and what speaks for it.
struct Scored {
    decoding: Decoding,
    score: i64,
    /// Words of other bytes that are known.
    known: usize,
    /// Words of other bytes that are none.
    broken: usize,
}

/// What a known word is worth.
const KNOWN: i64 = 8;

/// What a word is worth that is UTF-8 and read as such: other encodings hardly ever look like it.
const NO_ACCIDENT: i64 = 3;

impl Scored {
    fn new(decoding: Decoding, survey: &Survey, known: &HashSet<String>) -> Scored {
        let decoder = Decoder::new(decoding);
        let mut scored = Scored { decoding, score: 0, known: 0, broken: 0 };
        for (words, is_foreign) in [(&survey.foreign, true), (&survey.utf8, false)] {
            for word in words {
                let text = decoder.text(word);
                let likeness = likeness(&text);
                let is_known = known.contains(&text.to_lowercase());
                let is_whole_utf8 = !is_foreign && matches!(decoding, Decoding::Utf8And(_));
                scored.score += likeness + if is_known { KNOWN } else { 0 };
                scored.score += if is_whole_utf8 { NO_ACCIDENT } else { 0 };
                scored.known += usize::from(is_known && is_foreign);
                scored.broken += usize::from(!is_known && likeness < 0 && is_foreign);
            }
        }
        scored
    }

    /// Whether the other bytes are more likely damage than letters.
    fn is_doubtful(&self, survey: &Survey, known: &HashSet<String>) -> bool {
        let is_utf8 = matches!(self.decoding, Decoding::Utf8And(_));
        let lost = Decoder::new(Decoding::Utf8And(None));
        let replaces = |word: &Vec<u8>| is_form_of_known(&lost.text(word).to_lowercase(), known);
        self.broken * 2 > survey.foreign.len()
            || (is_utf8
                && self.known == 0
                && survey.foreign.len() < FEW_WORDS
                && survey.foreign.iter().any(replaces))
    }
}

/// Whether a known word has the letters before and after those that were lost, and is as long.
fn is_form_of_known(lost: &str, known: &HashSet<String>) -> bool {
    let mark = char::REPLACEMENT_CHARACTER;
    let (Some((before, _)), Some((_, after))) = (lost.split_once(mark), lost.rsplit_once(mark)) else {
        return false;
    };
    let length = lost.chars().count();
    let fits = |word: &String| {
        word.len() >= before.len() + after.len()
            && word.starts_with(before)
            && word.ends_with(after)
            && word.chars().count().abs_diff(length) <= 1
    };
    before.len() + after.len() > 2 && known.iter().any(fits)
}

/// How much a word looks like one: 2 for letters where they belong, -2 for signs among them.
fn likeness(word: &str) -> i64 {
    let is_sign =
        |c: char| matches!(c, '’' | '‘' | '“' | '”' | '–' | '—' | '…' | '•' | '°' | '®' | '™' | '\u{A0}');
    if !word.chars().any(|c| c.is_alphabetic() && !c.is_ascii()) && word.chars().any(is_sign) {
        let is_elision = |(before, after): (&str, &str)| {
            matches!(before, "O" | "o" | "D" | "d" | "L" | "l") || matches!(after, "s" | "t" | "S" | "T")
        };
        let is_usual = word.chars().all(|c| is_sign(c) || c.is_ascii());
        let is_elided = word.split_once('’').is_some_and(is_elision);
        return if !is_usual {
            -2
        } else {
            i64::from(is_elided) + i64::from(is_elided || word.chars().all(is_sign))
        };
    }
    let parts = word.split(is_sign).filter(|part| !part.is_ascii());
    parts.map(part_likeness).min().unwrap_or(0)
}

fn part_likeness(part: &str) -> i64 {
    let is_letter =
        |c: char| c.is_alphabetic() && !matches!(c, 'ª' | 'º' | 'µ' | 'ƒ' | 'ⁿ' | '\u{2B0}'..='\u{2FF}');
    let letters = part.chars().collect::<Vec<_>>();
    let is_broken = |pair: &[char]| {
        let is_foreign = !(pair[0].is_ascii() && pair[1].is_ascii());
        is_foreign
            && ((pair[0].is_lowercase() && pair[1].is_uppercase()) || script(pair[0]) != script(pair[1]))
    };
    if !letters.iter().copied().all(is_letter) || letters.windows(2).any(is_broken) {
        return -2;
    }
    let foreign = letters.iter().filter(|c| !c.is_ascii()).count();
    let is_latin = letters.iter().all(|c| script(*c) == Script::Latin);
    // A capital within a word that goes on in small letters.
    let has_odd_capital = letters.len() > 2
        && letters
            .windows(2)
            .skip(1)
            .any(|pair| pair[0].is_uppercase() && !pair[0].is_ascii() && pair[1].is_lowercase());
    let is_crowded = is_latin && foreign > 2 && foreign * 2 > letters.len();
    match letters[0] {
        _ if has_odd_capital || is_crowded => -1,
        _ if letters.len() == 1 => 0,
        first if first.is_lowercase() && !first.is_ascii() => 1,
        _ => 2,
    }
}

#[derive(PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
}

fn script(c: char) -> Script {
    match c {
        '\u{370}'..='\u{3FF}' => Script::Greek,
        '\u{400}'..='\u{4FF}' => Script::Cyrillic,
        _ => Script::Latin,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use homeroom_model::encoding::Encoding;

    use super::{Decoding, GuessedEncoding, guess};
    use crate::letters::letters;
    use crate::survey::Survey;

    fn encoded(text: &str, encoding: Encoding) -> Vec<u8> {
        let letters = letters(encoding).unwrap();
        let byte = |c: char| {
            let at = letters.iter().position(|letter| *letter == c);
            if c.is_ascii() { c as u8 } else { at.expect("the encoding has this letter") as u8 | 0x80 }
        };
        text.chars().map(byte).collect()
    }

    fn guessed(bytes: &[u8], known: &[&str]) -> GuessedEncoding {
        let known = known.iter().map(|word| word.to_lowercase()).collect::<HashSet<_>>();
        guess(Survey::of(bytes).unwrap(), &|| known.clone())
    }

    #[test]
    fn the_encoding_in_which_names_are_words_is_chosen() {
        let western = "José,Núñez,García,Zoë,Müller,François,Chloé,Sofía,Peña,Muñoz";
        for (encoding, names) in [
            (Encoding::Windows1252, western),
            (Encoding::Windows1252, "MUÑOZ,JOSÉ,PEÑA,NÚÑEZ,O’Neil"),
            (Encoding::Windows1252, "Mary’s Class,AP English – 2,Smith–Jones,Ann\u{A0}Lee"),
            (Encoding::Macintosh, western),
            (Encoding::Ibm437, western),
            (Encoding::Ibm850, "JOSÉ,MUÑOZ,GARCÍA,NÚÑEZ,MARTÍN"),
            (Encoding::Windows1250, "Wałęsa,Świątek,Żółć,Łukasz"),
            (Encoding::Windows1251, "Иван,Наталья,Дмитриевич,Ольга"),
            (Encoding::Koi8R, "Иван,Наталья,Дмитриевич,Ольга"),
            (Encoding::Ibm866, "Иван,Наталья,Дмитриевич,Ольга"),
            (Encoding::MacCyrillic, "Иван,Наталья,Дмитриевич,Ольга"),
            (Encoding::Windows1253, "Γιάννης,Παπαδόπουλος,Μαρία"),
        ] {
            let guessed = guessed(&encoded(names, encoding), &[]);
            assert_eq!(guessed.decoding, Decoding::Whole(encoding), "{names}: {:?}", guessed.examples);
        }
    }

    #[test]
    fn the_encoding_that_makes_names_yesterdays_names_is_chosen() {
        for (encoding, names) in [
            (Encoding::Windows1254, "Yıldız,Şahin,Ayşe"),
            (Encoding::Windows1250, "Dvořák,Růžička"),
            (Encoding::Windows1257, "Jānis,Bērziņš"),
            (Encoding::Macintosh, "Björk"),
            (Encoding::Iso8859_2, "Šimůnek"),
        ] {
            let known = names.split(',').collect::<Vec<_>>();
            let guessed = guessed(&encoded(names, encoding), &known);
            assert_eq!((guessed.decoding, guessed.is_proved), (Decoding::Whole(encoding), true), "{names}");
        }
    }

    #[test]
    fn what_is_utf8_stays_utf8() {
        let first = "José,Иван,Núñez,Ольга\n".as_bytes();
        let second = encoded("\nGarcía,Peña,Muñoz,Chloé\n", Encoding::Windows1252);
        let both = [first, &second].concat();
        let found = guessed(&both, &[]);
        assert_eq!(found.decoding, Decoding::Utf8And(Some(Encoding::Windows1252)));
        assert_eq!((found.lines, found.examples.len()), (vec![3], 3));
        let found = guessed(&[first, b"S\xE3o"].concat(), &["São"]);
        assert_eq!(found.decoding, Decoding::Utf8And(Some(Encoding::Windows1252)));
        // A changed byte is no letter of another encoding.
        let found = guessed(&[first, b"Jos\xE5phine"].concat(), &["Josephine"]);
        assert_eq!(
            (found.decoding, found.examples),
            (Decoding::Utf8And(None), vec!["Jos\u{FFFD}phine".into()])
        );
    }
}
