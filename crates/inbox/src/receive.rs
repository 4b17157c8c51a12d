//! A file given on the command line becomes an upload.

use std::fs::File;
use std::path::Path;

use homeroom_store::hashing::hash_file;
use homeroom_store::uploads::{NewUpload, Upload};
use homeroom_store::{DistrictStore, StoreError};

use crate::Inbox;

impl Inbox {
    /// Keeps a file's bytes and records them as an upload called `name`. A file whose bytes are kept already is only
    /// read, not copied.
    pub fn receive(&self, district: &DistrictStore, name: &str, path: &Path) -> Result<Upload, StoreError> {
        let failed = || StoreError::io(format!("reading {}", path.display()));
        let file = File::open(path).map_err(failed())?;
        let bytes = file.metadata().map_err(failed())?.len();
        let blobs = self.store.blobs();
        let seen_before = district.uploads_newest()?.is_some_and(|newest| newest.bytes == bytes);
        let known = if seen_before {
            let (blob, bytes) = hash_file(&file).map_err(failed())?;
            Some((blob, bytes)).filter(|(blob, bytes)| blobs.contains(*blob, *bytes))
        } else {
            None
        };
        let (blob, bytes) = match known {
            Some(known) => known,
            None => blobs.keep(&self.store.random().uuid().to_string(), &file)?,
        };
        let new = NewUpload { account: None, path: name, blob, bytes };
        self.store.write(|tx| district.uploads_record_in_tx(tx, &new))
    }
}
