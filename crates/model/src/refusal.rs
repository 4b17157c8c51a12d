//! Requests that cannot be carried out, as facts. `homeroom-report` turns them into sentences.

use jiff::civil::Date;

use crate::calendar::CalendarEntry;
use crate::district::{Slug, Stage};
use crate::entity::EntityRef;
use crate::finding::Finding;
use crate::ids::{PinNumber, RosterVersion, RunId};
use crate::proposal_name::ProposalName;
use crate::run::RunState;

/// Why a request cannot be carried out, however often it is repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// An earlier file to compare with is rejected itself, for this finding.
    FileRejected(Box<Finding>),
    /// A student was asked for without an address or SIS id.
    EmptyStudentKey,
    /// A decision about a run that holds nothing.
    NotHeld {
        /// The run.
        run: RunId,
        /// Its state.
        state: RunState,
    },
    /// A decision about a run whose place another one has taken: a newer file, or the held run of the same file.
    DecideInstead {
        /// The run.
        run: RunId,
        /// Its state.
        state: RunState,
        /// The other run.
        instead: RunId,
        /// The other run's state.
        instead_state: RunState,
    },
    /// A decision about a school of which the run holds nothing.
    NothingHeldForSchool {
        /// The run.
        run: RunId,
        /// The `school_id` that was given.
        school: String,
        /// The schools of which it holds something.
        waiting: Vec<String>,
    },
    /// A review of a proposal that the run does not hold.
    NoSuchProposal {
        /// The run; `None` for the plan between two files.
        run: Option<RunId>,
        /// How it was named.
        proposal: ProposalName,
        /// The proposals that it makes.
        proposals: Vec<EntityRef>,
    },
    /// A proposal that is accepted and rejected at once.
    AcceptedAndRejected {
        /// How it was named.
        proposal: ProposalName,
    },
    /// A decision on a day on which the calendar allows no such change.
    CalendarForbids {
        /// The run.
        run: RunId,
        /// The entry of the calendar.
        entry: CalendarEntry,
    },
    /// A decision while the district is paused.
    DistrictPaused {
        /// The run.
        run: RunId,
    },
    /// The roster has changed since the held changes were shown.
    RosterChangedSinceHeld {
        /// The run.
        run: RunId,
    },
    /// The file of a held run now gives another plan than the one that was shown.
    PlanDiffersFromShown {
        /// The run.
        run: RunId,
    },
    /// The planned changes of a run that has none left.
    NoPlannedChanges {
        /// The run.
        run: RunId,
        /// Its state.
        state: RunState,
    },
    /// Cancelling a run that has begun, or ended.
    NotQueued {
        /// The run.
        run: RunId,
        /// Its state.
        state: RunState,
    },
    /// Something that removes or changes many people, without their number as a confirmation.
    Unconfirmed {
        /// The number of people.
        people: u64,
    },
    /// A pin whose last day is over, or too far away.
    NotAFutureDay {
        /// The day.
        day: Date,
    },
    /// A pin that does not exist, or is not active any more.
    NoSuchPin {
        /// The district.
        district: Slug,
        /// The number that was given.
        pin: PinNumber,
    },
    /// A calendar range that does not exist.
    NoSuchCalendarEntry {
        /// The district.
        district: Slug,
        /// The number that was given.
        number: usize,
    },
    /// The changes since a version that are not all known.
    Changes(ChangesRefusal),
    /// A run that cannot be undone or redone.
    Undo(UndoRefusal),
    /// A stage that a district cannot be set to.
    Stage(StageRefusal),
}

/// Why the changes since a version cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangesRefusal {
    /// The roster has not got to this version.
    Ahead {
        /// The version.
        since: RosterVersion,
        /// The roster's version.
        version: RosterVersion,
    },
    /// Not all of them are known.
    Unknown {
        /// The district.
        district: Slug,
        /// The version.
        since: RosterVersion,
        /// Since when they are known.
        known_since: RosterVersion,
    },
}

impl From<ChangesRefusal> for Refusal {
    fn from(refusal: ChangesRefusal) -> Self {
        Refusal::Changes(refusal)
    }
}

/// Why a district cannot be set to a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StageRefusal {
    /// Verifying a district that is already live, or paused.
    NotInTesting {
        /// The district.
        district: Slug,
        /// Its stage.
        stage: Stage,
    },
    /// Verifying a district without a test run of its file.
    NoTestRun {
        /// The district.
        district: Slug,
        /// The expected file name.
        file: String,
    },
    /// Verifying a district whose test runs all rejected rows.
    NoCleanTestRun {
        /// The district.
        district: Slug,
        /// The newest test run.
        newest: RunId,
    },
    /// Going live before anybody has tested logins.
    LoginsNotTested {
        /// The district.
        district: Slug,
    },
    /// Going live before a roster is loaded.
    RosterNotLoaded {
        /// The district.
        district: Slug,
        /// Its stage.
        stage: Stage,
    },
    /// A stage to which there is no way from the present one.
    NotReachable {
        /// The district.
        district: Slug,
        /// Its stage.
        from: Stage,
        /// The one that was asked for.
        to: Stage,
    },
}

impl From<StageRefusal> for Refusal {
    fn from(refusal: StageRefusal) -> Self {
        Refusal::Stage(refusal)
    }
}

/// Why a run cannot be undone or redone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UndoRefusal {
    /// An undo of a run that has applied nothing.
    NothingToUndo {
        /// The run.
        run: RunId,
        /// Its state.
        state: RunState,
    },
    /// A redo of a run that is not undone.
    NotUndone {
        /// The run.
        run: RunId,
        /// Its state.
        state: RunState,
    },
    /// A redo of a run that was undone by a version that did not record what it undid.
    UndoNotRecorded {
        /// The run.
        run: RunId,
    },
    /// An undo of a run that is undone already.
    AlreadyUndone {
        /// The run.
        run: RunId,
    },
}

impl From<UndoRefusal> for Refusal {
    fn from(refusal: UndoRefusal) -> Self {
        Refusal::Undo(refusal)
    }
}
