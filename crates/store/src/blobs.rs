//! Bytes by their BLAKE3 hash: uploads and result files. What is here never changes.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use homeroom_model::Source;
use homeroom_model::ids::BlobId;
use homeroom_model::source::ReadSeek;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::hashing::{blob_id, hash_and_copy};

/// A folder of blobs: `<first two hex digits>/<hash>`, and `staging/` for files that are still being written.
#[derive(Clone, Debug)]
pub struct Blobs {
    root: PathBuf,
}

impl Blobs {
    /// Opens the folder, making it when it is not there.
    pub fn open(root: &Path) -> Result<Blobs, StoreError> {
        let staging = root.join("staging");
        fs::create_dir_all(&staging).map_err(StoreError::io(format!("making {}", staging.display())))?;
        Ok(Blobs { root: root.to_owned() })
    }

    /// Where a file is written before its hash is known. `name` is one of ours, never a client's.
    pub fn staging_path(&self, name: &str) -> PathBuf {
        self.root.join("staging").join(name)
    }

    /// Takes a staging file whose bytes are already on disk (`fdatasync`) into the store: the rename, and the
    /// folder entries, are on disk when it answers.
    pub fn adopt(&self, staging: &Path, blob: BlobId) -> Result<(), StoreError> {
        let path = self.path(blob);
        let folder = path.parent().expect("a blob lies in a folder of two digits");
        if !folder.exists() {
            fs::create_dir_all(folder).map_err(StoreError::io(format!("making {}", folder.display())))?;
            sync_folder(&self.root)?;
        }
        fs::rename(staging, &path)
            .map_err(StoreError::io(format!("moving an upload to {}", path.display())))?;
        sync_folder(folder)
    }

    /// Copies a blob back to a staging file: what was adopted for it could not be recorded after all.
    pub fn give_back(&self, blob: BlobId, staging: &Path) -> Result<(), StoreError> {
        fs::copy(self.path(blob), staging)
            .map(drop)
            .map_err(StoreError::io(format!("giving back {}", staging.display())))
    }

    /// The names of all files in the staging folder, and when each was last written to.
    pub fn staging_list(&self) -> Result<Vec<(String, Timestamp)>, StoreError> {
        let walk = || -> io::Result<Vec<(String, Timestamp)>> {
            let mut names = Vec::new();
            for file in fs::read_dir(self.root.join("staging"))? {
                let file = file?;
                // A file that was just adopted is gone, which is what it should be.
                let Ok(written) = file.metadata().and_then(|found| found.modified()) else { continue };
                let name = file.file_name().to_string_lossy().into_owned();
                names.push((name, Timestamp::try_from(written).unwrap_or(Timestamp::MAX)));
            }
            Ok(names)
        };
        walk().map_err(StoreError::io(format!("listing {}", self.root.join("staging").display())))
    }

    /// Begins a blob whose bytes are made here, such as a result file. `staging_name` is a random name of ours.
    pub fn begin(&self, staging_name: &str) -> Result<NewBlob, StoreError> {
        let staging = self.staging_path(staging_name);
        let file = File::create(&staging).map_err(StoreError::io(format!("making {}", staging.display())))?;
        let writer = BufWriter::with_capacity(1 << 18, file);
        Ok(NewBlob { blobs: self.clone(), staging, writer, hasher: blake3::Hasher::new(), bytes: 0 })
    }

    /// Copies a file into the store: when it answers, the bytes are on disk. Gives their id and their number.
    pub fn keep(&self, staging_name: &str, from: &File) -> Result<(BlobId, u64), StoreError> {
        let staging = self.staging_path(staging_name);
        let copy = || -> io::Result<_> {
            let mut file = File::create(&staging)?;
            let hashed = hash_and_copy(from, |block| file.write_all(block))?;
            file.sync_data()?;
            Ok(hashed)
        };
        let (blob, bytes) =
            copy().map_err(StoreError::io(format!("copying a file to {}", staging.display())))?;
        self.adopt(&staging, blob)?;
        Ok((blob, bytes))
    }

    /// Whether a blob with this id and size is here.
    pub fn contains(&self, blob: BlobId, bytes: u64) -> bool {
        fs::metadata(self.path(blob)).is_ok_and(|found| found.len() == bytes)
    }

    /// Opens a blob for reading at any place.
    pub fn open_file(&self, blob: BlobId) -> Result<File, StoreError> {
        let path = self.path(blob);
        File::open(&path).map_err(StoreError::io(format!("opening the kept file {}", path.display())))
    }

    /// A blob as something the reader can read as often as it wants.
    pub fn source(&self, blob: BlobId) -> Result<BlobSource, StoreError> {
        let length = self
            .open_file(blob)?
            .metadata()
            .map_err(StoreError::io("reading the size of a kept file"))?
            .len();
        Ok(BlobSource { path: self.path(blob), length })
    }

    /// Removes a blob that nothing refers to any more.
    pub fn remove(&self, blob: BlobId) -> Result<(), StoreError> {
        match fs::remove_file(self.path(blob)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::io(format!("removing the kept file {blob}"))(error))
            }
            _ => Ok(()),
        }
    }

    /// The ids of all blobs.
    pub fn list(&self) -> Result<Vec<BlobId>, StoreError> {
        let walk = || -> io::Result<Vec<BlobId>> {
            let mut blobs = Vec::new();
            for folder in fs::read_dir(&self.root)? {
                let folder = folder?;
                if folder.file_name().len() == 2 {
                    for file in fs::read_dir(folder.path())? {
                        let name = file?.file_name();
                        blobs.push(name.to_string_lossy().parse().map_err(io::Error::other)?);
                    }
                }
            }
            Ok(blobs)
        };
        walk().map_err(StoreError::io(format!("listing {}", self.root.display())))
    }

    fn path(&self, blob: BlobId) -> PathBuf {
        let name = blob.to_string();
        self.root.join(&name[..2]).join(name)
    }
}

/// A blob that is being written.
pub struct NewBlob {
    blobs: Blobs,
    staging: PathBuf,
    writer: BufWriter<File>,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl NewBlob {
    /// Ends it: its bytes are on disk under its hash. Gives its id and size.
    pub fn finish(self) -> Result<(BlobId, u64), StoreError> {
        let NewBlob { blobs, staging, writer, hasher, bytes } = self;
        let blob = blob_id(&hasher);
        writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.sync_data())
            .map_err(StoreError::io(format!("writing {}", staging.display())))?;
        blobs.adopt(&staging, blob)?;
        Ok((blob, bytes))
    }
}

impl Write for NewBlob {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// A file of the blob store, or any file that does not change while it is read.
#[derive(Clone, Debug)]
pub struct BlobSource {
    path: PathBuf,
    length: u64,
}

impl BlobSource {
    /// A file outside the store, for `homeroom check`.
    pub fn of_file(path: &Path) -> io::Result<BlobSource> {
        Ok(BlobSource { path: path.to_owned(), length: fs::metadata(path)?.len() })
    }
}

impl Source for BlobSource {
    fn open(&self) -> io::Result<Box<dyn ReadSeek + Send + '_>> {
        // Those who read files do it in large blocks.
        Ok(Box::new(File::open(&self.path)?))
    }

    fn length(&self) -> u64 {
        self.length
    }
}

/// Makes renames and new names in a folder durable.
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(StoreError::io(format!("syncing the folder {}", folder.display())))
}
