//! How much an account may keep.

use homeroom_store::Tx;
use homeroom_store::drop_files::{DropFile, DropFileKind};

use crate::drop_box::DropBox;
use crate::drop_error::{DropError, QuotaExceeded};
use crate::drop_path::DropPath;
use crate::settings::InboxSettings;

/// The bytes of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The bytes that its files have.
    pub used: u64,
    /// The bytes that its files may have.
    pub limit: u64,
}

impl DropBox {
    /// The bytes that the account uses.
    ///
    /// # Errors
    /// When the database fails.
    pub fn usage(&self) -> Result<Usage, DropError> {
        let files =
            self.district.store().read(|tx| self.district.drop_files_below_in_tx(tx, self.account, ""))?;
        let used = files.iter().map(|file| self.size_of(file)).sum();
        Ok(Usage { used, limit: self.inbox.settings.max_total_bytes })
    }

    /// Fails unless the account may have one more file or folder.
    pub(crate) fn check_file_count_in_tx(&self, tx: &mut Tx<'_>) -> Result<(), DropError> {
        let files = self.district.drop_files_below_in_tx(tx, self.account, "")?.len() as u64;
        if files >= self.inbox.settings.max_files {
            return Err(QuotaExceeded::TooManyFiles { files }.into());
        }
        Ok(())
    }

    /// The largest size of a file, given the current sizes of the account's other files.
    pub(crate) fn max_size_in_tx(&self, tx: &mut Tx<'_>, path: &DropPath) -> Result<u64, DropError> {
        let InboxSettings { max_file_bytes, max_total_bytes, .. } = self.inbox.settings;
        let files = self.district.drop_files_below_in_tx(tx, self.account, "")?;
        let others = files.iter().filter(|file| file.path != path.as_str());
        let left = max_total_bytes.saturating_sub(others.map(|file| self.size_of(file)).sum());
        if left == 0 {
            return Err(QuotaExceeded::AccountFull.into());
        }
        Ok(left.min(max_file_bytes))
    }

    /// The size of a file. That of a partial file is on disk.
    pub(crate) fn size_of(&self, file: &DropFile) -> u64 {
        match &file.kind {
            DropFileKind::Partial { staging } => {
                let staging = self.district.store().blobs().staging_path(staging);
                staging.metadata().map_or(file.bytes, |found| found.len())
            }
            _ => file.bytes,
        }
    }
}
