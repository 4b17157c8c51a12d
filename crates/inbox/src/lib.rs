//! An upload arrives, is kept by its hash, and is settled.
//!
//! A drop account sees a file tree of its own. It is made of rows: a path is only a key, bytes are blobs, and nothing
//! on disk is named by a client. All calls block.

mod accounts;
mod drop_box;
mod drop_error;
mod drop_path;
mod password;
mod receive;
mod settings;
mod staging;
mod upload_handle;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use homeroom_model::ids::{AccountId, DistrictId};
use homeroom_model::time::after;
use homeroom_store::{DistrictStore, Store, StoreError};
use jiff::SignedDuration;

pub use accounts::{Login, LoginRefused, NewLogin, parse_public_key};
pub use drop_box::{DropBox, Entry, OpenMode, ReadHandle};
pub use drop_error::DropError;
pub use drop_path::DropPath;
pub use settings::InboxSettings;
pub use upload_handle::UploadHandle;

/// Takes uploads of all districts. Cheap to clone; clones share what is open.
#[derive(Clone)]
pub struct Inbox {
    store: Store,
    settings: InboxSettings,
    /// Write handles of each district in this process.
    open: Arc<Mutex<HashMap<DistrictId, usize>>>,
}

impl Inbox {
    /// An inbox on a store.
    pub fn new(store: Store, settings: InboxSettings) -> Inbox {
        Inbox { store, settings, open: Arc::default() }
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The settings.
    pub fn settings(&self) -> &InboxSettings {
        &self.settings
    }

    /// The file tree of an account.
    pub fn drop_box(&self, district: DistrictId, account: AccountId) -> DropBox {
        DropBox { inbox: self.clone(), district: self.store.district(district), account }
    }

    /// How long until the district has been quiet for long enough; `None` when it has.
    pub fn settle_wait(&self, district: &DistrictStore) -> Result<Option<SignedDuration>, StoreError> {
        let settle = self.settings.settle_time();
        let writing = self.open().get(&district.id()).copied().unwrap_or(0);
        if writing > 0 {
            return Ok(Some(settle.max(SignedDuration::from_millis(100))));
        }
        let quiet_at = district.activity_last()?.map(|last| after(last, settle));
        let wait = quiet_at.map(|quiet_at| quiet_at.duration_since(self.store.now()));
        Ok(wait.filter(SignedDuration::is_positive))
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<DistrictId, usize>> {
        self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
