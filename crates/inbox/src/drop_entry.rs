//! What a client sees of a file or folder, and a file that it reads.

use std::fs::File;
use std::io;

use homeroom_store::hashing::read_full_at;
use jiff::Timestamp;

/// A file or folder as a client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropEntry {
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

impl DropEntry {
    /// A folder that the client cannot change.
    pub fn read_only_folder(name: &str) -> DropEntry {
        DropEntry {
            name: name.to_owned(),
            is_folder: true,
            bytes: 0,
            modified_at: Timestamp::UNIX_EPOCH,
            writable: false,
        }
    }
}

/// A file opened for reading.
#[derive(Debug)]
pub struct ReadHandle {
    pub(crate) content: Content,
    pub(crate) entry: DropEntry,
}

/// Where the bytes of a file are.
#[derive(Debug)]
pub(crate) enum Content {
    File(File),
    Static(&'static [u8]),
}

impl ReadHandle {
    /// The file's entry.
    pub fn entry(&self) -> &DropEntry {
        &self.entry
    }

    /// Fills as much of `buffer` as the file has from `offset` on, and returns how much that is.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match &self.content {
            Content::File(file) => read_full_at(file, buffer, offset),
            Content::Static(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                let count = buffer.len().min(bytes.len() - start);
                buffer[..count].copy_from_slice(&bytes[start..start + count]);
                Ok(count)
            }
        }
    }
}
