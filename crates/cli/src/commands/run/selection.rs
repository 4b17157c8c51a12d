//! Which run a command is about.

use anyhow::Context;
use clap::Args;
use homeroom_model::ids::{RunId, RunNumber};
use homeroom_store::DistrictStore;

use crate::app::App;
use crate::arguments::run_id;

#[derive(Args)]
pub(super) struct RunSelection {
    /// The run
    #[arg(value_parser = run_id)]
    run: RunId,
}

impl RunSelection {
    /// The run's district, and its number there.
    pub(super) fn find(&self, app: &App) -> anyhow::Result<(DistrictStore, RunNumber)> {
        let (district, number) = app.store.runs_find(self.run)?.with_context(|| {
            format!("there is no run {}: `homeroom runs DISTRICT` lists a district's runs", self.run)
        })?;
        Ok((app.store.district(district), number))
    }
}
