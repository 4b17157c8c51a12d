//! How people name a proposal: by its id, or by the keys of both records.

use std::fmt::{self, Display};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::entity::EntityRef;

/// `student-417`, or `ann@x.org=ann@y.org`: the key in the roster, and the one in the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProposalName {
    /// By its id.
    Id(EntityRef),
    /// By the keys of both records.
    Keys {
        /// The key in the roster.
        from: String,
        /// The key in the file.
        to: String,
    },
}

impl ProposalName {
    /// Whether it names a stored entity with this key together with this key of the file.
    pub fn names(&self, id: EntityRef, stored_key: &str, file_key: &str) -> bool {
        match self {
            ProposalName::Id(named) => *named == id,
            ProposalName::Keys { from, to } => {
                from.eq_ignore_ascii_case(stored_key) && to.eq_ignore_ascii_case(file_key)
            }
        }
    }
}

impl From<EntityRef> for ProposalName {
    fn from(id: EntityRef) -> ProposalName {
        ProposalName::Id(id)
    }
}

impl Display for ProposalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProposalName::Id(id) => write!(f, "{id}"),
            ProposalName::Keys { from, to } => write!(f, "{from}={to}"),
        }
    }
}

/// A text that names no proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected the id of a proposal, like student-417, or the key in the roster and the key in the file, like ann@x.org=ann@y.org"
)]
pub struct NotAProposal;

impl FromStr for ProposalName {
    type Err = NotAProposal;

    fn from_str(text: &str) -> Result<Self, NotAProposal> {
        // The first sign: a damaged key in the file may be `="417"`.
        match text.split_once('=') {
            Some((from, to)) if !from.trim().is_empty() && !to.trim().is_empty() => {
                Ok(ProposalName::Keys { from: from.trim().to_owned(), to: to.trim().to_owned() })
            }
            Some(_) => Err(NotAProposal),
            None => text.trim().parse().map(ProposalName::Id).map_err(|_| NotAProposal),
        }
    }
}

impl Serialize for ProposalName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ProposalName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::ProposalName;

    #[test]
    fn a_proposal_is_named_by_its_id_or_by_both_keys() {
        for text in ["student-417", "ann@x.org=ann@y.org", "610001==\"610001\""] {
            assert_eq!(text.parse::<ProposalName>().unwrap().to_string(), text);
        }
        let keys = "610001==\"610001\"".parse::<ProposalName>().unwrap();
        assert!(keys.names("class-1".parse().unwrap(), "610001", "=\"610001\""));
        for wrong in ["", "ann", "=ann@y.org", "ann@x.org=", "student-"] {
            assert!(wrong.parse::<ProposalName>().is_err(), "{wrong}");
        }
    }
}
