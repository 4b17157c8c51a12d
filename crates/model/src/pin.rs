//! Pins: manual changes that syncs keep.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::grade::Grade;
use crate::ids::PinNumber;

/// What a pin changes compared with the file. Classes and people are named by their keys, as the file names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum PinChange {
    /// This student is in this class.
    ExtraStudent {
        /// `class_id`
        class: String,
        /// The person.
        student: PinnedPerson,
        /// The grade, for a student who is not in the file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grade: Option<Grade>,
    },
    /// This teacher also teaches this class.
    CoTeacher {
        /// `class_id`
        class: String,
        /// The person.
        teacher: PinnedPerson,
    },
    /// This class has this name.
    ClassName {
        /// `class_id`
        class: String,
        /// The name.
        name: String,
    },
    /// This person is left out, whatever the file says.
    Excluded {
        /// E-mail address or SIS id.
        person: String,
    },
}

/// A person in a pin; the names are used for a person who is not in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinnedPerson {
    /// E-mail address or SIS id.
    pub key: String,
    /// First name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub first_name: String,
    /// Last name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last_name: String,
}

/// A pin of a district.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pin {
    /// Its number in the district: 1, 2, 3 …
    pub number: PinNumber,
    /// The change.
    #[serde(flatten)]
    pub change: PinChange,
    /// Who asked for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last day on which it applies, in the district's time zone.
    pub until: Date,
    /// The end of that day.
    pub expires_at: Timestamp,
}

impl PinChange {
    /// The change in words, with the keys it contains.
    pub fn in_words(&self) -> String {
        match self {
            PinChange::ExtraStudent { class, student, .. } => format!("{} is in class {class}", student.key),
            PinChange::CoTeacher { class, teacher } => format!("{} teaches class {class}", teacher.key),
            PinChange::ClassName { class, name } => format!("class {class} is named '{name}'"),
            PinChange::Excluded { person } => format!("{person} is left out"),
        }
    }
}
