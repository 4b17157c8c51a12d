//! Grade levels as CEDS codes (Common Education Data Standards, element 000100).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;

/// A grade: `PK TK KG 01` … `13 PS UG`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Grade(u8);

const CODES: [&str; 18] = [
    "PK", "TK", "KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "PS",
    "UG",
];

impl Grade {
    /// Every grade, youngest first.
    pub fn all() -> impl Iterator<Item = Grade> {
        (0..CODES.len() as u8).map(Grade)
    }

    /// The CEDS code.
    pub fn code(self) -> &'static str {
        CODES[usize::from(self.0)]
    }

    /// Whether this is the grade after `earlier`.
    pub fn follows(self, earlier: Grade) -> bool {
        self.0 == earlier.0 + 1
    }

    /// How many grades `now` is after `before`; negative when it is a lower one.
    pub fn steps(before: Grade, now: Grade) -> i32 {
        i32::from(now.0) - i32::from(before.0)
    }

    /// Exactly a CEDS code, as the database and our own exports hold it.
    pub fn from_code(code: &str) -> Option<Grade> {
        CODES.iter().position(|known| *known == code).map(|at| Grade(at as u8))
    }

    /// What schools write: `K`, `Kinder`, `0`, `5`, `5th`, `Grade 5`, `05`, `Pre-K`. `None` when unknown.
    pub fn parse(text: &str) -> Option<Grade> {
        if let Some(grade) = Grade::from_code(text) {
            return Some(grade);
        }
        // Spreadsheets turn it into a number, `5.0`; keyboards for other scripts have full-width digits.
        let text = text.strip_suffix(".0").unwrap_or(text);
        let mut word: String =
            text.nfkc().filter(|c| c.is_alphanumeric() || *c == '-').flat_map(char::to_lowercase).collect();
        for around in ["gradelevel", "grade", "gr", "year", "class"] {
            if let Some(rest) = word.strip_prefix(around).or_else(|| word.strip_suffix(around)) {
                word = rest.trim_start_matches('-').to_owned();
                break;
            }
        }
        // `G5`, but not the letter of `KG`.
        if let Some(digits) =
            word.strip_prefix('g').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        {
            word = digits.to_owned();
        }
        if let Some(grade) = number(&word) {
            return Some(grade);
        }
        let code = match word.replace('-', "").as_str() {
            "pk" | "prek" | "prekindergarten" | "prekinder" | "preschool" | "pk3" | "pk4" | "prek3"
            | "prek4" | "p3" | "p4" | "ps3" | "ps4" | "3k" | "4k" => "PK",
            "tk" | "transitionalkindergarten" | "transitionalkinder" | "kt" => "TK",
            "k" | "0k" | "0kg" | "kind" | "kg" | "kinder" | "kindergarten" | "kf" | "kn" | "k5" | "5k"
            | "kdg" | "kgarten" => "KG",
            "first" | "one" => "01",
            "second" | "two" => "02",
            "third" | "three" => "03",
            "fourth" | "four" => "04",
            "fifth" | "five" => "05",
            "sixth" | "six" => "06",
            "seventh" | "seven" => "07",
            "eighth" | "eight" => "08",
            "ninth" | "nine" | "freshman" => "09",
            "tenth" | "ten" | "sophomore" => "10",
            "eleventh" | "eleven" | "junior" => "11",
            "twelfth" | "twelve" | "senior" => "12",
            "thirteenth" => "13",
            "ps" | "pg" | "postgraduate" | "postgrad" | "postsecondary" => "PS",
            "ug" | "ungraded" => "UG",
            _ => return None,
        };
        Grade::from_code(code)
    }
}

/// `5`, `05`, `5th`, `0`, `00` (kindergarten), `-1` (pre-kindergarten).
fn number(word: &str) -> Option<Grade> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let (ending, value) = (&word[digits.len()..], digits.parse::<i8>().ok()?);
    let ordinal_fits = match value {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    };
    if !ending.is_empty() && ending != ordinal_fits {
        return None;
    }
    match value {
        -2 | -1 => Grade::from_code("PK"),
        0 => Grade::from_code("KG"),
        1..=13 => Some(Grade(value as u8 + 2)),
        _ => None,
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl<'de> Deserialize<'de> for Grade {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Grade::from_code(&code)
            .ok_or_else(|| serde::de::Error::custom(format!("'{code}' is not a valid grade")))
    }
}

impl Serialize for Grade {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Grade;

    #[test]
    fn what_schools_write_becomes_a_ceds_code() {
        for (text, code) in [
            ("K", "KG"),
            ("KG", "KG"),
            ("0", "KG"),
            ("00", "KG"),
            ("Kinder", "KG"),
            ("kindergarten", "KG"),
            ("05", "05"),
            ("5", "05"),
            ("5th", "05"),
            ("Grade 5", "05"),
            ("5th Grade", "05"),
            ("1st", "01"),
            ("12", "12"),
            ("PK", "PK"),
            ("Pre-K", "PK"),
            ("-1", "PK"),
            ("TK", "TK"),
            ("13", "13"),
            ("PS", "PS"),
            ("ug", "UG"),
            ("gr. 7", "07"),
            ("PG", "PS"),
            ("5.0", "05"),
            ("G5", "05"),
            ("Grade-5", "05"),
            ("５", "05"),
            ("KG", "KG"),
            ("0K", "KG"),
        ] {
            assert_eq!(Grade::parse(text).map(Grade::code), Some(code), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_grade_is_unknown() {
        for text in ["", "14", "99", "5st", "banana", "K12", "1.5", "5/6", "-3", "9-12", "g", "10.0.0", "V"] {
            assert_eq!(Grade::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_code_reads_back() {
        for grade in Grade::all() {
            assert_eq!(Grade::parse(grade.code()), Some(grade));
            assert_eq!(Grade::from_code(grade.code()), Some(grade));
        }
    }
}
