//! The context that all steps of a sync share.

use homeroom_inbox::Inbox;
use homeroom_read::ReadLimits;
use homeroom_store::Store;

/// Where a run is, for a progress bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The upload is read.
    Reading {
        /// Bytes read.
        done: u64,
        /// Bytes of the file.
        total: u64,
    },
    /// The changes are worked out.
    Planning,
    /// The changes are written.
    Applying,
    /// The result files are written.
    WritingResults,
}

/// The store, the inbox, the limits within which files are read, and where to report progress.
pub struct SyncContext {
    pub(crate) store: Store,
    pub(crate) inbox: Inbox,
    pub(crate) limits: ReadLimits,
    progress: Option<Box<dyn Fn(Progress) + Send + Sync>>,
}

impl SyncContext {
    /// Without anyone to report progress to.
    pub fn new(store: Store, inbox: Inbox, limits: ReadLimits) -> Self {
        SyncContext { store, inbox, limits, progress: None }
    }

    /// Reports progress to `progress`, for a person who waits.
    pub fn with_progress(self, progress: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        SyncContext { progress: Some(Box::new(progress)), ..self }
    }

    pub(crate) fn report(&self, progress: Progress) {
        if let Some(report) = &self.progress {
            report(progress);
        }
    }
}
