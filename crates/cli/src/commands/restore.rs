//! `homeroom restore`: a backup into an empty installation.

use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;
use serde_json::json;

use super::backup::{copy_blobs, copy_keys, open_folder};
use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;

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
        let rows = backup.copy_into(&app.store)?;
        let files = copy_blobs(&backup, &app.store)?;
        copy_keys(&self.path, &app.data)?;
        let document = json!({"path": self.path, "rows": rows, "files": files});
        output.result(&document, || {
            format!("Restored {rows} rows and {files} files from {}", self.path.display())
        })?;
        Ok(Exit::Done)
    }
}
