//! `homeroom account`: the table of its commands.

use clap::Subcommand;

use super::add::Add;
use super::disable::Disable;
use super::key::Key;
use super::list::List;
use super::rotate::Rotate;
use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Account {
    /// Add an account and print its password, which is shown only once
    Add(Add),
    /// List a district's accounts
    List(List),
    /// Disable an account
    Disable(Disable),
    /// Give an account a new password, which is shown only once
    Rotate(Rotate),
    /// Manage the public keys of an account
    #[command(subcommand)]
    Key(Key),
}

impl Account {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let app = global.open()?;
        match self {
            Account::Add(add) => add.run(&app, output)?,
            Account::List(list) => list.run(&app, output)?,
            Account::Disable(disable) => disable.run(&app, output)?,
            Account::Rotate(rotate) => rotate.run(&app, output)?,
            Account::Key(key) => key.run(&app, output)?,
        }
        Ok(Exit::Done)
    }
}
