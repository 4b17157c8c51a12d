//! Removes blobs that nothing refers to any more, after a grace time.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use crate::engine::Store;
use crate::error::StoreError;

impl Store {
    /// Removes the blobs that nothing has referred to and that nobody has written for as long as `grace`; the grace time is for those
    /// who have written one and have not committed yet. Safe while servers run. Returns how many were removed.
    pub fn blobs_sweep(&self, grace: SignedDuration) -> Result<usize, StoreError> {
        let oldest = self.now().checked_sub(grace).unwrap_or(Timestamp::MIN);
        let blobs = self.blobs();
        let mut removed = 0;
        // Those first that a sweep which was cut off has set aside.
        for blob in blobs.set_aside()? {
            self.blob_sweep(blob, oldest, &mut removed)?;
        }
        // What is written after the list was made is not in it.
        let candidates = blobs.written_before(oldest)?;
        let used = self.blobs_referenced()?.into_iter().map(|(blob, _)| blob).collect::<HashSet<_>>();
        for blob in candidates.into_iter().filter(|blob| !used.contains(blob)) {
            blobs.put_aside(blob)?;
            self.blob_sweep(blob, oldest, &mut removed)?;
        }
        Ok(removed)
    }

    /// Removes a blob that is set aside, or puts it back when somebody has written or referred to it meanwhile.
    fn blob_sweep(
        &self,
        blob: homeroom_model::BlobId,
        oldest: Timestamp,
        removed: &mut usize,
    ) -> Result<(), StoreError> {
        let used = self.read(|tx| {
            tx.row(
                "SELECT 1 FROM upload WHERE blob = $1 UNION SELECT 1 FROM drop_file WHERE blob = $1",
                &[(&blob).into()],
                |row| row.int(0),
            )
        })?;
        if used.is_some() || self.blobs().aside_written_at(blob)? >= oldest {
            return self.blobs().put_back(blob);
        }
        self.blobs().remove_aside(blob)?;
        *removed += 1;
        Ok(())
    }
}
