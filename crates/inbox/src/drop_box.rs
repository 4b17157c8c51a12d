//! The file tree of one account.

use std::fs::File;

use homeroom_model::ids::AccountId;
use homeroom_store::drop_files::{DropFile, DropFileKind, DropTree};
use homeroom_store::{DistrictStore, StoreError, Tx};
use jiff::Timestamp;

use crate::Inbox;
use crate::area::Area;
use crate::drop_entry::{Content, DropEntry, ReadHandle};
use crate::drop_error::{BadPath, DropError};
use crate::drop_path::DropPath;
use crate::sample::SampleFile;

/// The file tree of one account: its own files, the district's results, and the samples.
#[derive(Clone)]
pub struct DropBox {
    pub(crate) inbox: Inbox,
    pub(crate) district: DistrictStore,
    pub(crate) account: AccountId,
}

/// What a rename does if there is a file at the new path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfExists {
    /// It fails.
    Fail,
    /// It replaces the file.
    Replace,
}

impl DropBox {
    /// The district.
    pub fn district(&self) -> &DistrictStore {
        &self.district
    }

    /// Whether the account may still be used.
    pub fn is_enabled(&self) -> Result<bool, DropError> {
        let accounts = self.district.drop_accounts_list()?;
        Ok(accounts.iter().any(|account| account.id == self.account && !account.disabled))
    }

    /// The file or folder at a path.
    pub fn stat(&self, path: &DropPath) -> Result<DropEntry, DropError> {
        if path.is_root() {
            return Ok(DropEntry { writable: true, ..DropEntry::read_only_folder("") });
        }
        if Area::of_folder(path).is_some() {
            return Ok(DropEntry::read_only_folder(path.name()));
        }
        if let Some(sample) = self.sample(path) {
            return Ok(sample_entry(sample));
        }
        let file = self.district.store().read(|tx| self.get_in_tx(tx, path))?;
        file.map(|file| self.entry(&file)).ok_or(DropError::NotFound)
    }

