//! `homeroom proposal`: the table of its commands.

use clap::Subcommand;

use super::forget::Forget;
use super::list::List;
use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Proposal {
    /// List the proposals that wait, and what was decided about others
    List(List),
    /// Forget decisions: the next file is judged by evidence again
    Forget(Forget),
}

impl Proposal {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let app = global.open()?;
        match self {
            Proposal::List(list) => list.run(&app, output),
            Proposal::Forget(forget) => forget.run(&app, output),
        }
    }
}
