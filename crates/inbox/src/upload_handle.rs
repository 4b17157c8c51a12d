//! A file that is being written.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;

use homeroom_store::StoreError;
use homeroom_store::drop_files::{DropFile, DropFileKind};

use crate::drop_box::{DropBox, OpenMode};
use crate::drop_error::DropError;
use crate::drop_path::DropPath;

/// A write handle. Bytes go to a staging file; [`UploadHandle::close`] makes them an upload. A handle that is dropped
/// without being closed leaves a partial file, which can be resumed and is never read.
pub struct UploadHandle {
    drop_box: DropBox,
    path: DropPath,
    staging: String,
    file: File,
    append: bool,
    size: u64,
    /// The hash of the first `hashed` bytes, as long as writes follow each other.
    hasher: Option<blake3::Hasher>,
    hashed: u64,
    failed: bool,
    touched_at: i64,
}

impl UploadHandle {
    pub(crate) fn open(
        drop_box: &DropBox,
        path: &DropPath,
        mode: OpenMode,
    ) -> Result<UploadHandle, DropError> {
        let store = drop_box.district.store();
        let now = store.now();
        let opened = store.write(|tx| {
            drop_box.parent_in_tx(tx, path)?;
            let there = drop_box.get_in_tx(tx, path)?;
            match &there {
                Some(DropFile { kind: DropFileKind::Folder, .. }) => return Err(DropError::IsAFolder),
                Some(_) if mode.exclusive => return Err(DropError::Exists),
                None if !mode.create => return Err(DropError::NotFound),
                None => drop_box.room_in_tx(tx)?,
                Some(_) => {}
            }
            let (staging, file) = stage(drop_box, there.as_ref().filter(|_| !mode.truncate))?;
            let size = file.metadata()?.len();
            drop_box.district.drop_files_put_in_tx(
                tx,
                drop_box.account,
                &DropFile {
                    path: path.as_str().to_owned(),
                    kind: DropFileKind::Partial { staging: staging.clone() },
                    bytes: size,
                    modified_at: now,
                },
            )?;
            drop_box.district.activity_touch_in_tx(tx)?;
            Ok((staging, file, size))
        });
        let (staging, file, size) = opened?;
        let mut open = drop_box.inbox.open();
        open.staging.insert(staging.clone());
        *open.handles.entry(drop_box.district.id()).or_default() += 1;
        drop(open);
        Ok(UploadHandle {
            drop_box: drop_box.clone(),
            path: path.clone(),
            staging,
            file,
            append: mode.append,
            size,
            hasher: (size == 0).then(blake3::Hasher::new),
            hashed: 0,
            failed: false,
            touched_at: now,
        })
    }

    /// The size so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Writes bytes at an offset, or at the end of a handle opened for appending.
    pub fn write_at(&mut self, bytes: &[u8], offset: u64) -> Result<(), DropError> {
        let offset = if self.append { self.size } else { offset };
        let end = offset
            .checked_add(bytes.len() as u64)
            .ok_or(DropError::BadPath("the file would be too large"))?;
        let most = self.drop_box.inbox.settings.max_file_bytes;
        if end > most {
            self.failed = true;
            return Err(DropError::Quota(format!("a file has at most {most} bytes")));
        }
        self.file.write_all_at(bytes, offset).inspect_err(|_| self.failed = true)?;
        self.size = self.size.max(end);
        match &mut self.hasher {
            Some(hasher) if offset == self.hashed => {
                hasher.update(bytes);
                self.hashed = end;
            }
            // Out of order: the hash is made when the file is closed.
            hasher => *hasher = None,
        }
        self.touch()
    }

    /// Sets the size.
    pub fn truncate(&mut self, size: u64) -> Result<(), DropError> {
        if size > self.drop_box.inbox.settings.max_file_bytes {
            return Err(DropError::Quota("the file would be too large".into()));
        }
        self.file.set_len(size).inspect_err(|_| self.failed = true)?;
        self.size = size;
        self.hasher = (size == 0).then(blake3::Hasher::new);
        self.hashed = 0;
        Ok(())
    }

