//! How one district's files are read, where that differs from the default.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::column::{Column, normalized};
use crate::encoding::Encoding;
use crate::grade::Grade;

/// A district's profile. Its written form is TOML; what it leaves out is the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// Other names of the synced file: `*` matches any text, `?` one character; case does not matter: `roster_*.csv`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub file_names: Vec<String>,
    /// The encoding, instead of a guess.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// The separator, instead of a guess: one of `,` `;` tab `|`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separator: Option<char>,
    /// Every value was encoded as UTF-8 twice (`SÃ©bastien`); decode it twice.
    #[serde(skip_serializing_if = "is_false")]
    pub encoded_twice: bool,
    /// A class_id is unique only within its school: two schools may use the same.
    #[serde(skip_serializing_if = "is_false")]
    pub class_id_per_school: bool,
    /// The domains of the district's addresses; subdomains are included.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub email_domains: Vec<String>,
    /// Values that mean "empty", in addition to the usual ones (`NULL`, `N/A` …). Case does not matter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub empty_values: Vec<String>,
    /// Standard columns by their name in this district's files: `"Pupil Mail" = "student_email"`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
    /// Grades by this district's word for them: `"Reception" = "KG"`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub grades: BTreeMap<String, String>,
}

/// A change of a profile that a check proposes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileChange {
    /// Expect a file of this name.
    FileName(String),
    /// Read a column of the file as a standard one.
    Column {
        /// The name in the file's header.
        cell: String,
        /// The standard name.
        column: String,
    },
    /// Read the file in this encoding.
    Encoding(Encoding),
    /// Decode the file's values twice.
    EncodedTwice,
    /// Treat class ids as unique only within a school.
    ClassIdPerSchool,
}

impl ProfileChange {
    /// The change in words that continue "tell us to".
    pub fn in_words(&self) -> String {
        match self {
            ProfileChange::FileName(name) => format!("expect the file under the name '{name}'"),
            ProfileChange::Column { cell, column } => format!("read the column '{cell}' as {column}"),
            ProfileChange::Encoding(encoding) => format!("read the file as {}", encoding.name()),
            ProfileChange::EncodedTwice => "decode every value twice, because it was encoded twice".into(),
            ProfileChange::ClassIdPerSchool => "treat the same class_id in two schools as two classes".into(),
        }
    }
}

/// Why a written profile is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProfile {
    /// It is not TOML, or a key or value is unknown.
    #[error("{0}")]
    Toml(String),
    /// The separator is not one that a roster can have.
    #[error("separator: '{0}' is not one of ',' ';' '\\t' '|'")]
    Separator(char),
    /// A name for a column has no letter or digit.
    #[error("columns: '{0}' is not a column name")]
    ColumnName(String),
    /// A column of the file is given to a standard column that does not exist.
    #[error("columns: '{cell}' = '{name}': there is no column {name}; did you mean {nearest}?")]
    UnknownColumn {
        /// The name in the file's header.
        cell: String,
        /// The standard name that was given.
        name: String,
        /// The standard name that is most like it.
        nearest: &'static str,
    },
    /// A word for a grade is given to a code that does not exist.
    #[error("grades: '{word}' = '{code}': use one of PK, TK, KG, 01 to 13, PS, UG")]
    UnknownGrade {
        /// The district's word.
        word: String,
        /// The code that was given.
        code: String,
    },
    /// An e-mail domain is not a domain.
    #[error("email_domains: '{0}' is not a domain; write it as lincoln.k12.ca.us")]
    EmailDomain(String),
    /// A file name is empty or contains a folder.
    #[error("file_names: a name has at least one character, and no '/'")]
    FileName,
}

impl Profile {
    /// Reads the written form.
    pub fn parse(text: &str) -> Result<Profile, InvalidProfile> {
        let profile = toml::from_str::<Profile>(text)
            .map_err(|error| InvalidProfile::Toml(error.to_string().trim().to_owned()))?;
        profile.validate()?;
        Ok(profile)
    }

