//! `homeroom run approve`

use clap::Args;
use homeroom_sync::queue_approval;

use super::decision::{carry_out, queue_confirmed};
use super::selection::{ReasonArg, RunSelection};
use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Approve {
    #[command(flatten)]
    run: RunSelection,
    /// Only what waits in this school, by its school_id; can be repeated
    #[arg(long = "school", value_name = "SCHOOL_ID")]
    schools: Vec<String>,
    /// The number of people that the approval removes, to confirm more than 50 without being asked
    #[arg(long, value_name = "NUMBER")]
    confirm: Option<u64>,
    #[command(flatten)]
    reason: ReasonArg,
}

impl Approve {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (district, number) = self.run.find(app)?;
        let district = self.reason.given_for(&district);
        let id = district.runs_get(number)?.id;
        let question = |people| {
            format!(
                "This removes {people} students and teachers. They are deactivated, and `homeroom run undo {id}` brings them back."
            )
        };
        let job = queue_confirmed(output, self.confirm, question, |confirmed| {
            queue_approval(&district, number, &self.schools, confirmed)
        })?;
        carry_out(app, output, &district, number, job)
    }
}
