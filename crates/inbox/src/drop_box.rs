//! The file tree of one account.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use homeroom_model::ids::{AccountId, BlobId};
use homeroom_model::time::after;
use homeroom_store::drop_files::{DropFile, DropFileKind, DropTree};
use homeroom_store::jobs::{NewJob, SETTLE};
use homeroom_store::uploads::NewUpload;
use homeroom_store::{DistrictStore, StoreError, Tx};
use jiff::Timestamp;

use crate::Inbox;
use crate::drop_error::DropError;
use crate::drop_path::DropPath;
use crate::settings::InboxSettings;
use crate::upload_handle::UploadHandle;

/// The folder of result files, the same for all accounts of a district.
const RESULTS: &str = "results";

/// The file tree of one account: its own files, and the district's results.
#[derive(Clone)]
pub struct DropBox {
    pub(crate) inbox: Inbox,
    pub(crate) district: DistrictStore,
    pub(crate) account: AccountId,
}

/// A file or folder as a client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name without folders; empty for the root.
    pub name: String,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Its size.
    pub bytes: u64,
    /// When it was last changed.
    pub modified_at: Timestamp,
    /// Whether the client may change it.
    pub writable: bool,
}

/// How a file is opened for writing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenMode {
    /// Make it when it is not there.
    pub create: bool,
    /// Empty it first.
    pub truncate: bool,
    /// It must not be there.
    pub exclusive: bool,
    /// Every write goes to the end.
    pub append: bool,
}

/// A file opened for reading.
#[derive(Debug)]
pub struct ReadHandle {
    file: File,
    entry: Entry,
}

impl ReadHandle {
    /// What a client sees of it.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Fills as much of `buffer` as the file has from `offset` on.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read_at(&mut buffer[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}

impl DropBox {
    /// The district.
    pub fn district(&self) -> &DistrictStore {
        &self.district
    }

    /// Whether the account may still be used.
    pub fn is_enabled(&self) -> Result<bool, DropError> {
        let accounts = self.district.accounts_list()?;
        Ok(accounts.iter().any(|account| account.id == self.account && !account.disabled))
    }

    /// What stands at a path.
    pub fn stat(&self, path: &DropPath) -> Result<Entry, DropError> {
        if path.is_root() || path.as_str() == RESULTS {
            return Ok(folder(path.name(), path.is_root()));
        }
        let found = self.district.store().read(|tx| self.get_in_tx(tx, path))?;
        found.map(|file| self.entry(&file)).ok_or(DropError::NotFound)
    }