    /// The written form.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a profile has a TOML form")
    }

    fn validate(&self) -> Result<(), InvalidProfile> {
        if let Some(separator) = self.separator.filter(|separator| ![',', ';', '\t', '|'].contains(separator))
        {
            return Err(InvalidProfile::Separator(separator));
        }
        for (cell, name) in &self.columns {
            if normalized(cell).is_empty() {
                return Err(InvalidProfile::ColumnName(cell.clone()));
            }
            if Column::named(name).is_none() {
                let nearest = Column::ALL.into_iter().min_by_key(|column| column.distance(name));
                let nearest = nearest.map_or("", Column::name);
                let (cell, name) = (cell.clone(), name.clone());
                return Err(InvalidProfile::UnknownColumn { cell, name, nearest });
            }
        }
        for (word, code) in &self.grades {
            if Grade::from_code(code).is_none() {
                return Err(InvalidProfile::UnknownGrade { word: word.clone(), code: code.clone() });
            }
        }
        if let Some(domain) = self.email_domains.iter().find(|domain| !is_domain(domain)) {
            return Err(InvalidProfile::EmailDomain(domain.clone()));
        }
        if self.file_names.iter().any(|name| name.is_empty() || name.contains('/')) {
            return Err(InvalidProfile::FileName);
        }
        Ok(())
    }

    /// The same profile with a proposed change.
    pub fn accept(&mut self, change: &ProfileChange) {
        match change {
            ProfileChange::FileName(name) if !self.expects(name) => self.file_names.push(name.clone()),
            ProfileChange::FileName(_) => {}
            ProfileChange::Column { cell, column } => {
                self.columns.insert(cell.clone(), column.clone());
            }
            ProfileChange::Encoding(encoding) => self.encoding = Some(*encoding),
            ProfileChange::EncodedTwice => self.encoded_twice = true,
            ProfileChange::ClassIdPerSchool => self.class_id_per_school = true,
        }
    }

    /// Whether a file name matches one of `file_names`.
    pub fn expects(&self, name: &str) -> bool {
        let name = name.to_lowercase().chars().collect::<Vec<_>>();
        self.file_names.iter().any(|pattern| fits(&pattern.to_lowercase().chars().collect::<Vec<_>>(), &name))
    }

    /// The grade that a word means in this district.
    pub fn grade(&self, text: &str) -> Option<Grade> {
        let own = self.grades.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
        own.map_or_else(|| Grade::parse(text), |(_, code)| Grade::from_code(code))
    }

    /// Whether an address is in one of the district's domains; always true when none are known.
    pub fn knows_domain(&self, email: &str) -> bool {
        if self.email_domains.is_empty() {
            return true;
        }
        let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
        let within = |known: &String| {
            let known = known.to_ascii_lowercase();
            domain == known || domain.strip_suffix(&known).is_some_and(|below| below.ends_with('.'))
        };
        self.email_domains.iter().any(within)
    }

    /// Whether this value means "empty" in this district.
    pub fn is_empty_value(&self, text: &str) -> bool {
        self.empty_values.iter().any(|nothing| nothing.trim().eq_ignore_ascii_case(text))
    }
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_domain(text: &str) -> bool {
    text.contains('.') && text.split('.').all(|label| !label.is_empty()) && !text.contains(['@', ' ', '*'])
}

/// Whether a name matches a pattern with `*` and `?`. Backtracks to the last star only, so the time is bounded by the product of
/// both lengths.
fn fits(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut star = None;
    while place < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(letter) if *letter == '?' || *letter == name[place] => {
                at += 1;
                place += 1;
            }
            _ => match &mut star {
                Some((starred, from)) => {
                    *from += 1;
                    (at, place) = (*starred + 1, *from);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::{Profile, ProfileChange};
    use crate::grade::Grade;

    const WHOLE: &str = r#"
        file_names = ["roster_*.csv"]
        encoding = "windows-1252"
        separator = ";"
        class_id_per_school = true
        email_domains = ["lincoln.org"]
        empty_values = ["---"]
        [columns]
        "Pupil Mail" = "student_email"
        [grades]
        Reception = "KG"
    "#;

    #[test]
    fn a_written_profile_reads_back_the_same() {
        let profile = Profile::parse(WHOLE).unwrap();
        assert_eq!(Profile::parse(&profile.to_toml()).unwrap(), profile);
        assert_eq!(profile.grade("reception"), Grade::from_code("KG"));
        assert_eq!(profile.grade("5th"), Grade::from_code("05"));
        assert!(profile.is_empty_value("---") && !profile.is_empty_value("--"));
        assert_eq!(Profile::default().to_toml(), "");
    }

    #[test]
    fn errors_say_what_is_allowed() {
        for (text, says) in [
            ("separator = \"x\"", "not one of"),
            ("[columns]\nMail = \"student_emial\"", "did you mean student_email?"),
            ("[grades]\nReception = \"K\"", "use one of"),
            ("email_domains = [\"@x.org\"]", "not a domain"),
            ("filename = \"x\"", "unknown field"),
            ("encoding = \"latin9\"", "unknown variant"),
            ("file_names = [\"\"]", "at least one character"),
        ] {
            let error = Profile::parse(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn file_names_match_their_pattern_and_no_other() {
        let profile = Profile::parse("file_names = [\"roster_*.csv\", \"r?.csv\"]").unwrap();
        for name in ["roster_2026-11-23.csv", "Roster_.CSV", "r1.csv"] {
            assert!(profile.expects(name), "{name}");
        }
        for name in ["roster.csv", "roster_1.csv.bak", "r12.csv", "xroster_1.csv", ""] {
            assert!(!profile.expects(name), "{name}");
        }
    }

    #[test]
    fn subdomains_of_a_known_domain_are_known() {
        let profile = Profile::parse("email_domains = [\"lincoln.org\"]").unwrap();
        assert!(profile.knows_domain("a@lincoln.org") && profile.knows_domain("a@students.lincoln.org"));
        assert!(!profile.knows_domain("a@notlincoln.org") && !profile.knows_domain("a@lincoln.org.evil.com"));
        assert!(Profile::default().knows_domain("a@anything.org"));
    }

    #[test]
    fn an_accepted_change_is_in_the_profile() {
        let mut profile = Profile::default();
        let change = ProfileChange::Column { cell: "Pupil Mail".into(), column: "student_email".into() };
        profile.accept(&change);
        profile.accept(&ProfileChange::FileName("roster (1).csv".into()));
        profile.accept(&ProfileChange::FileName("Roster (1).csv".into()));
        assert_eq!(profile.columns["Pupil Mail"], "student_email");
        assert_eq!(profile.file_names, ["roster (1).csv"]);
        assert_eq!(Profile::parse(&profile.to_toml()).unwrap(), profile);
    }
}
