//! Receives uploads: an upload arrives, is stored by its hash, and is read when its district has been quiet.
//!
//! Each drop account sees a file tree of its own. The tree consists of rows: a path is only a key, bytes are blobs, and nothing
//! on disk is named by a client. All calls block.

mod accounts;
mod area;
mod arrival;
mod drop_box;
mod drop_entry;
mod drop_error;
mod drop_path;
mod password;
mod public_key;
mod quota;
mod receive;
mod sample;
mod settings;
mod staging;
mod upload_handle;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use homeroom_model::ids::{AccountId, DistrictId};
use homeroom_model::time::after;
use homeroom_store::{DistrictStore, Store, StoreError};
use jiff::SignedDuration;

pub use accounts::{AccountLogin, LoginRefused, NewLogin};
pub use arrival::SETTLE;
pub use drop_box::{DropBox, IfExists};
pub use drop_entry::{DropEntry, ReadHandle};
pub use drop_error::{BadPath, DropError, QuotaExceeded};
pub use drop_path::DropPath;
pub use public_key::{PublicKeyError, parse_public_key};
pub use quota::Usage;
pub use sample::SampleFile;
pub use settings::InboxSettings;
pub use upload_handle::{OpenMode, UploadHandle};

/// Receives the uploads of all districts. Cheap to clone; clones count open files together.
#[derive(Clone)]
pub struct Inbox {
    store: Store,
    settings: InboxSettings,
    samples: Arc<[SampleFile]>,
    /// How many write handles of each district are open in this process.
    open: Arc<Mutex<HashMap<DistrictId, usize>>>,
}

impl Inbox {
    /// An inbox on a store, without samples.
    pub fn new(store: Store, settings: InboxSettings) -> Inbox {
        Inbox { store, settings, samples: Arc::default(), open: Arc::default() }
    }

    /// The same inbox, whose accounts see these samples.
    pub fn with_samples(self, samples: Vec<SampleFile>) -> Inbox {
        Inbox { samples: samples.into(), ..self }
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

    /// The time until the district has been quiet for the settle time; `None` when it has been.
    ///
    /// # Errors
    /// When the database fails.
    pub fn quiet_in(&self, district: &DistrictStore) -> Result<Option<SignedDuration>, StoreError> {
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
