//! `homeroom run discard`

use clap::Args;
use homeroom_sync::Task;

use super::decision::decide;
use super::selection::RunSelection;
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
}

impl Discard {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (district, number) = self.run.find(app)?;
        decide(app, output, &district, number, Task::Discard(number, self.schools.clone()))
    }
}
