//! Why a run, a decision or an undo was not carried out.

use std::io;

use homeroom_apply::ApplyError;
use homeroom_ask::AskError;
use homeroom_model::refusal::{Refusal, StageRefusal, UndoRefusal};
use homeroom_read::KeyError;
use homeroom_store::StoreError;

/// Why a run, a decision or an undo was not carried out. Only [`SyncError::Refused`] and [`SyncError::Key`] are final.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The request cannot be carried out; trying again does not help.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// A file of OpenPGP keys, or the name for a new key, cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database or the blob store failed; later it may work.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A kept file could not be read.
    #[error("the kept file could not be read: {0}")]
    Read(#[from] io::Error),
    /// The roster changed between planning and applying, each time it was tried.
    #[error("the roster kept changing while the plan was made")]
    RosterChanged,
}

impl From<Refusal> for SyncError {
    fn from(refusal: Refusal) -> Self {
        SyncError::Refused(refusal)
    }
}

impl From<StageRefusal> for SyncError {
    fn from(refusal: StageRefusal) -> Self {
        SyncError::Refused(refusal.into())
    }
}

impl From<UndoRefusal> for SyncError {
    fn from(refusal: UndoRefusal) -> Self {
        SyncError::Refused(refusal.into())
    }
}

impl From<AskError> for SyncError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Refused(refusal) => SyncError::Refused(refusal),
            AskError::Store(error) => SyncError::Store(error),
            AskError::Read(error) => SyncError::Read(error),
        }
    }
}

impl From<ApplyError> for SyncError {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Stale { .. } => SyncError::RosterChanged,
            ApplyError::Store(error) => SyncError::Store(error),
        }
    }
}

/// How often a plan is made again when the roster has changed meanwhile.
const MAX_ATTEMPTS: usize = 5;

/// Plans and applies, again when the roster changed in between.
pub(crate) fn with_fresh_plan<T>(mut attempt: impl FnMut() -> Result<T, SyncError>) -> Result<T, SyncError> {
    for _ in 0..MAX_ATTEMPTS {
        match attempt() {
            Err(SyncError::RosterChanged) => {}
            done => return done,
        }
    }
    Err(SyncError::RosterChanged)
}
