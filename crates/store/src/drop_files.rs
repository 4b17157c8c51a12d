//! The file tree of drop accounts: rows, whose bytes are blobs. Account 0 holds what all accounts of the district see.

use homeroom_model::ids::{AccountId, BlobId, DistrictId};
use jiff::Timestamp;

use crate::district::DistrictStore;
use crate::engine::Store;
use crate::error::StoreError;
use crate::tx::{Row, Tx};

/// The account whose files all accounts of a district can read.
pub const EVERYONE: AccountId = AccountId(0);

/// What a path stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DropFileKind {
    /// A folder.
    Folder,
    /// A whole file.
    File {
        /// Its bytes.
        blob: BlobId,
    },
    /// A file that is being written, or was when its connection broke.
    Partial {
        /// The name of its file in the staging folder.
        staging: String,
    },
}

/// A file or folder of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropFile {
    /// Its path, without a slash at either end.
    pub path: String,
    /// What it is.
    pub kind: DropFileKind,
    /// Its size; of a partial file the size when it was opened.
    pub bytes: u64,
    /// When it was changed last.
    pub modified_at: Timestamp,
}

fn file_of(row: &Row<'_>) -> Result<DropFile, StoreError> {
    let kind = match (row.text(1)?.as_str(), row.maybe_blob(2)?, row.maybe_text(3)?) {
        ("dir", ..) => DropFileKind::Folder,
        ("file", Some(blob), _) => DropFileKind::File { blob },
        ("partial", _, Some(staging)) => DropFileKind::Partial { staging },
        (kind, ..) => {
            return Err(StoreError::Unusable(format!("an account's file is of the unknown kind '{kind}'")));
        }
    };
    Ok(DropFile {
        path: row.text(0)?,
        kind,
        bytes: u64::try_from(row.int(4)?).unwrap_or_default(),
        modified_at: row.time(5)?,
    })
}

const COLUMNS: &str = "path, kind, blob, staging, bytes, modified_at";

/// A partial file, and whose it is.
#[derive(Clone, Debug)]
pub struct PartialFile {
    /// The district.
    pub district: DistrictId,
    /// The account.
    pub account: AccountId,
    /// Its path.
    pub path: String,
    /// The name of its file in the staging folder.
    pub staging: String,
    /// When its writer opened it.
    pub opened_at: Timestamp,
}

impl Store {
    /// Partial files of all districts, for the cleaning of the staging folder.
    pub fn drop_files_partial(&self) -> Result<Vec<PartialFile>, StoreError> {
        let sql =
            "SELECT district, account, path, staging, modified_at FROM drop_file WHERE kind = 'partial'";
        self.read(|tx| {
            tx.rows(sql, &[], |row| {
                Ok(PartialFile {
                    district: DistrictId(row.int(0)?),
                    account: AccountId(row.int(1)?),
                    path: row.text(2)?,
                    staging: row.text(3)?,
                    opened_at: row.time(4)?,
                })
            })
        })
    }
}

impl DistrictStore {
    /// What stands at a path.
    pub fn drop_files_get_in_tx(
        &self,
        tx: &mut Tx<'_>,
        account: AccountId,
        path: &str,
    ) -> Result<Option<DropFile>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM drop_file WHERE district = $1 AND account = $2 AND path = $3");
        tx.row(&sql, &[self.id().0.into(), account.0.into(), path.into()], file_of)
    }

    /// The partial file whose bytes are in this staging file, wherever it stands by now.
    pub fn drop_files_staged_in_tx(
        &self,
        tx: &mut Tx<'_>,
        account: AccountId,
        staging: &str,
    ) -> Result<Option<DropFile>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM drop_file WHERE district = $1 AND account = $2 AND staging = $3");
        tx.row(&sql, &[self.id().0.into(), account.0.into(), staging.into()], file_of)
    }

    /// Everything below a folder (`""` is the root), at any depth, by path.
    pub fn drop_files_below_in_tx(
        &self,
        tx: &mut Tx<'_>,
        account: AccountId,
        folder: &str,
    ) -> Result<Vec<DropFile>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM drop_file WHERE district = $1 AND account = $2 ORDER BY path");
        let mut files = tx.rows(&sql, &[self.id().0.into(), account.0.into()], file_of)?;
        if !folder.is_empty() {
            files.retain(|file| file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
        }
        Ok(files)
    }

    /// Puts a file or folder at its path, in place of what was there.
    pub fn drop_files_put_in_tx(
        &self,
        tx: &mut Tx<'_>,
        account: AccountId,
        file: &DropFile,
    ) -> Result<(), StoreError> {
        let (kind, blob, staging) = match &file.kind {
            DropFileKind::Folder => ("dir", None, None),
            DropFileKind::File { blob } => ("file", Some(blob), None),
            DropFileKind::Partial { staging } => ("partial", None, Some(staging)),
        };
        tx.execute(
            &format!(
                "INSERT INTO drop_file (district, account, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                 ON CONFLICT (district, account, path) DO UPDATE SET kind = excluded.kind, blob = excluded.blob,
                 staging = excluded.staging, bytes = excluded.bytes, modified_at = excluded.modified_at"
            ),
            &[
                self.id().0.into(),
                account.0.into(),
                (&file.path).into(),
                kind.into(),
                blob.into(),
                staging.into(),
                i64::try_from(file.bytes).unwrap_or(i64::MAX).into(),
                file.modified_at.into(),
            ],
        )
        .map(drop)
    }

    /// Moves one file or folder to another path, where nothing stands.
    pub fn drop_files_move_in_tx(
        &self,
        tx: &mut Tx<'_>,
        account: AccountId,
        from: &str,
        to: &str,
    ) -> Result<(), StoreError> {
        let values = [self.id().0.into(), account.0.into(), from.into(), to.into()];
        let sql = "UPDATE drop_file SET path = $4 WHERE district = $1 AND account = $2 AND path = $3";
        tx.execute(sql, &values).map(drop)
    }

    /// Removes what stands at a path.
    pub fn drop_files_remove_in_tx(
        &self,
        tx: &mut Tx<'_>,
        account: AccountId,
        path: &str,
    ) -> Result<(), StoreError> {
        let values = [self.id().0.into(), account.0.into(), path.into()];
        let sql = "DELETE FROM drop_file WHERE district = $1 AND account = $2 AND path = $3";
        tx.execute(sql, &values).map(drop)
    }

    /// Shows a result file to all accounts, in place of an earlier one of the name.
    pub fn result_files_put_in_tx(
        &self,
        tx: &mut Tx<'_>,
        name: &str,
        blob: BlobId,
        bytes: u64,
    ) -> Result<(), StoreError> {
        let file = DropFile {
            path: format!("results/{name}"),
            kind: DropFileKind::File { blob },
            bytes,
            modified_at: self.store().now(),
        };
        self.drop_files_put_in_tx(tx, EVERYONE, &file)
    }
}
