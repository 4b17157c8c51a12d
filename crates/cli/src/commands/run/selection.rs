//! Which run a command is about.

use anyhow::Context;
use clap::Args;
use homeroom_model::audit::Cause;
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
        Ok((app.acting_on(district), number))
    }
}

/// Why something is done.
#[derive(Args)]
pub(super) struct ReasonArg {
    /// Why; the audit log keeps it
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

impl ReasonArg {
    /// The district, for changes with this reason.
    pub(super) fn given_for(&self, district: &DistrictStore) -> DistrictStore {
        district.acting_for(Cause::new(district.cause().actor.clone(), self.reason.trim()))
    }
}
