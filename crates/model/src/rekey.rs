//! New keys for known things: how a thing in the file was recognised, and what is only proposed.

use serde::{Deserialize, Serialize};

use crate::entity::EntityRef;

/// How a thing in the file was found among the stored ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    /// By the SIS's own number of a person.
    SisId,
    /// By the Clever id.
    CleverId,
    /// By the e-mail address.
    Email,
    /// By the `class_id` or `school_id`.
    Id,
    /// By a key that it had before.
    FormerKey,
    /// By evidence: names, grade, school, classes.
    Evidence,
}

impl MatchedBy {
    /// All, in the order in which they are tried.
    pub const ALL: [MatchedBy; 6] = [
        MatchedBy::SisId,
        MatchedBy::CleverId,
        MatchedBy::Email,
        MatchedBy::Id,
        MatchedBy::FormerKey,
        MatchedBy::Evidence,
    ];

    /// The word in JSON and CSV.
    pub fn as_str(self) -> &'static str {
        match self {
            MatchedBy::SisId => "sis_id",
            MatchedBy::CleverId => "clever_id",
            MatchedBy::Email => "email",
            MatchedBy::Id => "id",
            MatchedBy::FormerKey => "former_key",
            MatchedBy::Evidence => "evidence",
        }
    }
}

/// How sure it is that two are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Perhaps: only listed, never taken without being accepted one by one.
    Doubtful,
    /// Most likely: waits for an approval.
    Probable,
    /// Beyond doubt: goes ahead while there are few.
    Certain,
}

impl Confidence {
    /// The word in JSON and CSV.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Doubtful => "doubtful",
            Confidence::Probable => "probable",
            Confidence::Certain => "certain",
        }
    }
}

/// A piece of evidence that two are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The same name, letter by letter but for case and accents.
    SameName,
    /// One name in two spellings.
    SimilarName,
    /// The same first name, another last name.
    SameFirstName,
    /// The same address before the `@`, another domain.
    SameLocalPart,
    /// The same address, another number.
    SameEmail,
    /// The same number but for zeros in front.
    ZerosDiffer,
    /// The same number with something put in front or taken away.
    PrefixDiffers,
    /// The same school.
    SameSchool,
    /// The same grade, or the next one.
    SameGrade,
    /// The same classes.
    SameClasses,
    /// Most classes are the same.
    MostClasses,
    /// The same students.
    SameStudents,
    /// The same teacher.
    SameTeacher,
    /// Someone else would fit as well.
    NotTheOnlyOne,
    /// The SIS gave both a number, and not the same.
    AnotherNumber,
}

impl Evidence {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Evidence::SameName => "same name",
            Evidence::SimilarName => "similar name",
            Evidence::SameFirstName => "same first name",
            Evidence::SameLocalPart => "same address but for the domain",
            Evidence::SameEmail => "same address",
            Evidence::ZerosDiffer => "same number but for zeros in front",
            Evidence::PrefixDiffers => "same number but for what stands in front",
            Evidence::SameSchool => "same school",
            Evidence::SameGrade => "same grade",
            Evidence::SameClasses => "same classes",
            Evidence::MostClasses => "mostly the same classes",
            Evidence::SameStudents => "same students",
            Evidence::SameTeacher => "same teacher",
            Evidence::NotTheOnlyOne => "but someone else fits as well",
            Evidence::AnotherNumber => "but another number",
        }
    }
}

/// That a new thing of the file is a stored one under another key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The stored entity, which is also what the proposal is called.
    pub id: EntityRef,
    /// How sure it is.
    pub confidence: Confidence,
    /// Its name now.
    pub name: String,
    /// Its key now.
    pub from: String,
    /// Its key in the file.
    pub to: String,
    /// What speaks for it, and against.
    pub evidence: Vec<Evidence>,
    /// The new entity, while both are treated as two.
    #[serde(skip)]
    pub new_entity: Option<EntityRef>,
}

/// What a person said about single proposals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Verdicts {
    /// Struck out: these are two, not one.
    pub struck: Vec<EntityRef>,
    /// Doubtful ones that are right.
    pub accepted: Vec<EntityRef>,
}

impl Verdicts {
    /// Adds what was said later: it counts.
    pub fn add(&mut self, later: &Verdicts) {
        let Verdicts { struck, accepted } = self;
        struck.retain(|id| !later.accepted.contains(id));
        accepted.retain(|id| !later.struck.contains(id));
        struck.extend(later.struck.iter().filter(|id| !struck.contains(id)).copied().collect::<Vec<_>>());
        accepted
            .extend(later.accepted.iter().filter(|id| !accepted.contains(id)).copied().collect::<Vec<_>>());
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.struck.is_empty() && self.accepted.is_empty()
    }
}
