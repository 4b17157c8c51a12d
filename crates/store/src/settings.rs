//! Settings of the store, and where they put it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The `[database]` section of the settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseSettings {
    /// `sqlite://PATH` or `postgres://…`; empty for `homeroom.db` in the data folder.
    pub url: String,
    /// The most connections to PostgreSQL.
    pub connections: u32,
    /// Whether `homeroom serve` migrates a database of an earlier version when it starts.
    pub migrate: bool,
}

impl Default for DatabaseSettings {
    fn default() -> Self {
        DatabaseSettings { url: String::new(), connections: 16, migrate: true }
    }
}

/// The `[blobs]` section of the settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BlobSettings {
    /// `file://FOLDER`; empty for `blobs` in the data folder.
    pub url: String,
    /// How long a stored file is kept that nothing refers to any more, in hours.
    pub keep_unused_hours: u32,
}

impl Default for BlobSettings {
    fn default() -> Self {
        BlobSettings { url: String::new(), keep_unused_hours: 24 }
    }
}

impl BlobSettings {
    /// Refuses values that cannot work, in words for the operator.
    pub fn validate(&self) -> Result<(), String> {
        if self.keep_unused_hours == 0 {
            return Err("blobs.keep_unused_hours must be at least 1: an upload is stored before anything refers to it".into());
        }
        if self.url.is_empty() || self.url.starts_with("file://") {
            return Ok(());
        }
        Err("blobs.url must be file://FOLDER: this version keeps blobs in a folder".into())
    }
}

/// Where a store is.
#[derive(Clone, Debug)]
pub struct StoreSettings {
    /// `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`.
    pub database_url: String,
    /// The folder of the blob store.
    pub blobs: PathBuf,
    /// The most connections to PostgreSQL.
    pub connections: u32,
}

impl StoreSettings {
    /// The store of the data folder `data`, where the settings name no other place.
    pub fn new(data: &Path, database: &DatabaseSettings, blobs: &BlobSettings) -> StoreSettings {
        let database_url = match database.url.as_str() {
            "" => format!("sqlite://{}", data.join("homeroom.db").display()),
            url => url.to_owned(),
        };
        let folder = blobs.url.strip_prefix("file://").filter(|folder| !folder.is_empty());
        StoreSettings {
            database_url,
            blobs: folder.map_or_else(|| data.join("blobs"), PathBuf::from),
            connections: database.connections,
        }
    }

    /// Whether there is a database, as far as that can be said without asking it: the file of SQLite.
    pub fn may_have_database(&self) -> bool {
        self.database_url.strip_prefix("sqlite://").is_none_or(|path| Path::new(path).exists())
    }
}
