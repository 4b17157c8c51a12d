//! A complete file becomes an upload.

use homeroom_model::ids::BlobId;
use homeroom_model::time::after;
use homeroom_store::jobs::{NewJob, Priority};
use homeroom_store::uploads::NewUpload;
use homeroom_store::{StoreError, Tx};

use crate::drop_box::DropBox;
use crate::drop_path::DropPath;

/// The kind of job that queues runs for uploads, once the district has been quiet; one waits at most.
pub const SETTLE: &str = "settle";

impl DropBox {
    /// Records an upload and queues the settle job for when the district has been quiet.
    pub(crate) fn record_upload_in_tx(
        &self,
        tx: &mut Tx<'_>,
        path: &DropPath,
        blob: BlobId,
        bytes: u64,
    ) -> Result<(), StoreError> {
        let run_at = after(self.district.store().now(), self.inbox.settings.settle_time());
        let dedup_key = Some(SETTLE);
        // It is done in a moment, and somebody waits for what follows.
        let priority = Priority::Requested;
        let payload = "{}".into();
        let settle = NewJob { kind: SETTLE, payload, exclusive: false, dedup_key, priority, run_at };
        self.district.jobs_enqueue_in_tx(tx, &settle)?;
        let upload = NewUpload { account: Some(self.account), path: path.as_str(), blob, bytes };
        self.district.uploads_record_in_tx(tx, &upload).map(drop)
    }
}
