//! Files on disk that bytes are written to before their hash is known, and what becomes of those that nobody closes.

use std::fs::{self, File, OpenOptions};
use std::path::PathBuf;

use homeroom_model::time::{DAY, before, days};
use homeroom_store::drop_files::{DropFile, DropFileKind};
use homeroom_store::{Store, StoreError};
use jiff::SignedDuration;

use crate::Inbox;
use crate::drop_error::DropError;

/// Staging files that nothing names are kept this long: one that is not yet named has its writer.
const UNNAMED_FOR: SignedDuration = DAY;

/// A staging file with one writer. The lock on it tells others, also of other processes, that it has one.
pub(crate) struct Staged {
    pub(crate) name: String,
    pub(crate) file: File,
    pub(crate) length: u64,
    path: PathBuf,
    /// Whether it was made for this writer, and not resumed.
    fresh: bool,
}

impl Staged {
    /// A staging file that begins with what `base` has: a partial file without a writer goes on in its own, anything
    /// else is copied, so that two writers never share one.
    pub(crate) fn begin(store: &Store, base: Option<&DropFile>) -> Result<Staged, DropError> {
        if let Some(DropFile { kind: DropFileKind::Partial { staging }, .. }) = base {
            let path = store.blobs().staging_path(staging);
            if let Ok(file) = OpenOptions::new().read(true).write(true).open(&path)
                && file.try_lock().is_ok()
            {
                let length = file.metadata()?.len();
                return Ok(Staged { name: staging.clone(), file, length, path, fresh: false });
            }
        }
        let name = store.random().uuid().to_string();
        let path = store.blobs().staging_path(&name);
        let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        file.lock()?;
        let source = match base.map(|base| &base.kind) {
            Some(DropFileKind::File { blob }) => Some(store.blobs().open_file(*blob)?),
            // Gone when it was closed in this moment, which the caller notices.
            Some(DropFileKind::Partial { staging }) => File::open(store.blobs().staging_path(staging)).ok(),
            _ => None,
        };
        if let Some(mut source) = source {
            std::io::copy(&mut source, &mut file)?;
        }
        let length = file.metadata()?.len();
        Ok(Staged { name, file, length, path, fresh: true })
    }

    /// Takes back a file that was made in vain.
    pub(crate) fn discard(self) {
        if self.fresh
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(error = %error, "a staging file stays behind until the next cleaning");
        }
    }
}

impl Inbox {
    /// Forgets partial files that nobody has resumed for `partial_keep_days`, and removes staging files that nothing
    /// names and nobody writes to; how many files were removed. Safe beside running servers, and to repeat.
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
                let there = district.drop_files_get_in_tx(tx, partial.account, &partial.path)?;
                if there.is_some_and(|there| {
                    there.kind == DropFileKind::Partial { staging: partial.staging.clone() }
                }) {
                    district.drop_files_remove_in_tx(tx, partial.account, &partial.path)?;
                }
                Ok::<_, StoreError>(())
            })?;
        }
        let mut removed = 0;
        for (name, written_at) in blobs.staging_list()? {
            let path = blobs.staging_path(&name);
            if !named.contains(&name)
                && store.now().duration_since(written_at) > UNNAMED_FOR
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

/// Whether nobody writes to a staging file; one that is gone has no writer.
fn is_idle(path: &std::path::Path) -> bool {
    File::open(path).map_or(true, |file| file.try_lock().is_ok())
}
