//! `homeroom backup`: everything, in a new folder.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;
use homeroom_model::ids::BlobId;
use homeroom_model::{Clock, Random};
use homeroom_store::{Store, StoreSettings};
use serde_json::json;

use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Backup {
    /// Folder to create; it works as --data, and with `homeroom restore`
    path: PathBuf,
}

/// The host keys, without which districts' clients would refuse a restored server.
pub(super) const KEYS: [&str; 2] = ["ssh_host_ed25519_key", "ssh_host_rsa_key"];

impl Backup {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        ensure!(!self.path.exists(), "{} already exists: name a new folder", self.path.display());
        let app = global.open()?;
        // Until it is complete it has another name, so that nobody mistakes half a backup for a whole one.
        let unfinished = self.path.with_extension("unfinished");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)?;
        }
        fs::create_dir_all(&unfinished).with_context(|| format!("cannot create {}", unfinished.display()))?;
        let copy = open_database(&unfinished.join("homeroom.db"), &unfinished.join("blobs"))?;
        copy.migrate()?;
        let rows = app.store.copy_into(&copy)?;
        let files = copy_blobs(&app.store, &copy, &copy.blobs_referenced()?)?;
        copy_keys(&app.data, &unfinished, "")?;
        drop(copy);
        fs::rename(&unfinished, &self.path)
            .with_context(|| format!("cannot create {}", self.path.display()))?;
        let document = json!({"path": self.path, "rows": rows, "files": files});
        output.result(&document, || {
            format!("Backed up {rows} rows and {files} files to {}", self.path.display())
        })?;
        Ok(Exit::Done)
    }
}

/// A file and a folder of blobs as a store of its own, whatever database the settings name.
pub(super) fn open_database(database: &Path, blobs: &Path) -> anyhow::Result<Store> {
    let settings = StoreSettings {
        database_url: format!("sqlite://{}", database.display()),
        blobs: blobs.to_owned(),
        connections: 2,
    };
    Ok(Store::open(&settings, Clock::System, Random::from_system())?)
}

/// Copies these blobs, each with its size in bytes, and checks what it copies.
pub(super) fn copy_blobs(from: &Store, to: &Store, blobs: &[(BlobId, u64)]) -> anyhow::Result<u64> {
    for (blob, _) in blobs {
        let source = from.blobs().open_file(*blob)?;
        let (hash, _) = to.blobs().keep(&to.random().uuid().to_string(), &source)?;
        ensure!(hash == *blob, "the stored file {blob} is damaged: restore it from an older backup");
    }
    Ok(blobs.len() as u64)
}

/// Copies the keys to where their names end in `suffix`.
pub(super) fn copy_keys(from: &Path, to: &Path, suffix: &str) -> anyhow::Result<()> {
    for key in KEYS.into_iter().filter(|key| from.join(key).exists()) {
        fs::copy(from.join(key), to.join(format!("{key}{suffix}")))
            .with_context(|| format!("cannot copy {key}"))?;
    }
    Ok(())
}