    /// The entries of a folder, by name.
    pub fn list(&self, path: &DropPath) -> Result<Vec<DropEntry>, DropError> {
        let is_folder = self.stat(path)?.is_folder;
        if !is_folder {
            return Err(DropError::NotAFolder);
        }
        let mut entries = if Area::containing(path) == Area::Samples {
            self.inbox.samples.iter().map(sample_entry).collect()
        } else {
            self.entries_in(path)?
        };
        if path.is_root() {
            entries.extend(Area::READ_ONLY_FOLDERS.map(DropEntry::read_only_folder));
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// The stored files and folders of a folder.
    fn entries_in(&self, path: &DropPath) -> Result<Vec<DropEntry>, DropError> {
        let tree = self.tree_of(path);
        let mut files =
            self.district.store().read(|tx| self.district.drop_files_below_in_tx(tx, tree, path.as_str()))?;
        let depth = if path.is_root() { 0 } else { path.as_str().len() + 1 };
        files.retain(|file| {
            let is_direct_child = !file.path[depth..].contains('/');
            is_direct_child && (tree == DropTree::Shared || Area::containing_stored(&file.path) == Area::Own)
        });
        Ok(files.iter().map(|file| self.entry(file)).collect())
    }

    /// Opens a file for reading; of a partial file, what has arrived.
    pub fn open_read(&self, path: &DropPath) -> Result<ReadHandle, DropError> {
        if let Some(sample) = self.sample(path) {
            return Ok(ReadHandle { content: Content::Static(sample.bytes), entry: sample_entry(sample) });
        }
        let store = self.district.store();
        let stored = store.read(|tx| self.get_in_tx(tx, path))?.ok_or(DropError::NotFound)?;
        let file = match &stored.kind {
            DropFileKind::Folder => return Err(DropError::IsAFolder),
            DropFileKind::File { blob } => store.blobs().open_file(*blob)?,
            DropFileKind::Partial { staging } => File::open(store.blobs().staging_path(staging))?,
        };
        let entry = DropEntry { bytes: file.metadata()?.len(), ..self.entry(&stored) };
        Ok(ReadHandle { content: Content::File(file), entry })
    }

    /// Moves a file or folder. A folder is never replaced.
    pub fn rename(&self, from: &DropPath, to: &DropPath, if_exists: IfExists) -> Result<(), DropError> {
        self.check_writable(from)?;
        self.check_writable(to)?;
        self.district.store().write(|tx| {
            let file = self.get_in_tx(tx, from)?.ok_or(DropError::NotFound)?;
            self.check_parent_in_tx(tx, to)?;
            if from == to {
                return Ok(());
            }
            if let Some(existing) = self.get_in_tx(tx, to)? {
                let has_folder = existing.kind == DropFileKind::Folder || file.kind == DropFileKind::Folder;
                if has_folder || if_exists == IfExists::Fail {
                    return Err(DropError::Exists);
                }
                self.district.drop_files_remove_in_tx(tx, self.account, to.as_str())?;
            }
            self.move_in_tx(tx, &file, from, to)?;
            if let DropFileKind::File { blob } = &file.kind
                && !to.is_temporary()
            {
                self.record_upload_in_tx(tx, to, *blob, file.bytes)?;
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
                return Err(BadPath::IntoItself.into());
            }
            for below in district.drop_files_below_in_tx(tx, account, from.as_str())? {
                let moved = format!("{}{}", to.as_str(), &below.path[from.as_str().len()..]);
                // The new path may be too deep.
                DropPath::parse(moved.as_bytes())?;
                district.drop_files_move_in_tx(tx, account, &below.path, &moved)?;
            }
        }
        Ok(district.drop_files_move_in_tx(tx, account, from.as_str(), to.as_str())?)
    }

    /// Sets the modification time of a complete file. Folders and partial files keep theirs.
    pub fn set_modified(&self, path: &DropPath, time: Timestamp) -> Result<(), DropError> {
        self.check_writable(path)?;
        self.district.store().write(|tx| {
            let file = self.get_in_tx(tx, path)?.ok_or(DropError::NotFound)?;
            if matches!(file.kind, DropFileKind::File { .. }) {
                let file = DropFile { modified_at: time, ..file };
                self.district.drop_files_put_in_tx(tx, self.account, &file)?;
            }
            Ok(())
        })
    }

    /// Removes a file. The uploads recorded from it remain.
    pub fn remove(&self, path: &DropPath) -> Result<(), DropError> {
        self.check_writable(path)?;
        self.district.store().write(|tx| match self.get_in_tx(tx, path)?.ok_or(DropError::NotFound)?.kind {
            DropFileKind::Folder => Err(DropError::IsAFolder),
            _ => Ok(self.district.drop_files_remove_in_tx(tx, self.account, path.as_str())?),
        })
    }

    /// Creates a folder.
    pub fn create_folder(&self, path: &DropPath) -> Result<(), DropError> {
        self.check_writable(path)?;
        self.district.store().write(|tx| {
            self.check_parent_in_tx(tx, path)?;
            if self.get_in_tx(tx, path)?.is_some() {
                return Err(DropError::Exists);
            }
            self.check_file_count_in_tx(tx)?;
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
        self.check_writable(path)?;
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

    pub(crate) fn get_in_tx(&self, tx: &mut Tx<'_>, path: &DropPath) -> Result<Option<DropFile>, StoreError> {
        self.district.drop_files_get_in_tx(tx, self.tree_of(path), path.as_str())
    }

    /// Fails unless the path is in the root or in an existing folder.
    pub(crate) fn check_parent_in_tx(&self, tx: &mut Tx<'_>, path: &DropPath) -> Result<(), DropError> {
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

    /// Fails unless the path is one of the account's own, below the root.
    pub(crate) fn check_writable(&self, path: &DropPath) -> Result<(), DropError> {
        if path.is_root() || Area::containing(path) != Area::Own {
            return Err(DropError::ReadOnly);
        }
        Ok(())
    }

    /// The stored tree that has a path.
    fn tree_of(&self, path: &DropPath) -> DropTree {
        if Area::containing(path) == Area::Results { DropTree::Shared } else { self.account.into() }
    }

    fn sample(&self, path: &DropPath) -> Option<&SampleFile> {
        let is_sample = Area::of_folder(&path.parent()) == Some(Area::Samples);
        self.inbox.samples.iter().find(|sample| is_sample && sample.name == path.name())
    }

    fn entry(&self, file: &DropFile) -> DropEntry {
        DropEntry {
            name: file.path.rsplit('/').next().unwrap_or_default().to_owned(),
            is_folder: file.kind == DropFileKind::Folder,
            bytes: self.size_of(file),
            modified_at: file.modified_at,
            writable: Area::containing_stored(&file.path) == Area::Own,
        }
    }
}

fn sample_entry(sample: &SampleFile) -> DropEntry {
    let bytes = sample.bytes.len() as u64;
    DropEntry { is_folder: false, bytes, ..DropEntry::read_only_folder(&sample.name) }
}
