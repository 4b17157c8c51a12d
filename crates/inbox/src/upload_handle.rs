//! A file that is being written.

use std::os::unix::fs::FileExt;

use homeroom_model::ids::BlobId;
use homeroom_store::Tx;
use homeroom_store::drop_files::{DropFile, DropFileKind};
use homeroom_store::hashing::{blob_id, hash_file};
use jiff::{SignedDuration, Timestamp};

use crate::drop_box::{DropBox, OpenMode};
use crate::drop_error::DropError;
use crate::drop_path::DropPath;
use crate::staging::Staged;

/// How often an open is begun anew because someone else changed the file in between.
const TRIES: usize = 5;

/// A write handle. Bytes go to a staging file; [`UploadHandle::close`] makes them an upload. A handle that is dropped
/// without being closed leaves a partial file, which can be resumed and is never read.
pub struct UploadHandle {
    drop_box: DropBox,
    path: DropPath,
    staged: Staged,
    append: bool,
    size: u64,
    /// The size that the account's limits leave to this file.
    most: u64,
    /// The hash of the first `hashed` bytes, as long as writes follow each other.
    hasher: Option<blake3::Hasher>,
    hashed: u64,
    failed: bool,
    modified_at: Option<Timestamp>,
    touched_at: Timestamp,
    _counted: OpenHandle,
}

impl UploadHandle {
    pub(crate) fn open(
        drop_box: &DropBox,
        path: &DropPath,
        mode: OpenMode,
    ) -> Result<UploadHandle, DropError> {
        // Counted from before the first byte, so that the district is not taken for quiet.
        let counted = OpenHandle::count(drop_box);
        let store = drop_box.district.store();
        for _ in 0..TRIES {
            let there = store.read(|tx| check_in_tx(drop_box, tx, path, mode))?;
            let base = there.filter(|_| !mode.truncate);
            // Bytes are copied outside of the transaction, which others wait for.
            let staged = Staged::begin(store, base.as_ref())?;
            let opened = store.write(|tx| {
                let there = check_in_tx(drop_box, tx, path, mode)?.filter(|_| !mode.truncate);
                if there.map(|there| there.kind) != base.as_ref().map(|base| base.kind.clone()) {
                    return Ok(None);
                }
                let most = drop_box.most_in_tx(tx, path)?;
                let partial = DropFile {
                    path: path.as_str().to_owned(),
                    kind: DropFileKind::Partial { staging: staged.name.clone() },
                    bytes: staged.length,
                    modified_at: store.now(),
                };
                drop_box.district.drop_files_put_in_tx(tx, drop_box.account, &partial)?;
                drop_box.district.activity_touch_in_tx(tx)?;
                Ok::<_, DropError>(Some(most))
            });
            match opened {
                Ok(Some(most)) => {
                    let size = staged.length;
                    return Ok(UploadHandle {
                        drop_box: drop_box.clone(),
                        path: path.clone(),
                        staged,
                        append: mode.append,
                        size,
                        most,
                        hasher: (size == 0).then(blake3::Hasher::new),
                        hashed: 0,
                        failed: false,
                        modified_at: None,
                        touched_at: store.now(),
                        _counted: counted,
                    });
                }
                Ok(None) => staged.discard(),
                Err(error) => {
                    staged.discard();
                    return Err(error);
                }
            }
        }
        Err(DropError::Busy)
    }

    /// The size so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Writes bytes at an offset, or at the end of a handle opened for appending.
    pub fn write_at(&mut self, bytes: &[u8], offset: u64) -> Result<(), DropError> {
        if self.touch_is_due() {
            self.touch();
        }
        let offset = if self.append { self.size } else { offset };
        let end = offset
            .checked_add(bytes.len() as u64)
            .ok_or(DropError::BadPath("the file would be too large"))
            .inspect_err(|_| self.failed = true)?;
        self.allow(end)?;
        self.staged.file.write_all_at(bytes, offset).inspect_err(|_| self.failed = true)?;
        self.size = self.size.max(end);
        match &mut self.hasher {
            Some(hasher) if offset == self.hashed => {
                hasher.update(bytes);
                self.hashed = end;
            }
            // Out of order: the hash is made when the file is closed.
            hasher => *hasher = None,
        }
        Ok(())
    }

    /// Sets the size.
    pub fn truncate(&mut self, size: u64) -> Result<(), DropError> {
        self.allow(size)?;
        self.staged.file.set_len(size).inspect_err(|_| self.failed = true)?;
        self.size = size;
        self.hasher = (size == 0).then(blake3::Hasher::new);
        self.hashed = 0;
        Ok(())
    }

    /// The time that the file is to show once it is whole.
    pub fn set_modified(&mut self, time: Timestamp) {
        self.modified_at = Some(time);
    }

