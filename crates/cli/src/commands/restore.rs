//! `homeroom restore`: a backup into an empty installation.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use serde_json::json;

use super::backup::{KEYS, copy_blobs, copy_keys, open_folder};
use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;

/// What the names of keys end in until the rows are there.
const RESTORED: &str = ".restored";

#[derive(Args)]
pub(crate) struct Restore {
    /// A folder that `homeroom backup` made
    path: PathBuf,
}

impl Restore {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        ensure!(
            self.path.join("homeroom.db").exists(),
            "{} is not a backup: it has no homeroom.db",
            self.path.display()
        );
        let app = global.open()?;
        let backup = open_folder(&self.path)?;
        backup.migrate()?;
        // All or nothing: the rows come last, in one transaction, when everything that they name is there.
        let files = copy_blobs(&backup, &app.store, &backup.blobs_referenced()?)?;
        copy_keys(&self.path, &app.data, RESTORED)?;
        let rows = backup.copy_into(&app.store)?;
        for key in KEYS {
            let restored = app.data.join(format!("{key}{RESTORED}"));
            if restored.exists() {
                fs::rename(&restored, app.data.join(key)).with_context(|| {
                    format!("everything is restored but {key}: rename {}", restored.display())
                })?;
            }
        }
        let document = json!({"path": self.path, "rows": rows, "files": files});
        output.result(&document, || {
            format!("Restored {rows} rows and {files} files from {}", self.path.display())
        })?;
        Ok(Exit::Done)
    }
}
