//! `homeroom district`: the table of its commands.

use clap::Subcommand;

use super::add::Add;
use super::calendar::Calendar;
use super::erase::Erase;
use super::key::Key;
use super::list::List;
use super::profile::Profile;
use super::set::Set;
use super::show::Show;
use super::stage::SetStage;
use crate::app::Opening;
use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum District {
    /// Add a district, in stage setup
    Add(Add),
    /// List all districts
    List(List),
    /// Show a district
    Show(Show),
    /// Change a district's settings
    Set(Set),
    /// Move a district to another stage: testing, verifying, live or paused
    Stage(SetStage),
    /// Print the public OpenPGP key to which a district encrypts its files; created on first use
    Key(Key),
    /// Set how a district's files are read: columns, file names, grades …
    #[command(subcommand)]
    Profile(Profile),
    /// Manage date ranges with other rules: pauses, additions only, pre-approved windows
    #[command(subcommand)]
    Calendar(Calendar),
    /// Erase a district and everything that belongs to it
    Erase(Erase),
}

impl District {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let app = global.open_as(match self {
            District::Add(_) => Opening::MayBeNew,
            _ => Opening::Existing,
        })?;
        match self {
            District::Add(add) => add.run(&app, output),
            District::List(list) => list.run(&app, output),
            District::Show(show) => show.run(&app, output),
            District::Set(set) => set.run(&app, output),
            District::Stage(stage) => stage.run(&app, output),
            District::Key(key) => key.run(&app, output),
            District::Profile(profile) => profile.run(&app, output),
            District::Calendar(calendar) => calendar.run(&app, output),
            District::Erase(erase) => erase.run(&app, output),
        }
    }
}