    /// Bytes written so far, for a client that reads what it writes.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        self.file.read_at(buffer, offset)
    }

    /// Makes what was written so far durable.
    pub fn sync(&self) -> Result<(), DropError> {
        Ok(self.file.sync_data()?)
    }

    /// Ends the file. When it answers `Ok`, the bytes are on disk under their hash and the upload is recorded.
    ///
    /// # Errors
    /// When an earlier write failed, or the disk or database does: the file then stays partial.
    pub fn close(mut self) -> Result<(), DropError> {
        if self.failed {
            return Err(DropError::Broken);
        }
        self.file.sync_data()?;
        let hash = match self.hasher.take() {
            Some(hasher) if self.hashed == self.size => hasher.finalize(),
            _ => hash_of(&self.file)?,
        };
        let drop_box = &self.drop_box;
        let store = drop_box.district.store();
        let blobs = store.blobs();
        blobs.adopt(&blobs.staging_path(&self.staging), &hash)?;
        let blob = hash.to_hex().to_string();
        store.write(|tx| {
            let file = DropFile {
                path: self.path.as_str().to_owned(),
                kind: DropFileKind::File { blob: blob.clone() },
                bytes: self.size,
                modified_at: store.now(),
            };
            drop_box.district.drop_files_put_in_tx(tx, drop_box.account, &file)?;
            if !self.path.is_temporary() {
                drop_box.arrived_in_tx(tx, &self.path, &blob, self.size)?;
            }
            drop_box.district.activity_touch_in_tx(tx)?;
            Ok::<_, StoreError>(())
        })?;
        Ok(())
    }

    /// Tells the district's clock that someone is writing, now and then.
    fn touch(&mut self) -> Result<(), DropError> {
        let store = self.drop_box.district.store();
        let now = store.now();
        let every = (self.drop_box.inbox.settings.settle_millis() / 2).clamp(100, 1_000);
        if now - self.touched_at >= every {
            self.touched_at = now;
            store.write(|tx| self.drop_box.district.activity_touch_in_tx(tx))?;
        }
        Ok(())
    }
}

impl Drop for UploadHandle {
    fn drop(&mut self) {
        let mut open = self.drop_box.inbox.open();
        open.staging.remove(&self.staging);
        if let Some(handles) = open.handles.get_mut(&self.drop_box.district.id()) {
            *handles = handles.saturating_sub(1);
        }
    }
}

/// The staging file of a handle: a fresh one, or one that begins with what is there.
fn stage(drop_box: &DropBox, there: Option<&DropFile>) -> Result<(String, File), DropError> {
    let store = drop_box.district.store();
    let blobs = store.blobs();
    if let Some(DropFile { kind: DropFileKind::Partial { staging }, .. }) = there {
        // Its writer is gone: go on in its file. Else its bytes are copied, so that two writers never share one.
        let path = blobs.staging_path(staging);
        if !drop_box.inbox.open().staging.contains(staging) && path.exists() {
            let file = OpenOptions::new().read(true).write(true).open(path)?;
            return Ok((staging.clone(), file));
        }
    }
    let name = store.chance().uuid().to_string();
    let mut file =
        OpenOptions::new().read(true).write(true).create_new(true).open(blobs.staging_path(&name))?;
    let source = match there.map(|there| &there.kind) {
        Some(DropFileKind::File { blob }) => Some(blobs.open_file(blob)?),
        Some(DropFileKind::Partial { staging }) => File::open(blobs.staging_path(staging)).ok(),
        _ => None,
    };
    if let Some(mut source) = source {
        std::io::copy(&mut source, &mut file)?;
    }
    Ok((name, file))
}

/// The hash of a whole file.
pub(crate) fn hash_of(file: &File) -> std::io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    let mut block = vec![0; 1 << 18];
    let mut offset = 0;
    loop {
        let read = file.read_at(&mut block, offset)?;
        if read == 0 {
            return Ok(hasher.finalize());
        }
        hasher.update(&block[..read]);
        offset += read as u64;
    }
}
