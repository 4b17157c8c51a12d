//! A run: one pass of read, check, plan and perhaps apply.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::audit::Cause;
use crate::check_report::CheckReport;
use crate::counts::{Counts, PlanCounts};
use crate::district::Slug;
use crate::hold::Held;
use crate::ids::{BlobId, PinNumber, RunId, RunNumber, UploadId};
use crate::rekey::{MatchedBy, Proposal, ProposalReviews};
use crate::seats::Seats;
use crate::word::string_enum;

string_enum!(
    /// Whether a run may change the roster.
    RunKind {
        /// It only shows what it would do.
        Test = "test",
        /// It changes the roster.
        Live = "live",
    }
);

string_enum!(
    /// The state of a run.
    RunState {
        /// Waiting for its turn.
        Queued = "queued",
        /// Running.
        Running = "running",
        /// A test run that is finished.
        Tested = "tested",
        /// The plan was applied.
        Applied = "applied",
        /// The file is the same as the one applied last.
        Unchanged = "unchanged",
        /// The safe part is applied, the rest waits for a decision.
        Held = "held",
        /// The file was rejected.
        Rejected = "rejected",
        /// An error on our side; retries failed, too.
        Failed = "failed",
        /// It waited for a decision until a later upload arrived.
        Superseded = "superseded",
        /// Applied, then undone.
        Undone = "undone",
        /// Cancelled by a person before it began.
        Cancelled = "cancelled",
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
    /// Its content.
    #[serde(rename = "blake3")]
    pub blob: BlobId,
}

string_enum!(
    /// What was decided about a hold.
    DecisionKind {
        /// What it holds was applied.
        Approved = "approved",
        /// Its proposals were accepted or rejected, one by one, and nothing else waited: what it holds was applied.
        Answered = "answered",
        /// What it holds was discarded.
        Discarded = "discarded",
        /// Nobody decided in time, so what it holds was discarded.
        Expired = "expired",
    }
);

/// A decision about a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What was decided.
    #[serde(rename = "decision")]
    pub kind: DecisionKind,
    /// The schools it was about, by `school_id`; empty for everything that was held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schools: Vec<String>,
    /// When.
    pub at: Timestamp,
    /// Who decided, and why; `None` for a decision under a version that did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Cause>,
}

/// A pin as a plan shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinShown {
    /// Its number.
    pub number: PinNumber,
    /// The change in words.
    pub what: String,
    /// Its effect in this plan.
    pub effect: String,
    /// Who asked for it.
    pub owner: String,
    /// The last day on which it applies.
    pub until: jiff::civil::Date,
}

/// The result of an undo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// The number that its changes are logged under; `None` for an undo by a version that did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<RunNumber>,
    /// The run's state before it was undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_before: Option<RunState>,
    /// Changes that were undone.
    pub restored: Counts,
    /// What stayed because it was changed later, as sentences without names or addresses.
    pub kept: Vec<String>,
    /// When.
    pub at: Timestamp,
    /// Who undid it, and why; `None` for an undo by a version that did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Cause>,
    /// How this undo was itself undone; a redo has no such part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_back: Option<Box<Undone>>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The report of a run, stored with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// The result of the check.
    pub check: Option<CheckReport>,
    /// All changes that the file asks for.
    pub plan: Option<PlanCounts>,
    /// The part that is held.
    pub held: Option<Held>,
    /// Seats.
    pub seats: Option<Seats>,
    /// Removals that wait for the end of an additions-only period.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub deferred: u64,
    /// How many entities were matched in each way.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub matched: BTreeMap<MatchedBy, Counts>,
    /// What was matched by evidence, or might be; at most the first 1,000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rekeys: Vec<Proposal>,
    /// Reviews of proposals.
    #[serde(default, rename = "verdicts", skip_serializing_if = "ProposalReviews::is_empty")]
    pub reviews: ProposalReviews,
    /// Pins, and their effect in this plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<PinShown>,
    /// What people should know: why it failed, what is unusual.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<String>,
    /// The decisions on its hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Decision>,
    /// The held run of the same file, which waited for a decision when this run ended: this one changed nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<RunId>,
    /// The result of its undo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undone>,
}

/// Seconds from the start of a run to its end, to the millisecond.
pub fn seconds_between(start: Timestamp, end: Timestamp) -> f64 {
    end.duration_since(start).as_millis() as f64 / 1000.0
}

/// A run, in the shape of its JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The district.
    pub district: Slug,
    /// Its number within the district.
    pub number: RunNumber,
    /// Test or live.
    pub kind: RunKind,
    /// Its state.
    pub state: RunState,
    /// The upload it reads.
    pub upload: RunUpload,
    /// Who asked for it, and why; `None` for a run of a version that did not record it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<Cause>,
    /// Its report.
    #[serde(flatten)]
    pub report: RunReport,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// From `started_at` to `finished_at`.
    pub seconds: Option<f64>,
}
