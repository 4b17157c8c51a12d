//! Why a run, a decision or an undo did not come to its end.

use std::io;

use homeroom_apply::ApplyError;
use homeroom_store::StoreError;

/// What a caller must know: whether trying again can help.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// What was asked for cannot be done, ever; the sentence says why and what to do.
    #[error("{0}")]
    Refused(String),
    /// The database or the blob store failed; later it may work.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A kept file could not be read.
    #[error("the kept file could not be read: {0}")]
    Read(#[from] io::Error),
    /// The roster changed between planning and applying, again and again.
    #[error("the roster kept changing while the plan was made")]
    KeepsChanging,
}

/// How often a plan is made anew when the roster has changed meanwhile.
const PLANS: usize = 5;

/// Plans and applies, anew when the plan was stale.
pub(crate) fn with_fresh_plan<T>(mut attempt: impl FnMut() -> Result<T, PlanError>) -> Result<T, SyncError> {
    for _ in 0..PLANS {
        match attempt() {
            Err(PlanError::Apply(ApplyError::Stale { .. })) => {}
            Err(PlanError::Apply(ApplyError::Store(error))) => return Err(error.into()),
            Err(PlanError::Sync(error)) => return Err(error),
            Ok(done) => return Ok(done),
        }
    }
    Err(SyncError::KeepsChanging)
}

/// An error between loading the roster and committing its changes.
pub(crate) enum PlanError {
    Apply(ApplyError),
    Sync(SyncError),
}

impl From<ApplyError> for PlanError {
    fn from(error: ApplyError) -> Self {
        PlanError::Apply(error)
    }
}

impl From<StoreError> for PlanError {
    fn from(error: StoreError) -> Self {
        PlanError::Sync(error.into())
    }
}

impl From<SyncError> for PlanError {
    fn from(error: SyncError) -> Self {
        PlanError::Sync(error)
    }
}
