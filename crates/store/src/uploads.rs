//! Uploads: files that arrived complete. Rows are added and never changed.

use homeroom_model::event::EventKind;
use homeroom_model::ids::{AccountId, BlobId, UploadId};
use homeroom_model::time::after;
use jiff::{SignedDuration, Timestamp};

use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::tx::{Row, Tx};

/// An upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// The account it came through; `None` for the command line.
    pub account: Option<AccountId>,
    /// The file's name, without folders.
    pub name: String,
    /// Its path in the account.
    pub path: String,
    /// Its bytes.
    pub blob: BlobId,
    /// Its size.
    pub bytes: u64,
    /// When it was complete.
    pub received_at: Timestamp,
}

/// An upload to record. Its bytes are in the blob store already.
#[derive(Clone, Copy, Debug)]
pub struct NewUpload<'a> {
    /// The account it came through; `None` for the command line.
    pub account: Option<AccountId>,
    /// Its path in the account, or its name.
    pub path: &'a str,
    /// Its bytes.
    pub blob: BlobId,
    /// Its size.
    pub bytes: u64,
}

fn upload_of(row: &Row<'_>) -> Result<Upload, StoreError> {
    Ok(Upload {
        id: UploadId(row.uuid(0)?),
        account: row.maybe_int(1)?.map(AccountId),
        name: row.text(2)?,
        path: row.text(3)?,
        blob: row.blob(4)?,
        bytes: u64::try_from(row.int(5)?).unwrap_or_default(),
        received_at: row.time(6)?,
    })
}

const COLUMNS: &str = "id, account, name, path, blob, bytes, received_at";

impl DistrictStore {
    /// Records an upload.
    pub fn uploads_record_in_tx(&self, tx: &mut Tx<'_>, new: &NewUpload<'_>) -> Result<Upload, StoreError> {
        let NewUpload { account, path, blob, bytes } = *new;
        // Uploads are ordered by their time of arrival, so no two of a district have the same.
        let last = tx.row(
            "SELECT max(received_at) FROM upload WHERE district = $1",
            &[self.id().0.into()],
            |row| row.maybe_time(0),
        )?;
        let after_last =
            last.flatten().map_or(Timestamp::MIN, |last| after(last, SignedDuration::from_millis(1)));
        let upload = Upload {
            id: UploadId(self.store().random().uuid()),
            account,
            name: path.rsplit('/').next().unwrap_or(path).to_owned(),
            path: path.to_owned(),
            blob,
            bytes,
            received_at: self.store().now().max(after_last),
        };
        tx.execute(
            &format!("INSERT INTO upload (district, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
            &[
                self.id().0.into(),
                upload.id.0.into(),
                account.map(|account| account.0).into(),
                (&upload.name).into(),
                path.into(),
                (&blob).into(),
                i64::try_from(bytes).unwrap_or(i64::MAX).into(),
                upload.received_at.into(),
            ],
        )?;
        self.events_add_in_tx(tx, &EventKind::UploadReceived { upload: upload.id, bytes })?;
        Ok(upload)
    }

    /// The newest uploads through accounts that lie in no folder and belong to no set, newest first.
    pub fn uploads_at_root_in_tx(&self, tx: &mut Tx<'_>) -> Result<Vec<Upload>, StoreError> {
        tx.rows(
            "SELECT u.id, u.account, u.name, u.path, u.blob, u.bytes, u.received_at FROM upload u
             WHERE u.district = $1 AND u.account IS NOT NULL AND u.path = u.name
               AND NOT EXISTS (SELECT 1 FROM upload_part p WHERE p.district = u.district AND p.upload = u.id)
             ORDER BY u.received_at DESC LIMIT 200",
            &[self.id().0.into()],
            upload_of,
        )
    }

    /// The newest upload of which a live run was made, or cancelled by a person: no older one is synced by itself any more. Runs that
    /// only tested, because of a pause, do not count.
    pub fn uploads_synced_last_in_tx(&self, tx: &mut Tx<'_>) -> Result<Option<Upload>, StoreError> {
        tx.row(
            "SELECT u.id, u.account, u.name, u.path, u.blob, u.bytes, u.received_at FROM upload u
             WHERE u.district = $1 AND EXISTS (
               SELECT 1 FROM run r WHERE r.district = u.district AND r.upload = u.id AND r.kind = 'live'
                 AND (r.state = 'cancelled' OR (r.started_at IS NOT NULL AND r.state <> 'tested')))
             ORDER BY u.received_at DESC LIMIT 1",
            &[self.id().0.into()],
            upload_of,
        )
    }

    /// Records that an upload is read as part of another one.
    pub fn upload_parts_add_in_tx(
        &self,
        tx: &mut Tx<'_>,
        upload: UploadId,
        part_of: UploadId,
    ) -> Result<(), StoreError> {
        let values = [self.id().0.into(), upload.0.into(), part_of.0.into()];
        let sql = "INSERT INTO upload_part (district, upload, part_of) VALUES ($1, $2, $3)";
        tx.execute(sql, &values).map(drop)
    }

    /// Uploads, newest first.
    pub fn uploads_list(&self, most: u32) -> Result<Vec<Upload>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM upload WHERE district = $1 ORDER BY received_at DESC LIMIT $2");
        self.store().read(|tx| tx.rows(&sql, &[self.id().0.into(), most.into()], upload_of))
    }

    /// The newest upload.
    pub fn uploads_newest(&self) -> Result<Option<Upload>, StoreError> {
        Ok(self.uploads_list(1)?.into_iter().next())
    }

    /// Uploads that no run has read yet: the newest of each file name. Older ones of the same name are skipped, and so are those
    /// that were packed into another upload.
    pub fn uploads_waiting_in_tx(&self, tx: &mut Tx<'_>) -> Result<Vec<Upload>, StoreError> {
        tx.rows(
            "SELECT u.id, u.account, u.name, u.path, u.blob, u.bytes, u.received_at FROM upload u
             WHERE u.district = $1
               AND NOT EXISTS (SELECT 1 FROM upload_part p WHERE p.district = u.district AND p.upload = u.id)
               AND NOT EXISTS (SELECT 1 FROM run r WHERE r.district = u.district AND r.upload = u.id)
               AND NOT EXISTS (
                 SELECT 1 FROM upload n WHERE n.district = u.district AND n.name = u.name
                   AND n.received_at > u.received_at)
             ORDER BY u.received_at",
            &[self.id().0.into()],
            upload_of,
        )
    }
}
