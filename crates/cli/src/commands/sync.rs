//! `homeroom sync`: a run from a file or the newest upload.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use homeroom_model::district::{Slug, Stage};
use homeroom_model::run::RunKind;
use homeroom_sync::queue_run;

use super::run::{finish_run, run_text};
use crate::exit::Exit;
use crate::given::Given;
use crate::output::Output;
use crate::wiring::Place;

#[derive(Args)]
pub(crate) struct Sync {
    /// The district
    slug: Slug,
    /// A file to take as an upload, or a folder with the files of a set; without it, the newest upload
    file: Option<PathBuf>,
    /// Only show what it would do
    #[arg(long)]
    test: bool,
}

impl Sync {
    pub(crate) fn run(&self, place: &Place, output: &Output) -> anyhow::Result<Exit> {
        let app = place.open()?;
        let (settings, district) = app.district(&self.slug)?;
        let upload = match &self.file {
            Some(file) => {
                // A file given by hand stands for the district's file, whatever it is called here.
                app.inbox
                    .receive(&district, &settings.file, Given::open(file)?.path())
                    .with_context(|| format!("{} cannot be taken as an upload", file.display()))?
            }
            None => district.uploads_newest()?.with_context(|| {
                format!("{} has no upload yet: give a file, or upload {} by SFTP", self.slug, settings.file)
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
        let run = finish_run(&app, output, &district, queued.number, queued.job)?;
        output.result(&run, || run_text(&run, &settings.time_zone))?;
        Ok(Exit::of_run(&run))
    }
}
