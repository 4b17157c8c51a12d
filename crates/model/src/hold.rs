//! The held part of a plan, and the decisions about it.

use jiff::Timestamp;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use crate::counts::PlanCounts;
use crate::fuse::BlownFuse;
use crate::ids::RosterVersion;
use crate::plan::Plan;
use crate::plan_digest::PlanDigest;
use crate::word::string_enum;

/// The held part of a plan, in the shape of a run's JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// How much is held; nothing of it is unchanged.
    #[serde(flatten, serialize_with = "changes_only")]
    pub counts: PlanCounts,
    /// Why it is held.
    pub fuses: Vec<BlownFuse>,
    /// What an approval would do to people, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub if_approved: String,
    /// What a discard would do to people, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub if_discarded: String,
    /// What is held, by school; each can be released or discarded on its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schools: Vec<HeldSchool>,
    /// When it expires, if nobody decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The version of the roster that the held part belongs to.
    #[serde(default)]
    pub roster_version: RosterVersion,
    /// The digest of the held part; `None` for a hold of a version that kept another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_digest: Option<PlanDigest>,
}

impl Held {
    /// Whether these parts of a plan together are the held part, if the roster is still at the hold's version. A hold without a digest is known by
    /// its counts.
    pub fn is(&self, parts: &[&Plan]) -> bool {
        match self.plan_digest {
            Some(shown) => PlanDigest::of(parts) == shown,
            None => {
                let counts = parts.iter().map(|part| part.counts()).sum::<PlanCounts>();
                PlanCounts { unchanged: self.counts.unchanged, ..counts } == self.counts
            }
        }
    }
}

/// All counts but the unchanged.
fn changes_only<S: Serializer>(counts: &PlanCounts, serializer: S) -> Result<S::Ok, S::Error> {
    let mut changes = serializer.serialize_struct("PlanCounts", 5)?;
    changes.serialize_field("create", &counts.create)?;
    changes.serialize_field("update", &counts.update)?;
    changes.serialize_field("deactivate", &counts.deactivate)?;
    changes.serialize_field("reactivate", &counts.reactivate)?;
    changes.serialize_field("rekey", &counts.rekey)?;
    changes.end()
}

string_enum!(
    /// The state of the held part of a school.
    HeldState {
        /// Nobody has decided.
        Waiting = "waiting",
        /// It was applied.
        Released = "released",
        /// It was discarded.
        Discarded = "discarded",
    }
);

/// The held part of one school.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldSchool {
    /// `school_id`; empty for what belongs to no school.
    pub school: String,
    /// Its name.
    pub name: String,
    /// How much is held.
    #[serde(flatten)]
    pub counts: PlanCounts,
    /// Its state.
    pub state: HeldState,
}

#[cfg(test)]
mod tests {
    use super::{Held, PlanCounts};
    use crate::counts::Counts;

    #[test]
    fn a_hold_has_the_counts_of_its_changes_beside_its_other_fields() {
        let create = Counts { students: 3, ..Counts::default() };
        let held = Held { counts: PlanCounts { create, ..PlanCounts::default() }, ..Held::default() };
        let json = serde_json::to_value(&held).unwrap();
        let fields = json.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
        let expected = ["create", "deactivate", "fuses", "reactivate", "rekey", "roster_version", "update"];
        assert_eq!(fields, expected);
        assert_eq!(serde_json::from_value::<Held>(json).unwrap(), held);
        let without_rekey = r#"{"create":{"schools":0,"classes":0,"teachers":0,"students":3,"teachings":0,"enrollments":0},
            "update":{"schools":0,"classes":0,"teachers":0,"students":0,"teachings":0,"enrollments":0},
            "deactivate":{"schools":0,"classes":0,"teachers":0,"students":0,"teachings":0,"enrollments":0},
            "reactivate":{"schools":0,"classes":0,"teachers":0,"students":0,"teachings":0,"enrollments":0},"fuses":[]}"#;
        assert_eq!(
            serde_json::from_str::<Held>(without_rekey).unwrap(),
            held,
            "as an earlier version wrote it"
        );
    }
}