    /// The entries of a folder, by name.
    pub fn list(&self, path: &DropPath) -> Result<Vec<Entry>, DropError> {
        let is_folder = self.stat(path)?.is_folder;
        if !is_folder {
            return Err(DropError::NotAFolder);
        }
        let tree = self.tree_of(path);
        let mut files =
            self.district.store().read(|tx| self.district.drop_files_below_in_tx(tx, tree, path.as_str()))?;
        let depth = if path.is_root() { 0 } else { path.as_str().len() + 1 };
        files.retain(|file| {
            !file.path[depth..].contains('/') && (tree == DropTree::Shared || !is_foreign(&file.path))
        });
        let mut entries = files.iter().map(|file| self.entry(file)).collect::<Vec<_>>();
        if path.is_root() {
            entries.push(folder(RESULTS, false));
        }
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    /// Opens a whole file, or what has arrived of a partial one, for reading.
    pub fn open_read(&self, path: &DropPath) -> Result<ReadHandle, DropError> {
        let found = self.district.store().read(|tx| self.get_in_tx(tx, path))?;
        let store = self.district.store();
        let found = found.ok_or(DropError::NotFound)?;
        let file = match &found.kind {
            DropFileKind::Folder => return Err(DropError::IsAFolder),
            DropFileKind::File { blob } => store.blobs().open_file(*blob)?,
            DropFileKind::Partial { staging } => File::open(store.blobs().staging_path(staging))?,
        };
        let entry = Entry { bytes: file.metadata()?.len(), ..self.entry(&found) };
        Ok(ReadHandle { file, entry })
    }

    /// Opens a file for writing. What is written is kept apart until the handle is closed.
    pub fn open_write(&self, path: &DropPath, mode: OpenMode) -> Result<UploadHandle, DropError> {
        self.writable(path)?;
        UploadHandle::open(self, path, mode)
    }

    /// Moves a file or folder. With `replace` a file at the new path gives way.
    pub fn rename(&self, from: &DropPath, to: &DropPath, replace: bool) -> Result<(), DropError> {
        self.writable(from)?;
        self.writable(to)?;
        self.district.store().write(|tx| {
            let file = self.get_in_tx(tx, from)?.ok_or(DropError::NotFound)?;
            self.parent_in_tx(tx, to)?;
            if from == to {
                return Ok(());
            }
            match self.get_in_tx(tx, to)? {
                Some(there) if there.kind == DropFileKind::Folder => return Err(DropError::Exists),
                Some(_) if !replace || file.kind == DropFileKind::Folder => return Err(DropError::Exists),
                Some(_) => self.district.drop_files_remove_in_tx(tx, self.account, to.as_str())?,
                None => {}
            }
            self.move_in_tx(tx, &file, from, to)?;
            if let DropFileKind::File { blob } = &file.kind
                && !to.is_temporary()
            {
                self.arrived_in_tx(tx, to, *blob, file.bytes)?;
            }
            Ok(self.district.activity_touch_in_tx(tx)?)
        })
    }

    fn move_in_tx(
        &self,
        tx: &mut Tx<'_>,
        file: &DropFile,
        from: &DropPath,
        to: &DropPath,
    ) -> Result<(), DropError> {
        let (district, account) = (&self.district, self.account);
        if file.kind == DropFileKind::Folder {
            if to.as_str().strip_prefix(from.as_str()).is_some_and(|rest| rest.starts_with('/')) {
                return Err(DropError::BadPath("a folder cannot be moved into itself"));
            }
            for below in district.drop_files_below_in_tx(tx, account, from.as_str())? {
                let moved = format!("{}{}", to.as_str(), &below.path[from.as_str().len()..]);
                // What lies deep may be too deep now.
                DropPath::parse(moved.as_bytes())?;
                district.drop_files_move_in_tx(tx, account, &below.path, &moved)?;
            }
        }
        Ok(district.drop_files_move_in_tx(tx, account, from.as_str(), to.as_str())?)
    }

    /// Sets the time that a whole file shows. Folders and partial files keep
    /// theirs.
    pub fn set_modified(&self, path: &DropPath, time: Timestamp) -> Result<(), DropError> {
        self.writable(path)?;
        self.district.store().write(|tx| {
            let file = self.get_in_tx(tx, path)?.ok_or(DropError::NotFound)?;
            if matches!(file.kind, DropFileKind::File { .. }) {
                let file = DropFile { modified_at: time, ..file };
                self.district.drop_files_put_in_tx(tx, self.account, &file)?;
            }
            Ok(())
        })
    }

    /// Removes a file. Uploads that were made of it stay recorded.
    pub fn remove(&self, path: &DropPath) -> Result<(), DropError> {
        self.writable(path)?;
        self.district.store().write(|tx| match self.get_in_tx(tx, path)?.ok_or(DropError::NotFound)?.kind {
            DropFileKind::Folder => Err(DropError::IsAFolder),
            _ => Ok(self.district.drop_files_remove_in_tx(tx, self.account, path.as_str())?),
        })
    }

    /// Makes a folder.
    pub fn make_folder(&self, path: &DropPath) -> Result<(), DropError> {
        self.writable(path)?;
        self.district.store().write(|tx| {
            self.parent_in_tx(tx, path)?;
            if self.get_in_tx(tx, path)?.is_some() {
                return Err(DropError::Exists);
            }
            self.room_in_tx(tx)?;
            let file = DropFile {
                path: path.as_str().to_owned(),
                kind: DropFileKind::Folder,
                bytes: 0,
                modified_at: self.district.store().now(),
            };
            Ok(self.district.drop_files_put_in_tx(tx, self.account, &file)?)
        })
    }

    /// Removes an empty folder.
    pub fn remove_folder(&self, path: &DropPath) -> Result<(), DropError> {
        self.writable(path)?;
        self.district.store().write(|tx| {
            let file = self.get_in_tx(tx, path)?.ok_or(DropError::NotFound)?;
            if file.kind != DropFileKind::Folder {
                return Err(DropError::NotAFolder);
            }
            if !self.district.drop_files_below_in_tx(tx, self.account, path.as_str())?.is_empty() {
                return Err(DropError::NotEmpty);
            }
            Ok(self.district.drop_files_remove_in_tx(tx, self.account, path.as_str())?)
        })
    }

    /// A whole file that is an upload: recorded, and its run will come when the district is quiet.
    pub(crate) fn arrived_in_tx(
        &self,
        tx: &mut Tx<'_>,
        path: &DropPath,
        blob: BlobId,
        bytes: u64,
    ) -> Result<(), StoreError> {
        let new = NewUpload { account: Some(self.account), path: path.as_str(), blob, bytes };
        self.district.uploads_record_in_tx(tx, &new)?;
        let run_at = after(self.district.store().now(), self.inbox.settings.settle_time());
        let settle = NewJob { kind: SETTLE, payload: "{}".into(), exclusive: false, run_at };
        self.district.jobs_enqueue_in_tx(tx, &settle).map(drop)
    }

    pub(crate) fn get_in_tx(&self, tx: &mut Tx<'_>, path: &DropPath) -> Result<Option<DropFile>, StoreError> {
        self.district.drop_files_get_in_tx(tx, self.tree_of(path), path.as_str())
    }

    /// The folder that something is to be made in must be there.
    pub(crate) fn parent_in_tx(&self, tx: &mut Tx<'_>, path: &DropPath) -> Result<(), DropError> {
        let parent = path.parent();
        if parent.is_root() {
            return Ok(());
        }
        match self.get_in_tx(tx, &parent)? {
            Some(DropFile { kind: DropFileKind::Folder, .. }) => Ok(()),
            Some(_) => Err(DropError::NotAFolder),
            None => Err(DropError::NotFound),
        }
    }

    /// There must be room for one more file or folder.
    pub(crate) fn room_in_tx(&self, tx: &mut Tx<'_>) -> Result<(), DropError> {
        let files = self.district.drop_files_below_in_tx(tx, self.account, "")?;
        if files.len() as u64 >= self.inbox.settings.max_files {
            return Err(DropError::Quota(format!(
                "the account has {} files: remove some first",
                files.len()
            )));
        }
        Ok(())
    }

    /// The size that a file may have, beside all others of the account as they are now.
    pub(crate) fn most_in_tx(&self, tx: &mut Tx<'_>, path: &DropPath) -> Result<u64, DropError> {
        let InboxSettings { max_file_bytes, max_total_bytes, .. } = self.inbox.settings;
        let files = self.district.drop_files_below_in_tx(tx, self.account, "")?;
        let others = files.iter().filter(|file| file.path != path.as_str());
        let left = max_total_bytes.saturating_sub(others.map(|file| self.bytes(file)).sum());
        if left == 0 {
            return Err(DropError::Quota("the account is full: remove files first".into()));
        }
        Ok(left.min(max_file_bytes))
    }

    /// The bytes that the account's files have, and those that they may have.
    pub fn usage(&self) -> Result<(u64, u64), DropError> {
        let files =
            self.district.store().read(|tx| self.district.drop_files_below_in_tx(tx, self.account, ""))?;
        Ok((files.iter().map(|file| self.bytes(file)).sum(), self.inbox.settings.max_total_bytes))
    }

    /// The size of a file; that of a partial one is on disk.
    fn bytes(&self, file: &DropFile) -> u64 {
        match &file.kind {
            DropFileKind::Partial { staging } => {
                let staging = self.district.store().blobs().staging_path(staging);
                staging.metadata().map_or(file.bytes, |found| found.len())
            }
            _ => file.bytes,
        }
    }

    fn tree_of(&self, path: &DropPath) -> DropTree {
        if path.first() == RESULTS { DropTree::Shared } else { self.account.into() }
    }

    fn writable(&self, path: &DropPath) -> Result<(), DropError> {
        if path.is_root() || is_foreign(path.as_str()) { Err(DropError::ReadOnly) } else { Ok(()) }
    }

    fn entry(&self, file: &DropFile) -> Entry {
        Entry {
            name: file.path.rsplit('/').next().unwrap_or_default().to_owned(),
            is_folder: file.kind == DropFileKind::Folder,
            bytes: self.bytes(file),
            modified_at: file.modified_at,
            writable: !is_foreign(&file.path),
        }
    }
}

/// Whether a path lies in a folder that is not the account's own.
fn is_foreign(path: &str) -> bool {
    matches!(path.split('/').next(), Some(RESULTS | "samples"))
}

fn folder(name: &str, writable: bool) -> Entry {
    Entry { name: name.to_owned(), is_folder: true, bytes: 0, modified_at: Timestamp::UNIX_EPOCH, writable }
}
