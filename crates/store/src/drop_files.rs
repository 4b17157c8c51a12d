//! The file trees of drop accounts: rows, whose bytes are blobs.

use homeroom_model::ids::{AccountId, BlobId, DistrictId};
use jiff::Timestamp;

use crate::district::DistrictStore;
use crate::engine::Store;
use crate::error::StoreError;
use crate::tx::{Row, Tx};

/// A file tree of a district.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropTree {
    /// The files of one account.
    Account(AccountId),
    /// The files that every account of the district can read.
    Shared,
}

impl DropTree {
    /// The value of the column `account`: 0 for the shared tree, because accounts count from 1.
    fn key(self) -> i64 {
        match self {
            DropTree::Account(account) => account.0,
            DropTree::Shared => 0,
        }
    }
}

impl From<AccountId> for DropTree {
    fn from(account: AccountId) -> Self {
        DropTree::Account(account)
    }
}

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DropFileKind {
    /// A folder.
    Folder,
    /// A whole file.
    File {
        /// Its bytes.
        blob: BlobId,
    },
    /// A file that is being written, or whose connection broke before it was complete.
    Partial {
        /// The name of its file in the staging folder.
        staging: String,
    },
}

/// A file or folder of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropFile {
    /// Its path, without leading or trailing slash.
    pub path: String,
    /// What it is.
    pub kind: DropFileKind,
    /// Its size; for a partial file, the size when it was opened.
    pub bytes: u64,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

fn file_of(row: &Row<'_>) -> Result<DropFile, StoreError> {
    let kind = match (row.text(1)?.as_str(), row.maybe_blob(2)?, row.maybe_text(3)?) {
        ("dir", ..) => DropFileKind::Folder,
        ("file", Some(blob), _) => DropFileKind::File { blob },
        ("partial", _, Some(staging)) => DropFileKind::Partial { staging },
        (kind, ..) => {
            return Err(StoreError::Unusable(format!("a drop file is of the unknown kind '{kind}'")));
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

/// A partial file of any district.
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
    /// The partial files of all districts, for cleaning the staging folder.
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
    /// What is at a path.
    pub fn drop_files_get_in_tx(
        &self,
        tx: &mut Tx<'_>,
        tree: impl Into<DropTree>,
        path: &str,
    ) -> Result<Option<DropFile>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM drop_file WHERE district = $1 AND account = $2 AND path = $3");
        tx.row(&sql, &[self.id().0.into(), tree.into().key().into(), path.into()], file_of)
    }

    /// The partial file whose bytes are in this staging file, even after it was renamed.
    pub fn drop_files_staged_in_tx(
        &self,
        tx: &mut Tx<'_>,
        tree: impl Into<DropTree>,
        staging: &str,
    ) -> Result<Option<DropFile>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM drop_file WHERE district = $1 AND account = $2 AND staging = $3");
        tx.row(&sql, &[self.id().0.into(), tree.into().key().into(), staging.into()], file_of)
    }

    /// Everything below a folder (`""` is the root), at any depth, by path.
    pub fn drop_files_below_in_tx(
        &self,
        tx: &mut Tx<'_>,
        tree: impl Into<DropTree>,
        folder: &str,
    ) -> Result<Vec<DropFile>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM drop_file WHERE district = $1 AND account = $2 ORDER BY path");
        let mut files = tx.rows(&sql, &[self.id().0.into(), tree.into().key().into()], file_of)?;
        if !folder.is_empty() {
            files.retain(|file| file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
        }
        Ok(files)
    }

    /// Puts a file or folder at its path, replacing what was there.
    pub fn drop_files_put_in_tx(
        &self,
        tx: &mut Tx<'_>,
        tree: impl Into<DropTree>,
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
                tree.into().key().into(),
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

    /// Moves one file or folder to another path, at which there is nothing.
    pub fn drop_files_move_in_tx(
        &self,
        tx: &mut Tx<'_>,
        tree: impl Into<DropTree>,
        from: &str,
        to: &str,
    ) -> Result<(), StoreError> {
        let values = [self.id().0.into(), tree.into().key().into(), from.into(), to.into()];
        let sql = "UPDATE drop_file SET path = $4 WHERE district = $1 AND account = $2 AND path = $3";
        tx.execute(sql, &values).map(drop)
    }

    /// Removes what is at a path.
    pub fn drop_files_remove_in_tx(
        &self,
        tx: &mut Tx<'_>,
        tree: impl Into<DropTree>,
        path: &str,
    ) -> Result<(), StoreError> {
        let values = [self.id().0.into(), tree.into().key().into(), path.into()];
        let sql = "DELETE FROM drop_file WHERE district = $1 AND account = $2 AND path = $3";
        tx.execute(sql, &values).map(drop)
    }

    /// Publishes a result file to all accounts, replacing an earlier one of the same name.
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
        self.drop_files_put_in_tx(tx, DropTree::Shared, &file)
    }
}
