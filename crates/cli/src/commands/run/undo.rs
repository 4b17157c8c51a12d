//! `homeroom run undo` and `homeroom run redo`

use clap::Args;
use homeroom_sync::{queue_redo, queue_undo};

use super::decision::{carry_out, queue_confirmed};
use super::selection::{ReasonArg, RunSelection};
use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Undo {
    #[command(flatten)]
    change: Change,
}

#[derive(Args)]
pub(crate) struct Redo {
    #[command(flatten)]
    change: Change,
}

#[derive(Args)]
struct Change {
    #[command(flatten)]
    run: RunSelection,
    /// The number of people that it concerns, to confirm more than 50 without being asked
    #[arg(long, value_name = "NUMBER")]
    confirm: Option<u64>,
    #[command(flatten)]
    reason: ReasonArg,
}

impl Undo {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let Change { run, confirm, reason } = &self.change;
        let (district, number) = run.find(app)?;
        let district = reason.given_for(&district);
        let question = |people| {
            format!("This run changed {people} students and teachers: they become what they were before it.")
        };
        let job = queue_confirmed(output, *confirm, question, |confirmed| {
            queue_undo(&district, number, confirmed)
        })?;
        let exit = carry_out(app, output, &district, number, job)?;
        output.note(
            "The next upload will ask for the same changes again: pin what must stay, pause the district, or have the file corrected.",
        );
        Ok(exit)
    }
}

impl Redo {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let Change { run, confirm, reason } = &self.change;
        let (district, number) = run.find(app)?;
        let district = reason.given_for(&district);
        let question = |people| {
            format!(
                "The undo changed {people} students and teachers: they become what this run made of them."
            )
        };
        let job = queue_confirmed(output, *confirm, question, |confirmed| {
            queue_redo(&district, number, confirmed)
        })?;
        carry_out(app, output, &district, number, job)
    }
}
