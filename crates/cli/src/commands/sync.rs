//! `homeroom sync`: a run of a file or of the newest upload.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use homeroom_model::district::{Slug, Stage};
use homeroom_model::run::RunKind;
use homeroom_sync::queue_run;

use super::run::{finish_run, run_text};
use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::input_file::InputFile;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Sync {
    /// The district
    slug: Slug,
    /// File to upload and sync, or a folder with the files of a set; without it, the newest upload
    file: Option<PathBuf>,
    /// Only show what would change
    #[arg(long)]
    test: bool,
}

impl Sync {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let app = global.open()?;
        let (settings, district) = app.district(&self.slug)?;
        let upload = match &self.file {
            // A file named here stands in for the district's file, whatever it is called.
            Some(file) => app
                .inbox
                .receive(&district, &settings.file, InputFile::open(file)?.path())
                .with_context(|| format!("cannot upload {}", file.display()))?,
            None => district.uploads_newest()?.with_context(|| {
                format!("{} has no upload yet: name a file, or upload {} by SFTP", self.slug, settings.file)
            })?,
        };
        let kind = match settings.stage {
            Stage::Paused if !self.test => {
                output.note(&format!("{} is paused: this is a test run, nothing is applied.", self.slug));
                RunKind::Test
            }
            _ if self.test => RunKind::Test,
            _ => RunKind::Live,
        };
        let queued = queue_run(&district, kind, upload.id)?;
        let run = finish_run(&app, output, &district, &queued)?;
        output.result(&run, || run_text(&run, &settings.time_zone))?;
        Ok(Exit::for_run(&run))
    }
}
