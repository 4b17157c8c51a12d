//! `homeroom restore`: a backup into an empty installation.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::Args;
use homeroom_store::Store;
use serde_json::json;

use super::backup::{KEYS, copy_blobs, copy_keys, open_database};
use crate::app::Opening;
use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;
use crate::schema_problem::schema_problem;

/// What the names of keys end in until the rows are there.
const RESTORED: &str = ".restored";

#[derive(Args)]
pub(crate) struct Restore {
    /// A folder that `homeroom backup` made
    path: PathBuf,
}

/// Opens the database of a backup, migrated in `copy` if it is older, with its blobs.
fn open_backup(path: &Path, copy: &Path) -> anyhow::Result<Store> {
    let (database, blobs) = (path.join("homeroom.db"), path.join("blobs"));
    let backup = open_database(&database, &blobs)?;
    let schema = backup.schema_versions()?;
    if schema.actual < schema.needed {
        drop(backup);
        fs::copy(&database, copy.join("homeroom.db"))
            .with_context(|| format!("cannot copy {}", database.display()))?;
        let copied = open_database(&copy.join("homeroom.db"), &blobs)?;
        copied.migrate()?;
        return Ok(copied);
    }
    match schema_problem(schema) {
        Some(problem) => bail!("{}: {problem}", path.display()),
        None => Ok(backup),
    }
}

impl Restore {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        ensure!(
            self.path.join("homeroom.db").exists(),
            "{} is not a backup: it has no homeroom.db",
            self.path.display()
        );
        let app = global.open_as(Opening::MayBeNew)?;
        // A backup of an earlier version is migrated as a copy: the backup stays as it is.
        let copy = tempfile::tempdir_in(&app.data)?;
        let backup = open_backup(&self.path, copy.path())?;
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
