//! `homeroom run cancel`

use clap::Args;
use homeroom_sync::cancel_run;

use super::selection::{ReasonArg, RunSelection};
use super::text::run_text;
use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Cancel {
    #[command(flatten)]
    run: RunSelection,
    #[command(flatten)]
    reason: ReasonArg,
}

impl Cancel {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (district, number) = self.run.find(app)?;
        let district = self.reason.given_for(&district);
        let run = cancel_run(&district, number)?;
        let settings = district.settings()?;
        output.result(&run, || {
            format!(
                "{}\nIts upload is not synced by itself any more; `homeroom sync {}` syncs it, and a newer upload is synced as usual.",
                run_text(&run, &settings.time_zone),
                settings.slug
            )
        })?;
        Ok(Exit::Done)
    }
}
