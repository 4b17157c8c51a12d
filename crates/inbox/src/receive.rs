//! A file from the command line becomes an upload.

use std::fs::File;
use std::path::Path;

use homeroom_store::hashing::hash_file;
use homeroom_store::uploads::{NewUpload, Upload};
use homeroom_store::{DistrictStore, StoreError};

use crate::Inbox;

impl Inbox {
    /// Stores a file's bytes and records them as an upload called `name`. If they are those of the newest upload, they are read but not
    /// copied: it refers to them, so that they stay.
    ///
    /// # Errors
    /// When the file cannot be read, or the database or disk fails.
    pub fn receive(&self, district: &DistrictStore, name: &str, path: &Path) -> Result<Upload, StoreError> {
        let reading = || StoreError::io(format!("reading {}", path.display()));
        let file = File::open(path).map_err(reading())?;
        let bytes = file.metadata().map_err(reading())?.len();
        let blobs = self.store.blobs();
        let known = match district.uploads_newest()? {
            Some(newest) if newest.bytes == bytes => {
                let hashed = hash_file(&file).map_err(reading())?;
                Some(hashed).filter(|(blob, bytes)| newest.blob == *blob && blobs.contains(*blob, *bytes))
            }
            _ => None,
        };
        let (blob, bytes) = match known {
            Some(known) => known,
            None => blobs.keep(&self.store.random().uuid().to_string(), &file)?,
        };
        let new = NewUpload { account: None, path: name, blob, bytes };
        self.store.write(|tx| district.uploads_record_in_tx(tx, &new))
    }
}
