//! New keys for stored entities: how an entity of the file was matched, and proposals to match one.

use serde::{Deserialize, Serialize};

use crate::entity::EntityRef;
use crate::name::folded;
use crate::proposal_name::ProposalName;
use crate::word::string_enum;

string_enum!(
    /// How an entity of the file was matched with a stored one, in the order in which it is tried.
    MatchedBy {
        /// By a person's SIS id.
        SisId = "sis_id",
        /// By the Clever id.
        CleverId = "clever_id",
        /// By the e-mail address.
        Email = "email",
        /// By the `class_id` or `school_id`.
        Id = "id",
        /// By a key that it had before.
        FormerKey = "former_key",
        /// By evidence: names, grade, school, classes.
        Evidence = "evidence",
    }
);

string_enum!(
    /// How certain it is that two records are the same entity.
    Confidence {
        /// Possible: listed, and treated as two entities unless accepted one by one.
        Doubtful = "doubtful",
        /// Likely: waits for approval.
        Probable = "probable",
        /// Beyond doubt: applied while there are few.
        Certain = "certain",
    }
);

string_enum!(
    /// A piece of evidence that two records are the same entity.
    Evidence {
        /// The same name but for case and accents.
        SameName = "same_name",
        /// Two spellings of a name.
        SimilarName = "similar_name",
        /// The same first name, another last name.
        SameFirstName = "same_first_name",
        /// The same address before the `@`, another domain.
        SameLocalPart = "same_local_part",
        /// The same address, another id.
        SameEmail = "same_email",
        /// The same SIS id.
        SameNumber = "same_number",
        /// The same Clever id.
        SameCleverId = "same_clever_id",
        /// The same user name.
        SameUsername = "same_username",
        /// An id or address that someone had before.
        FormerKey = "former_key",
        /// The same id except for leading zeros.
        ZerosDiffer = "zeros_differ",
        /// The same id except for its prefix.
        PrefixDiffers = "prefix_differs",
        /// Another first or last name.
        AnotherName = "another_name",
        /// A name that says nothing: damaged, or in another alphabet.
        UnreadableName = "unreadable_name",
        /// A grade that does not follow from the one before.
        AnotherGrade = "another_grade",
        /// Another school.
        AnotherSchool = "another_school",
        /// The same school.
        SameSchool = "same_school",
        /// The same grade, or the next one.
        SameGrade = "same_grade",
        /// The same classes.
        SameClasses = "same_classes",
        /// Most classes are the same.
        MostClasses = "most_classes",
        /// The same students.
        SameStudents = "same_students",
        /// The same teacher.
        SameTeacher = "same_teacher",
        /// Someone else would match as well.
        NotTheOnlyOne = "not_the_only_one",
        /// Both have a SIS id, and the ids differ.
        AnotherNumber = "another_number",
        /// A person has said that both are the same.
        Accepted = "accepted",
    }
);

impl Evidence {
    /// In words.
    pub fn in_words(self) -> &'static str {
        match self {
            Evidence::SameName => "same name",
            Evidence::SimilarName => "similar name",
            Evidence::SameFirstName => "same first name",
            Evidence::SameLocalPart => "same address except for the domain",
            Evidence::SameEmail => "same address",
            Evidence::SameNumber => "same id",
            Evidence::SameCleverId => "same Clever id",
            Evidence::SameUsername => "same user name",
            Evidence::FormerKey => "an id or address of before",
            Evidence::AnotherName => "but another name",
            Evidence::UnreadableName => "but the name is damaged or in another alphabet",
            Evidence::AnotherGrade => "but a grade that does not follow",
            Evidence::AnotherSchool => "but another school",
            Evidence::ZerosDiffer => "same id except for leading zeros",
            Evidence::PrefixDiffers => "same id except for its prefix",
            Evidence::SameSchool => "same school",
            Evidence::SameGrade => "same grade",
            Evidence::SameClasses => "same classes",
            Evidence::MostClasses => "mostly the same classes",
            Evidence::SameStudents => "same students",
            Evidence::SameTeacher => "same teacher",
            Evidence::NotTheOnlyOne => "but someone else matches as well",
            Evidence::AnotherNumber => "but a different id",
            Evidence::Accepted => "accepted by a person",
        }
    }
}

/// A proposal that a new entity of the file is a stored one under another key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The stored entity; also the proposal's id.
    pub id: EntityRef,
    /// How certain it is.
    pub confidence: Confidence,
    /// Its name now.
    pub name: String,
    /// Its key now.
    pub from: String,
    /// Its key in the file.
    pub to: String,
    /// Its name in the file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub new_name: String,
    /// Evidence for it, and against it.
    pub evidence: Vec<Evidence>,
    /// Whether a person has said that both are the same: nobody needs to be asked again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accepted: bool,
    /// The new entity, unless it is treated as the stored one.
    #[serde(skip)]
    pub new_entity: Option<EntityRef>,
}

impl Proposal {
    /// Whether this is the proposal that is meant.
    pub fn is_named(&self, name: &ProposalName) -> bool {
        name.names(self.id, &self.from, &self.to)
    }

    /// "ann@x.org becomes ann@y.org"; when both have the same key, whose it is in the file.
    pub fn in_words(&self) -> String {
        let Proposal { from, to, name, new_name, .. } = self;
        if from != to {
            format!("{from} becomes {to}")
        } else if new_name.is_empty() || folded(name) == folded(new_name) {
            format!("{from} is in the file, too")
        } else {
            format!("{from} is {new_name} in the file")
        }
    }
}

/// What people decided about single proposals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProposalReviews {
    /// Rejected ones: these are two entities.
    #[serde(rename = "struck")]
    pub rejected: Vec<ProposalName>,
    /// Accepted ones: these are one.
    pub accepted: Vec<ProposalName>,
}

impl ProposalReviews {
    /// Adds later decisions, which replace earlier ones about the same proposals.
    pub fn add(&mut self, later: &ProposalReviews) {
        fn add_new(names: &mut Vec<ProposalName>, later: &[ProposalName]) {
            for name in later {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
        }
        self.rejected.retain(|id| !later.accepted.contains(id));
        self.accepted.retain(|id| !later.rejected.contains(id));
        add_new(&mut self.rejected, &later.rejected);
        add_new(&mut self.accepted, &later.accepted);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rejected.is_empty() && self.accepted.is_empty()
    }
}
