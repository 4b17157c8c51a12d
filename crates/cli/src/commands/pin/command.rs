//! `homeroom pin`: the table of its commands.

use clap::Subcommand;

use super::add::Add;
use super::list::List;
use super::remove::Remove;
use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Pin {
    /// Add a pin and update the roster at once
    #[command(subcommand)]
    Add(Add),
    /// List the active pins
    List(List),
    /// Remove a pin and update the roster at once
    Remove(Remove),
}

impl Pin {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let app = global.open()?;
        match self {
            Pin::Add(add) => add.run(&app, output),
            Pin::List(list) => list.run(&app, output),
            Pin::Remove(remove) => remove.run(&app, output),
        }
    }
}
