//! `homeroom run show`

use clap::Args;

use super::selection::RunSelection;
use super::text::run_text;
use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Show {
    #[command(flatten)]
    run: RunSelection,
}

impl Show {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (district, number) = self.run.find(app)?;
        let run = district.runs_get(number)?;
        let time_zone = district.settings()?.time_zone;
        output.result(&run, || run_text(&run, &time_zone))?;
        Ok(Exit::for_run(&run))
    }
}
