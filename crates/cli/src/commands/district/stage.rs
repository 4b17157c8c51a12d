//! `homeroom district stage`

use clap::Args;
use homeroom_model::audit::Cause;
use homeroom_model::district::{Slug, Stage};
use homeroom_model::run::RunState;
use homeroom_store::DistrictStore;
use homeroom_sync::{RejectedRows, StageChange, StageChecks, queue_verifying, set_stage};
use serde_json::json;

use super::next_run::note_runs;
use crate::app::App;
use crate::arguments::not_blank;
use crate::commands::run::{finish_run, run_text};
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct SetStage {
    /// The district
    slug: Slug,
    /// testing, verifying, live or paused
    stage: Stage,
    /// Override the checks; give a reason
    #[arg(long, value_name = "REASON", value_parser = not_blank)]
    force: Option<String>,
    /// Why; the audit log keeps it
    #[arg(long, value_name = "TEXT", value_parser = not_blank, conflicts_with = "force")]
    reason: Option<String>,
}

impl SetStage {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (_, district) = app.district(&self.slug)?;
        let reason = self.force.as_deref().or(self.reason.as_deref()).unwrap_or_default();
        let district = district.acting_for(Cause::new(district.cause().actor.clone(), reason));
        if self.stage == Stage::Verifying {
            return self.load_roster(app, output, &district);
        }
        let checks = if self.force.is_some() { StageChecks::Overridden } else { StageChecks::Enforced };
        let StageChange { from, to, runs } = set_stage(&district, self.stage, checks)?;
        let document = json!({
            "slug": self.slug,
            "stage": self.stage,
            "forced": self.force,
            "stopped_runs": runs.stopped.iter().map(|run| run.id).collect::<Vec<_>>(),
            "next_run": runs.next.map(|next| json!({"id": next.run.id, "at": next.at})),
        });
        note_runs(output, &runs, &district.settings()?);
        let since = if from == to { "already" } else { "now" };
        output.result(&document, || format!("{} is {since} {to}", self.slug))?;
        Ok(Exit::Done)
    }

    /// Loads the roster of the newest clean test upload; the stage is reached once it is loaded.
    fn load_roster(&self, app: &App, output: &Output, store: &DistrictStore) -> anyhow::Result<Exit> {
        let rejected_rows = if self.force.is_some() { RejectedRows::Allowed } else { RejectedRows::Refused };
        let queued = queue_verifying(store, rejected_rows)?;
        let run = finish_run(app, output, store, &queued)?;
        let time_zone = store.settings()?.time_zone;
        output.result(&run, || {
            let text = run_text(&run, &time_zone);
            match run.state {
                RunState::Applied | RunState::Unchanged => {
                    format!(
                        "{}\n\nNext: test the logins, then homeroom district stage {} live --force \"how they were tested\"",
                        text.trim_end(),
                        self.slug
                    )
                }
                _ => text,
            }
        })?;
        Ok(Exit::for_run(&run))
    }
}
