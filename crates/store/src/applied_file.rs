//! The file that a district's stored roster came from.

use homeroom_model::ids::{BlobId, RosterVersion, RunNumber};

use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::tx::Tx;

/// The file that the stored roster came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedFile {
    /// The run that applied it.
    pub run: RunNumber,
    /// Its bytes.
    pub blob: BlobId,
    /// Its data rows without repeated ones.
    pub rows: u64,
    /// The roster's version right after it was applied; `None` once the district's profile has changed, because the same file may
    /// now be read in another way.
    pub version: Option<RosterVersion>,
}

impl DistrictStore {
    /// The file that the stored roster came from; `None` before the first.
    pub fn applied_file(&self) -> Result<Option<AppliedFile>, StoreError> {
        self.store().read(|tx| {
            tx.row(
                "SELECT applied_run, applied_blob, applied_rows, applied_version FROM district
                 WHERE id = $1 AND applied_run IS NOT NULL",
                &[self.id().0.into()],
                |row| {
                    Ok(AppliedFile {
                        run: RunNumber(row.int(0)?),
                        blob: row.blob(1)?,
                        rows: u64::try_from(row.int(2)?).unwrap_or_default(),
                        version: row.maybe_int(3)?.map(RosterVersion),
                    })
                },
            )
        })
    }

    /// Records that the stored roster is now that of `file`.
    pub fn applied_file_set_in_tx(&self, tx: &mut Tx<'_>, file: &AppliedFile) -> Result<(), StoreError> {
        let rows = i64::try_from(file.rows).unwrap_or(i64::MAX);
        let version = file.version.map(|version| version.0);
        tx.execute(
            "UPDATE district SET applied_run = $2, applied_blob = $3, applied_rows = $4, applied_version = $5
             WHERE id = $1",
            &[self.id().0.into(), file.run.0.into(), (&file.blob).into(), rows.into(), version.into()],
        )
        .map(drop)
    }

    /// Makes the next run read its file even when it is the one that was applied last.
    pub(crate) fn applied_file_invalidate_in_tx(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let sql = "UPDATE district SET applied_version = NULL WHERE id = $1";
        tx.execute(sql, &[self.id().0.into()]).map(drop)
    }
}
