//! `homeroom district stage`

use anyhow::bail;
use clap::Args;
use homeroom_model::district::{Slug, Stage};
use homeroom_model::run::RunState;
use homeroom_sync::{RejectedRows, queue_verifying};
use serde_json::json;

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
}

impl SetStage {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (district, store) = app.district(&self.slug)?;
        if self.stage == Stage::Verifying {
            return self.load_roster(app, output);
        }
        self.check_transition(district.stage)?;
        store.store().write(|tx| store.stage_set_in_tx(tx, self.stage))?;
        tracing::info!(district = %self.slug, from = %district.stage, to = %self.stage, reason = self.force, "stage changed");
        let document = json!({"slug": self.slug, "stage": self.stage, "forced": self.force});
        output.result(&document, || format!("{} is now {}", self.slug, self.stage))?;
        Ok(Exit::Done)
    }

    fn check_transition(&self, current: Stage) -> anyhow::Result<()> {
        let slug = &self.slug;
        match (current, self.stage) {
            (_, Stage::Setup) => bail!("a district cannot go back to setup"),
            (_, Stage::Testing) => {}
            (Stage::Live | Stage::Paused, Stage::Paused | Stage::Live) => {}
            (_, Stage::Live) if self.force.is_some() => {}
            (Stage::Verifying, Stage::Live) => bail!(
                "test logins are not recorded by this version: once they have been tested, go live with --force \"how they were \
                 tested\""
            ),
            (current, Stage::Live) => bail!(
                "{slug} is in stage {current}: load the roster first with `homeroom district stage {slug} verifying`, or use \
                 --force \"reason\" to go live anyway"
            ),
            (current, wanted) => bail!(
                "{slug} is in stage {current} and cannot move to {wanted}: only a live district can be paused"
            ),
        }
        Ok(())
    }

    /// Loads the roster of the newest clean test upload; the stage is reached once it is loaded.
    fn load_roster(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (_, store) = app.district(&self.slug)?;
        let rejected_rows = if self.force.is_some() { RejectedRows::Allowed } else { RejectedRows::Refused };
        let queued = queue_verifying(&store, &self.slug, rejected_rows)?;
        let run = finish_run(app, output, &store, &queued)?;
        if matches!(run.state, RunState::Applied | RunState::Unchanged | RunState::Held) {
            store.store().write(|tx| store.stage_set_in_tx(tx, Stage::Verifying))?;
        }
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
