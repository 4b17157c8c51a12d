//! Why a question has no answer.

use std::io;

use homeroom_model::refusal::Refusal;
use homeroom_store::StoreError;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The question cannot be answered; asking again does not help.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// The database or the blob store failed; later it may work.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A kept file could not be read.
    #[error("the kept file could not be read: {0}")]
    Read(#[from] io::Error),
}

impl From<Refusal> for AskError {
    fn from(refusal: Refusal) -> Self {
        AskError::Refused(refusal)
    }
}