    /// Bytes written so far, for a client that reads what it writes.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        self.staged.file.read_at(buffer, offset)
    }

    /// Makes what was written so far durable.
    pub fn sync(&self) -> Result<(), DropError> {
        Ok(self.staged.file.sync_data()?)
    }

    /// Ends the file. When it answers `Ok`, the bytes are on disk under their hash and the upload is recorded.
    ///
    /// # Errors
    /// When an earlier write failed, or the disk or database does: the file then stays partial.
    pub fn close(mut self) -> Result<(), DropError> {
        if self.failed {
            return Err(DropError::Broken);
        }
        self.staged.file.sync_data()?;
        let blob = match self.hasher.take() {
            Some(hasher) if self.hashed == self.size => blob_id(&hasher),
            _ => hash_file(&self.staged.file)?.0,
        };
        let store = self.drop_box.district.store();
        let staging = store.blobs().staging_path(&self.staged.name);
        store.blobs().adopt(&staging, blob)?;
        let recorded = store.write(|tx| self.record_in_tx(tx, blob));
        if recorded.is_err()
            && let Err(error) = store.blobs().give_back(blob, &staging)
        {
            // The client was told that it failed, and will send the file again from its beginning.
            tracing::error!(error = %error, "what arrived of a file cannot be resumed");
        }
        recorded
    }

    fn record_in_tx(&self, tx: &mut Tx<'_>, blob: BlobId) -> Result<(), DropError> {
        let DropBox { district, account, .. } = &self.drop_box;
        // The file may have been renamed since it was opened, or another handle may have taken its place: then the
        // last one to be closed wins.
        let path = match district.drop_files_staged_in_tx(tx, *account, &self.staged.name)? {
            Some(file) => DropPath::parse(file.path.as_bytes())?,
            None => self.path.clone(),
        };
        self.drop_box.parent_in_tx(tx, &path)?;
        if let Some(DropFile { kind: DropFileKind::Folder, .. }) = self.drop_box.get_in_tx(tx, &path)? {
            return Err(DropError::IsAFolder);
        }
        let file = DropFile {
            path: path.as_str().to_owned(),
            kind: DropFileKind::File { blob },
            bytes: self.size,
            modified_at: self.modified_at.unwrap_or_else(|| district.store().now()),
        };
        district.drop_files_put_in_tx(tx, *account, &file)?;
        if !path.is_temporary() {
            self.drop_box.arrived_in_tx(tx, &path, blob, self.size)?;
        }
        Ok(district.activity_touch_in_tx(tx)?)
    }

    /// Whether the next write looks into the database first, which may take a while.
    pub fn touch_is_due(&self) -> bool {
        let every = self.drop_box.inbox.settings.settle_time() / 2;
        let every = every.clamp(SignedDuration::from_millis(100), SignedDuration::from_secs(1));
        self.drop_box.district.store().now().duration_since(self.touched_at) >= every
    }

    /// Tells the district's clock that someone is writing, and looks how much room there still is.
    fn touch(&mut self) {
        let store = self.drop_box.district.store();
        self.touched_at = store.now();
        let touched = store.write(|tx| {
            self.drop_box.district.activity_touch_in_tx(tx)?;
            self.drop_box.most_in_tx(tx, &self.path)
        });
        match touched {
            Ok(most) => self.most = most,
            Err(DropError::Quota(_)) => self.most = 0,
            // The bytes are safe on disk; should the database still be gone at the close, the close fails.
            Err(error) => tracing::warn!(error = %error, "an upload's activity could not be noted"),
        }
    }

    fn allow(&mut self, size: u64) -> Result<(), DropError> {
        if size <= self.most {
            return Ok(());
        }
        self.failed = true;
        let largest = self.drop_box.inbox.settings.max_file_bytes;
        Err(DropError::Quota(if size > largest {
            format!("a file has at most {largest} bytes")
        } else {
            "the account is full: remove files first".into()
        }))
    }
}

/// What stands at the path, when a file may be opened for writing there.
fn check_in_tx(
    drop_box: &DropBox,
    tx: &mut Tx<'_>,
    path: &DropPath,
    mode: OpenMode,
) -> Result<Option<DropFile>, DropError> {
    drop_box.parent_in_tx(tx, path)?;
    let there = drop_box.get_in_tx(tx, path)?;
    match &there {
        Some(DropFile { kind: DropFileKind::Folder, .. }) => return Err(DropError::IsAFolder),
        Some(_) if mode.exclusive => return Err(DropError::Exists),
        None if !mode.create => return Err(DropError::NotFound),
        None => drop_box.room_in_tx(tx)?,
        Some(_) => {}
    }
    Ok(there)
}

/// A write handle that counts among its district's open ones until it is dropped.
struct OpenHandle(DropBox);

impl OpenHandle {
    fn count(drop_box: &DropBox) -> OpenHandle {
        *drop_box.inbox.open().entry(drop_box.district.id()).or_default() += 1;
        OpenHandle(drop_box.clone())
    }
}

impl Drop for OpenHandle {
    fn drop(&mut self) {
        let mut open = self.0.inbox.open();
        if let Some(handles) = open.get_mut(&self.0.district.id()) {
            *handles -= 1;
            if *handles == 0 {
                open.remove(&self.0.district.id());
            }
        }
    }
}
