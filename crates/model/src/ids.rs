//! One id type per thing.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A district's number in the database. The first column of every primary key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DistrictId(pub i64);

/// A drop account's number within its district.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AccountId(pub i64);

/// A run's number within its district: 1, 2, 3 …; rows of the roster name the run that made or changed them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunNumber(pub i64);

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    };
}

uuid_id!(
    /// The id of a run, as shown outside.
    RunId
);
uuid_id!(
    /// The id of an upload, as shown outside.
    UploadId
);

/// The four kinds of things that have keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// A school.
    School,
    /// A class (section) of one school.
    Class,
    /// A teacher.
    Teacher,
    /// A student.
    Student,
}

impl EntityKind {
    /// All four, in the order in which they are shown.
    pub const ALL: [EntityKind; 4] =
        [EntityKind::School, EntityKind::Class, EntityKind::Teacher, EntityKind::Student];

    /// `school`, `class` …: the word for one of them.
    pub fn singular(self) -> &'static str {
        match self {
            EntityKind::School => "school",
            EntityKind::Class => "class",
            EntityKind::Teacher => "teacher",
            EntityKind::Student => "student",
        }
    }

    /// `schools`, `classes` …: the word for many of them, in JSON and in sentences.
    pub fn plural(self) -> &'static str {
        match self {
            EntityKind::School => "schools",
            EntityKind::Class => "classes",
            EntityKind::Teacher => "teachers",
            EntityKind::Student => "students",
        }
    }
}
