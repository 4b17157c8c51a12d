//! Letters that look like those of addresses and ids and are others: Cyrillic `а`, full-width `＠`, a hyphen that does not break.

/// A text without look-alikes, and the first of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Straightened {
    pub(crate) text: String,
    /// The character, and its place in the text, the first being 1.
    pub(crate) first: (char, usize),
}

impl Straightened {
    /// What the first look-alike is, and where: the beginning of a sentence.
    pub(crate) fn what(&self) -> String {
        let (letter, place) = self.first;
        let kind = match letter {
            '\u{200C}'..='\u{200F}' => return format!("Character {place} is an invisible mark"),
            '\u{370}'..='\u{3FF}' => "a Greek letter",
            '\u{400}'..='\u{52F}' => "a Cyrillic letter",
            '\u{FF01}'..='\u{FF5E}' => "a full-width character",
            '\u{2010}'..='\u{2212}' => "another hyphen",
            _ => "another character",
        };
        format!("Character {place}, '{letter}', is {kind} that looks like an ordinary one")
    }
}

/// An address in plain letters; `None` when it has nothing else, or not all of it is a look-alike.
pub(crate) fn straight_address(text: &str) -> Option<Straightened> {
    straightened(text, |_| true)
}

/// An id or user name in plain letters; `None` when it has nothing else, or may well be meant as it is: an id in Cyrillic letters
/// alone, or one with a dash.
pub(crate) fn straight_key(text: &str) -> Option<Straightened> {
    let has_latin = text.contains(|c: char| c.is_ascii_alphabetic());
    straightened(text, |c| match c {
        '\u{2012}'..='\u{2015}' | '\u{2212}' => false,
        '\u{370}'..='\u{52F}' => has_latin,
        _ => true,
    })
}

fn straightened(text: &str, replaces: impl Fn(char) -> bool) -> Option<Straightened> {
    if text.is_ascii() {
        return None;
    }
    let plain = |c: char| if replaces(c) { plain(c) } else { None };
    let straight =
        text.chars().map(|c| if c.is_ascii() { Some(String::from(c)) } else { plain(c).map(str::to_owned) });
    let straight = straight.collect::<Option<String>>()?;
    let (at, letter) = text.chars().enumerate().find(|(_, c)| !c.is_ascii())?;
    Some(Straightened { text: straight, first: (letter, at + 1) })
}

const CYRILLIC: &str = "аaеeоoрpсcуyхxкkіiѕsјjһhԁdԛqԝwАAВBЕEКKМMНHОOРPСCТTУYХXІIЅSЈJ";
const GREEK: &str = "οoνvαaρpιiκkυuΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX";
const OTHERS: &str = "ıiɡg‐-‑-‒-–-—-―-−-﹣-﹫@․.。.";

/// The plain character that another one looks like; empty for one that nobody sees.
fn plain(c: char) -> Option<&'static str> {
    const ASCII: &str =
        "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    if let '\u{FF01}'..='\u{FF5E}' = c {
        let at = c as usize - 0xFF01;
        return ASCII.get(at..at + 1);
    }
    if let '\u{200C}'..='\u{200F}' = c {
        return Some("");
    }
    [CYRILLIC, GREEK, OTHERS].into_iter().find_map(|pairs| {
        let after = pairs.find(c)? + c.len_utf8();
        pairs.get(after..after + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::{straight_address, straight_key};

    #[test]
    fn a_look_alike_is_read_as_the_letter_that_is_meant() {
        for (text, place) in [
            ("аnn.lee@x-y.org", 1),
            ("ann.lee＠x-y.org", 8),
            ("ann.lee@x\u{2011}y.org", 10),
            ("ann.l\u{200D}ee@x-y.org", 6),
            ("ann.lee@x-y.οrg", 13),
        ] {
            let straight = straight_address(text).unwrap();
            assert_eq!((straight.text.as_str(), straight.first.1), ("ann.lee@x-y.org", place));
        }
        for text in ["ann@x.org", "josé@x.org", "иван@почта.рф"] {
            assert_eq!(straight_address(text), None, "{text}");
        }
    }

    #[test]
    fn an_id_that_is_meant_as_it_is_stays() {
        assert_eq!(straight_key("S61О001").unwrap().text, "S61O001");
        assert_eq!(straight_key("６１０００１").unwrap().text, "610001");
        for text in ["5А", "Math–1", "5Б-К", "610001"] {
            assert_eq!(straight_key(text), None, "{text}");
        }
    }
}
