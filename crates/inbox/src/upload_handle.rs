//! A file that is being written.

use std::os::unix::fs::FileExt;

use homeroom_model::ids::BlobId;
use homeroom_store::Tx;
use homeroom_store::drop_files::{DropFile, DropFileKind};
use homeroom_store::hashing::{blob_id, hash_file};
use jiff::{SignedDuration, Timestamp};

use crate::drop_box::DropBox;
use crate::drop_error::{DropError, QuotaExceeded};
use crate::drop_path::DropPath;
use crate::staging::StagingFile;

/// How often opening is attempted while other sessions keep changing the file.
const MAX_ATTEMPTS: usize = 5;

/// How a file is opened for writing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenMode {
    /// Create it if it does not exist.
    pub create: bool,
    /// Empty it first.
    pub truncate: bool,
    /// Fail if it exists.
    pub exclusive: bool,
    /// Write always at the end.
    pub append: bool,
}

/// A write handle. Bytes go to a staging file; [`UploadHandle::close`] makes them an upload. A handle that is dropped without
/// being closed leaves a partial file, which can be resumed and is never read as a roster.
pub struct UploadHandle {
    drop_box: DropBox,
    path: DropPath,
    staging: StagingFile,
    append: bool,
    size: u64,
    /// The size that the account's limits allow.
    max_size: u64,
    /// The hash of the first `hashed` bytes, as long as writes are in order.
    hasher: Option<blake3::Hasher>,
    hashed: u64,
    has_failed: bool,
    modified_at: Option<Timestamp>,
    touched_at: Timestamp,
    _open_handle: OpenHandle,
}

