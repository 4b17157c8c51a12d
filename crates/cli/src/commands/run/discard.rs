//! `homeroom run discard`

use clap::Args;
use homeroom_sync::{Task, queue_decision};

use super::decision::carry_out;
use super::selection::{ReasonArg, RunSelection};
use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Discard {
    #[command(flatten)]
    run: RunSelection,
    /// Only what waits in this school, by its school_id; can be repeated
    #[arg(long = "school", value_name = "SCHOOL_ID")]
    schools: Vec<String>,
    #[command(flatten)]
    reason: ReasonArg,
}

impl Discard {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (district, number) = self.run.find(app)?;
        let district = self.reason.given_for(&district);
        let job = queue_decision(&district, Task::Discard(number, self.schools.clone()))?;
        carry_out(app, output, &district, number, job)
    }
}
