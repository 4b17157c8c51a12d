//! Pins: changes made by hand that syncs must not undo.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::grade::Grade;
use crate::ids::PinNumber;

/// What is different from the file. Classes and people are named by their keys, as the file names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum PinWhat {
    /// This student is in this class.
    ExtraStudent {
        /// `class_id`
        class: String,
        /// Who.
        student: PinnedPerson,
        /// The grade, for a student whom the file does not have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grade: Option<Grade>,
    },
    /// This teacher teaches this class, too.
    CoTeacher {
        /// `class_id`
        class: String,
        /// Who.
        teacher: PinnedPerson,
    },
    /// This class is called so.
    ClassName {
        /// `class_id`
        class: String,
        /// The name.
        name: String,
    },
    /// This person is left out, whatever the file says.
    Excluded {
        /// E-mail address or SIS number.
        person: String,
    },
}

/// A person whom a pin names; the names are for one whom the file does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinnedPerson {
    /// E-mail address or SIS number.
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
    /// What is different.
    #[serde(flatten)]
    pub what: PinWhat,
    /// Who wants it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last day on which it counts, in the district's time zone.
    pub until: Date,
    /// The end of that day.
    pub expires_at: Timestamp,
}

impl PinWhat {
    /// In words, with the keys that it names.
    pub fn words(&self) -> String {
        match self {
            PinWhat::ExtraStudent { class, student, .. } => format!("{} is in class {class}", student.key),
            PinWhat::CoTeacher { class, teacher } => format!("{} teaches class {class}", teacher.key),
            PinWhat::ClassName { class, name } => format!("class {class} is called '{name}'"),
            PinWhat::Excluded { person } => format!("{person} is left out"),
        }
    }
}
