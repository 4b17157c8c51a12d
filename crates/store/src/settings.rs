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
}

impl Default for DatabaseSettings {
    fn default() -> Self {
        DatabaseSettings { url: String::new(), connections: 16 }
    }
}

/// The `[blobs]` section of the settings.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BlobSettings {
    /// `file://FOLDER`; empty for `blobs` in the data folder.
    pub url: String,
}

impl BlobSettings {
    /// Refuses values that cannot work, in words for the operator.
    pub fn validate(&self) -> Result<(), String> {
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
}
