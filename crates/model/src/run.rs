//! A run: one pass of read, check, plan and perhaps apply.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::check_report::CheckReport;
use crate::counts::{Counts, PlanCounts};
use crate::hold::Held;
use crate::ids::{BlobId, PinNumber, RunId, RunNumber, UploadId};
use crate::rekey::{MatchedBy, Proposal, ProposalReviews};
use crate::seats::Seats;
use crate::word::string_enum;

string_enum!(
    /// Whether a run may change the roster.
    RunKind {
        /// It shows what it would do.
        Test = "test",
        /// It does it.
        Live = "live",
    }
);

string_enum!(
    /// Where a run is.
    RunState {
        /// Waits for its turn.
        Queued = "queued",
        /// At work.
        Running = "running",
        /// A test run that is finished.
        Tested = "tested",
        /// The plan was applied.
        Applied = "applied",
        /// The same file as the one applied last.
        Unchanged = "unchanged",
        /// The safe part is applied, the rest waits for a decision.
        Held = "held",
        /// The file was rejected.
        Rejected = "rejected",
        /// Something on our side went wrong, and was tried again in vain.
        Failed = "failed",
        /// Waited for a decision until a later upload came.
        Superseded = "superseded",
        /// Applied, and taken back.
        Undone = "undone",
    }
);

/// The upload a run reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunUpload {
    /// Its id.
    #[serde(skip)]
    pub id: Option<UploadId>,
    /// The file's name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its bytes.
    #[serde(rename = "blake3")]
    pub blob: BlobId,
}

/// What an operator or contact decided about a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// `approved`, `discarded` or `expired`.
    pub decision: String,
    /// The schools that it was about, by `school_id`; none means everything that waited.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schools: Vec<String>,
    /// When.
    pub at: Timestamp,
}

/// A pin as a plan shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinShown {
    /// Its number.
    pub number: PinNumber,
    /// What is different, in words.
    pub what: String,
    /// What it does in this plan.
    pub effect: String,
    /// Who wants it.
    pub owner: String,
    /// The last day on which it counts.
    pub until: jiff::civil::Date,
}

/// What an undo did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// The number that its changes are logged under; `None` for an undo by a version that did not note it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<RunNumber>,
    /// What the run was before it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_before: Option<RunState>,
    /// Changes taken back.
    pub restored: Counts,
    /// Changes kept because something changed them later, as sentences without names or addresses.
    pub kept: Vec<String>,
    /// When.
    pub at: Timestamp,
    /// How this undo was itself taken back; that of an undo's undo has no such part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_back: Option<Box<Undone>>,
}

/// What a run found and did; kept with the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// What the check said.
    pub check: Option<CheckReport>,
    /// All that the file asks for.
    pub plan: Option<PlanCounts>,
    /// The part of it that waits.
    pub held: Option<Held>,
    /// Seats.
    pub seats: Option<Seats>,
    /// How often each way of recognising a known thing was used.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub matched: BTreeMap<MatchedBy, Counts>,
    /// What was recognised by evidence, or might be; the first few hundred.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rekeys: Vec<Proposal>,
    /// What was said about proposals.
    #[serde(default, rename = "verdicts", skip_serializing_if = "ProposalReviews::is_empty")]
    pub reviews: ProposalReviews,
    /// What was set by hand, and what it does in this plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<PinShown>,
    /// What a person should know: why it failed, what is unusual.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<String>,
    /// The decisions on its hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Decision>,
    /// What its undo did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undone>,
}

/// A run, in the shape of its JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The district's slug.
    pub district: String,
    /// Its number within the district.
    pub number: RunNumber,
    /// Test or live.
    pub kind: RunKind,
    /// Where it is.
    pub state: RunState,
    /// What it reads.
    pub upload: RunUpload,
    /// What it found and did.
    #[serde(flatten)]
    pub report: RunReport,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// From `started_at` to `finished_at`.
    pub seconds: Option<f64>,
}
