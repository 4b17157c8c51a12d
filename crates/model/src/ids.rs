//! Ids: a type for each, so that they cannot be mixed up.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::word::string_enum;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    };
}

number!(
    /// A district's number in the database. The first column of every primary key.
    DistrictId
);
number!(
    /// A drop account's number within its district: 1, 2, 3 …
    AccountId
);
number!(
    /// A run's number within its district: 1, 2, 3 …; rows of the roster name the run that made or changed them.
    RunNumber
);
number!(
    /// A pin's number within its district: 1, 2, 3 …
    PinNumber
);
number!(
    /// The version of a district's profile: 1, 2, 3 …
    ProfileVersion
);
number!(
    /// The version of a district's roster. It starts at 0, and every change of the roster raises it.
    #[derive(Default)]
    RosterVersion
);

impl RosterVersion {
    /// The version that the next change leads to.
    pub fn next(self) -> RosterVersion {
        RosterVersion(self.0 + 1)
    }
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
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
    /// The id of a job in the queue.
    JobId
);
uuid_id!(
    /// The id of an upload, as shown outside.
    UploadId
);

/// Bytes in the blob store, by their BLAKE3 hash; 64 lower-case hex digits as text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobId([u8; 32]);

impl From<[u8; 32]> for BlobId {
    fn from(hash: [u8; 32]) -> Self {
        BlobId(hash)
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobId({self})")
    }
}

/// A text that is not 64 lower-case hex digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a valid blob id")]
pub struct InvalidBlobId(pub String);

impl FromStr for BlobId {
    type Err = InvalidBlobId;

    fn from_str(text: &str) -> Result<Self, InvalidBlobId> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
        let hash = bytes.collect::<Option<Vec<u8>>>().and_then(|bytes| bytes.try_into().ok());
        hash.filter(|_| rest.is_empty()).map(BlobId).ok_or_else(|| InvalidBlobId(text.to_owned()))
    }
}

impl Serialize for BlobId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BlobId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

string_enum!(
    /// The four kinds of entities: what a file names by a key.
    EntityKind {
        /// A school.
        School = "school",
        /// A class (section) of one school.
        Class = "class",
        /// A teacher.
        Teacher = "teacher",
        /// A student.
        Student = "student",
    }
);

impl EntityKind {
    /// `schools`, `classes` …: the plural, in JSON and in sentences.
    pub fn plural(self) -> &'static str {
        match self {
            EntityKind::School => "schools",
            EntityKind::Class => "classes",
            EntityKind::Teacher => "teachers",
            EntityKind::Student => "students",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::BlobId;

    #[test]
    fn a_blob_id_reads_as_it_is_written_and_nothing_else_is_one() {
        let hash = std::array::from_fn(|at| (at * 7) as u8);
        let text = BlobId::from(hash).to_string();
        assert!(text.starts_with("00070e15") && text.len() == 64, "{text}");
        assert_eq!(text.parse::<BlobId>(), Ok(BlobId::from(hash)));
        assert_eq!(serde_json::to_string(&BlobId::from(hash)).unwrap(), format!("\"{text}\""));
        for wrong in
            ["", "00", &text[1..], &format!("{text}0"), &text.to_uppercase(), &text.replace('7', "/")]
        {
            assert!(wrong.parse::<BlobId>().is_err(), "{wrong}");
        }
    }
}
