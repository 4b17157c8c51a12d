//! `homeroom run undo`

use clap::Args;
use homeroom_model::run::RunState;
use homeroom_sync::Task;

use super::decision::decide;
use super::selection::RunSelection;
use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Undo {
    #[command(flatten)]
    run: RunSelection,
}

impl Undo {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (district, number) = self.run.find(app)?;
        let task = match district.runs_get(number)?.state {
            RunState::Undone => Task::Redo(number),
            _ => Task::Undo(number),
        };
        decide(app, output, &district, number, task)
    }
}
