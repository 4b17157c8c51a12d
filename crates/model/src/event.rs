//! What happened in a district, for everything that tells somebody about it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::district::Stage;
use crate::ids::{PinNumber, RosterVersion, RunId, UploadId};
use crate::run::{DecisionKind, RunKind, RunState};

/// What happened. It has ids and no names of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    /// A file arrived complete.
    UploadReceived {
        /// The upload.
        upload: UploadId,
        /// Its size in bytes.
        bytes: u64,
    },
    /// A run was queued.
    RunQueued {
        /// The run.
        run: RunId,
        /// Test or live.
        kind: RunKind,
    },
    /// A run ended, or a decision, an undo or a later run gave it another state.
    RunEnded {
        /// The run.
        run: RunId,
        /// Its state.
        state: RunState,
    },
    /// A part of a run's changes waits for a decision.
    HoldCreated {
        /// The run.
        run: RunId,
    },
    /// A decision was made about a hold.
    HoldDecided {
        /// The run.
        run: RunId,
        /// The decision.
        decision: DecisionKind,
    },
    /// The roster changed. `homeroom changes` lists what changed, by version.
    RosterChanged {
        /// Its version now.
        version: RosterVersion,
        /// The run whose changes were applied, undone or redone.
        run: RunId,
    },
    /// The district was moved to another stage.
    StageChanged {
        /// Before.
        from: Stage,
        /// Now.
        to: Stage,
    },
    /// The district's settings, calendar or profile changed.
    SettingsChanged,
    /// A pin was added.
    PinAdded {
        /// The pin.
        pin: PinNumber,
    },
    /// A pin was removed.
    PinRemoved {
        /// The pin.
        pin: PinNumber,
    },
}

/// An event in a district's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number: 1, 2, 3 … in the order in which the changes were committed, without gaps.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}