impl UploadHandle {
    fn open(drop_box: &DropBox, path: &DropPath, mode: OpenMode) -> Result<UploadHandle, DropError> {
        // Counted before the first byte, so that the district does not appear to be quiet.
        let open_handle = OpenHandle::new(drop_box);
        let store = drop_box.district.store();
        for _ in 0..MAX_ATTEMPTS {
            let existing = store.read(|tx| existing_in_tx(drop_box, tx, path, mode))?;
            let base = existing.filter(|_| !mode.truncate);
            // Bytes are copied outside of the write transaction, since others wait for it.
            let staging = StagingFile::begin(store, base.as_ref())?;
            let opened = store.write(|tx| {
                let current = existing_in_tx(drop_box, tx, path, mode)?.filter(|_| !mode.truncate);
                if current.map(|current| current.kind) != base.as_ref().map(|base| base.kind.clone()) {
                    return Ok(None);
                }
                let max_size = drop_box.max_size_in_tx(tx, path)?;
                let partial = DropFile {
                    path: path.as_str().to_owned(),
                    kind: DropFileKind::Partial { staging: staging.name.clone() },
                    bytes: staging.length,
                    modified_at: store.now(),
                };
                drop_box.district.drop_files_put_in_tx(tx, drop_box.account, &partial)?;
                drop_box.district.activity_touch_in_tx(tx)?;
                Ok::<_, DropError>(Some(max_size))
            });
            match opened {
                Ok(Some(max_size)) => {
                    let size = staging.length;
                    return Ok(UploadHandle {
                        drop_box: drop_box.clone(),
                        path: path.clone(),
                        staging,
                        append: mode.append,
                        size,
                        max_size,
                        hasher: (size == 0).then(blake3::Hasher::new),
                        hashed: 0,
                        has_failed: false,
                        modified_at: None,
                        touched_at: store.now(),
                        _open_handle: open_handle,
                    });
                }
                Ok(None) => staging.discard(),
                Err(error) => {
                    staging.discard();
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

    /// Writes bytes at an offset, or at the end if the handle was opened for appending.
    ///
    /// # Errors
    /// When a limit is reached or the disk fails; the handle then cannot be closed successfully.
    pub fn write_at(&mut self, bytes: &[u8], offset: u64) -> Result<(), DropError> {
        if self.touch_is_due() {
            self.touch();
        }
        let offset = if self.append { self.size } else { offset };
        let end = offset
            .checked_add(bytes.len() as u64)
            .ok_or_else(|| self.file_too_large())
            .inspect_err(|_| self.has_failed = true)?;
        self.check_size(end)?;
        self.staging.file.write_all_at(bytes, offset).inspect_err(|_| self.has_failed = true)?;
        self.size = self.size.max(end);
        match &mut self.hasher {
            Some(hasher) if offset == self.hashed => {
                hasher.update(bytes);
                self.hashed = end;
            }
            // Out of order: the file is hashed when it is closed.
            hasher => *hasher = None,
        }
        Ok(())
    }

    /// Sets the size.
    ///
    /// # Errors
    /// As [`UploadHandle::write_at`].
    pub fn truncate(&mut self, size: u64) -> Result<(), DropError> {
        self.check_size(size)?;
        self.staging.file.set_len(size).inspect_err(|_| self.has_failed = true)?;
        self.size = size;
        self.hasher = (size == 0).then(blake3::Hasher::new);
        self.hashed = 0;
        Ok(())
    }

    /// Sets the modification time that the file gets when it is closed.
    pub fn set_modified(&mut self, time: Timestamp) {
        self.modified_at = Some(time);
    }

    /// Reads bytes written so far, for a client that reads a file while writing it.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        self.staging.file.read_at(buffer, offset)
    }

    /// Makes the bytes written so far durable.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn sync(&self) -> Result<(), DropError> {
        Ok(self.staging.file.sync_data()?)
    }

    /// Completes the file. After `Ok` the bytes are on disk under their hash and the upload is recorded.
    ///
    /// # Errors
    /// When an earlier write failed, or the disk or database fails. The file then stays partial.
    pub fn close(mut self) -> Result<(), DropError> {
        if self.has_failed {
            return Err(DropError::Broken);
        }
        self.staging.file.sync_data()?;
        let blob = match self.hasher.take() {
            Some(hasher) if self.hashed == self.size => blob_id(&hasher),
            _ => hash_file(&self.staging.file)?.0,
        };
        let store = self.drop_box.district.store();
        let staging = store.blobs().staging_path(&self.staging.name);
        store.blobs().adopt(&staging, blob)?;
        let recorded = store.write(|tx| self.record_in_tx(tx, blob));
        if recorded.is_err()
            && let Err(error) = store.blobs().give_back(blob, &staging)
        {
            // The client gets an error and will send the file again from its beginning.
            tracing::error!(error = %error, "the bytes of a failed upload cannot be resumed");
        }
        recorded
    }

    fn record_in_tx(&self, tx: &mut Tx<'_>, blob: BlobId) -> Result<(), DropError> {
        let DropBox { district, account, .. } = &self.drop_box;
        // The file may have been renamed since it was opened, or replaced by another handle: the last one to close wins.
        let path = match district.drop_files_staged_in_tx(tx, *account, &self.staging.name)? {
            Some(file) => DropPath::parse(file.path.as_bytes())?,
            None => self.path.clone(),
        };
        self.drop_box.check_parent_in_tx(tx, &path)?;
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
            self.drop_box.record_upload_in_tx(tx, &path, blob, self.size)?;
        }
        Ok(district.activity_touch_in_tx(tx)?)
    }

    /// Whether the next write accesses the database first, which may take a while.
    pub fn touch_is_due(&self) -> bool {
        let interval = self.drop_box.inbox.settings.settle_time() / 2;
        let interval = interval.clamp(SignedDuration::from_millis(100), SignedDuration::from_secs(1));
        self.drop_box.district.store().now().duration_since(self.touched_at) >= interval
    }

    /// Notes the activity, so that the district is not quiet, and updates the size limit.
    fn touch(&mut self) {
        let store = self.drop_box.district.store();
        self.touched_at = store.now();
        let touched = store.write(|tx| {
            self.drop_box.district.activity_touch_in_tx(tx)?;
            self.drop_box.max_size_in_tx(tx, &self.path)
        });
        match touched {
            Ok(max_size) => self.max_size = max_size,
            Err(DropError::Quota(_)) => self.max_size = 0,
            // The bytes are safe on disk; if the database still fails when the file is closed, closing fails.
            Err(error) => tracing::warn!(error = %error, "the activity of an upload could not be noted"),
        }
    }

    fn check_size(&mut self, size: u64) -> Result<(), DropError> {
        if size <= self.max_size {
            return Ok(());
        }
        self.has_failed = true;
        let is_too_large = size > self.drop_box.inbox.settings.max_file_bytes;
        Err(if is_too_large { self.file_too_large() } else { QuotaExceeded::AccountFull.into() })
    }

    fn file_too_large(&self) -> DropError {
        QuotaExceeded::FileTooLarge { max_bytes: self.drop_box.inbox.settings.max_file_bytes }.into()
    }
}

impl DropBox {
    /// Opens a file for writing. Its bytes become visible as a complete file when the handle is closed.
    ///
    /// # Errors
    /// When the path or the mode does not allow it, a limit is reached, or the disk or database fails.
    pub fn open_write(&self, path: &DropPath, mode: OpenMode) -> Result<UploadHandle, DropError> {
        self.check_writable(path)?;
        UploadHandle::open(self, path, mode)
    }
}

/// The existing file at a path, if it may be opened for writing.
fn existing_in_tx(
    drop_box: &DropBox,
    tx: &mut Tx<'_>,
    path: &DropPath,
    mode: OpenMode,
) -> Result<Option<DropFile>, DropError> {
    drop_box.check_parent_in_tx(tx, path)?;
    let existing = drop_box.get_in_tx(tx, path)?;
    match &existing {
        Some(DropFile { kind: DropFileKind::Folder, .. }) => return Err(DropError::IsAFolder),
        Some(_) if mode.exclusive => return Err(DropError::Exists),
        None if !mode.create => return Err(DropError::NotFound),
        None => drop_box.check_file_count_in_tx(tx)?,
        Some(_) => {}
    }
    Ok(existing)
}

/// Counts an open write handle of a district until it is dropped.
struct OpenHandle(DropBox);

impl OpenHandle {
    fn new(drop_box: &DropBox) -> OpenHandle {
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
