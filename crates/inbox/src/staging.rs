//! Staging files: bytes are written to them before their hash is known. Abandoned ones are cleaned up.

use std::fs::{self, File, OpenOptions};
use std::path::PathBuf;

use homeroom_model::time::{DAY, before, days};
use homeroom_store::drop_files::{DropFile, DropFileKind};
use homeroom_store::{Store, StoreError};
use jiff::SignedDuration;

use crate::Inbox;
use crate::drop_error::DropError;

/// How long staging files without a row are kept: a new one has no row yet.
const KEEP_UNNAMED: SignedDuration = DAY;

/// A staging file with one writer. The lock on it shows other handles and processes that it has one.
pub(crate) struct StagingFile {
    pub(crate) name: String,
    pub(crate) file: File,
    pub(crate) length: u64,
    path: PathBuf,
    /// Whether it was created for this writer, not resumed.
    is_new: bool,
}

impl StagingFile {
    /// A staging file that begins with the bytes of `base`. A partial file without a writer is resumed; any other base is
    /// copied, so that two writers never share a staging file.
    pub(crate) fn begin(store: &Store, base: Option<&DropFile>) -> Result<StagingFile, DropError> {
        if let Some(DropFile { kind: DropFileKind::Partial { staging }, .. }) = base {
            let path = store.blobs().staging_path(staging);
            if let Ok(file) = OpenOptions::new().read(true).write(true).open(&path)
                && file.try_lock().is_ok()
            {
                let length = file.metadata()?.len();
                return Ok(StagingFile { name: staging.clone(), file, length, path, is_new: false });
            }
        }
        let name = store.random().uuid().to_string();
        let path = store.blobs().staging_path(&name);
        let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        file.lock()?;
        let source = match base.map(|base| &base.kind) {
            Some(DropFileKind::File { blob }) => Some(store.blobs().open_file(*blob)?),
            // Missing if it has just been closed; the caller detects that.
            Some(DropFileKind::Partial { staging }) => File::open(store.blobs().staging_path(staging)).ok(),
            _ => None,
        };
        if let Some(mut source) = source {
            std::io::copy(&mut source, &mut file)?;
        }
        let length = file.metadata()?.len();
        Ok(StagingFile { name, file, length, path, is_new: true })
    }

    /// Removes the file if it is new.
    pub(crate) fn discard(self) {
        if self.is_new
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(error = %error, "a staging file remains until the next cleanup");
        }
    }
}

impl Inbox {
    /// Removes partial files that nobody has resumed for `partial_keep_days`, and staging files without a row and without a
    /// writer. Returns how many staging files were removed. Safe while servers run, and safe to repeat.
    ///
    /// # Errors
    /// When the database or the disk fails.
    pub fn clean_staging(&self) -> Result<usize, StoreError> {
        let store = &self.store;
        let keep_days = u32::try_from(self.settings.partial_keep_days).unwrap_or(u32::MAX);
        let oldest = before(store.now(), days(keep_days));
        let blobs = store.blobs();
        let mut named = std::collections::HashSet::new();
        for partial in store.drop_files_partial()? {
            if partial.opened_at >= oldest || !is_idle(&blobs.staging_path(&partial.staging)) {
                named.insert(partial.staging);
                continue;
            }
            let district = store.district(partial.district);
            store.write(|tx| {
                let current = district.drop_files_get_in_tx(tx, partial.account, &partial.path)?;
                let expected = DropFileKind::Partial { staging: partial.staging.clone() };
                if current.is_some_and(|current| current.kind == expected) {
                    district.drop_files_remove_in_tx(tx, partial.account, &partial.path)?;
                }
                Ok::<_, StoreError>(())
            })?;
        }
        let mut removed = 0;
        for (name, written_at) in blobs.staging_list()? {
            let path = blobs.staging_path(&name);
            if !named.contains(&name)
                && store.now().duration_since(written_at) > KEEP_UNNAMED
                && is_idle(&path)
            {
                fs::remove_file(&path)
                    .map_err(StoreError::io(format!("removing the staging file {}", path.display())))?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// Whether a staging file has no writer; a missing one has none.
fn is_idle(path: &std::path::Path) -> bool {
    File::open(path).map_or(true, |file| file.try_lock().is_ok())
}
