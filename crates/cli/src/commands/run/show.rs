//! `homeroom run show`

use clap::Args;
use homeroom_model::ids::RunId;
use homeroom_model::run::{Run, RunState};
use serde::Serialize;

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
        let newer = match run.state {
            RunState::Superseded => district.runs_instead_of(number)?,
            _ => None,
        };
        let shown = ShownRun { run: &run, superseded_by: newer.as_ref().map(|newer| newer.id) };
        output.result(&shown, || {
            let newer = newer.as_ref().map(newer_run_text).unwrap_or_default();
            run_text(&run, &time_zone) + &newer
        })?;
        Ok(Exit::for_run(&run))
    }
}

/// A run, and the later one to look at when it is superseded.
#[derive(Serialize)]
struct ShownRun<'r> {
    #[serde(flatten)]
    run: &'r Run,
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<RunId>,
}

fn newer_run_text(newer: &Run) -> String {
    let next = match newer.state {
        RunState::Held => format!("decide there, see `homeroom run show {}`", newer.id),
        state => format!("it is {state}"),
    };
    format!("\nSuperseded by run {}: {next}.\n", newer.id)
}
