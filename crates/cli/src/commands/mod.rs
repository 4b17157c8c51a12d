//! The table of commands.

mod account;
mod backup;
mod calendar;
mod check;
mod check_view;
mod config;
mod demo;
mod district;
mod district_key;
mod doctor;
mod history;
mod migrate;
mod pin;
mod profile;
mod restore;
mod roster;
mod run;
mod runs;
mod serve;
mod sync;
mod trace;

use clap::Subcommand;

use crate::exit::Exit;
use crate::output::Output;
use crate::wiring::Place;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run the SFTP server, the probes and the jobs, until SIGTERM
    Serve(serve::Serve),
    /// Show the main job in a minute: a sample district, an upload over SFTP, a changed one after it; or a whole school year
    Demo(demo::Demo),
    /// Check a file offline, with the very checks of the server
    Check(check::Check),
    /// Districts: add, list, show, set, stage, erase
    #[command(subcommand)]
    District(district::District),
    /// Drop accounts: the SFTP logins of a district
    #[command(subcommand)]
    Account(account::Account),
    /// Make a run from a file or the newest upload, wait for it and print the result
    Sync(sync::Sync),
    /// List a district's runs, newest first
    Runs(runs::Runs),
    /// One run: show it, decide about what it holds, or take it back
    #[command(subcommand)]
    Run(run::Run),
    /// Say why a student is, or is not, in the roster or in a class
    Trace(trace::Trace),
    /// Pins: changes made by hand that syncs must not undo
    #[command(subcommand)]
    Pin(pin::Pin),
    /// Show all that ever happened to one student, teacher, class or school
    History(history::History),
    /// The stored roster
    #[command(subcommand)]
    Roster(roster::Roster),
    /// Bring the database to this version's schema
    Migrate(migrate::Migrate),
    /// Copy the whole of homeroom into a new folder
    Backup(backup::Backup),
    /// Put a backup into an empty homeroom
    Restore(restore::Restore),
    /// Say what is wrong here and what to do
    Doctor(doctor::Doctor),
    /// Look at the settings
    #[command(subcommand)]
    Config(config::Config),
}

impl Command {
    pub(crate) fn run(&self, place: &Place, output: &Output) -> anyhow::Result<Exit> {
        match self {
            Command::Serve(command) => command.run(place, output),
            Command::Demo(command) => command.run(place, output),
            Command::Check(command) => command.run(output),
            Command::District(command) => command.run(place, output),
            Command::Account(command) => command.run(place, output),
            Command::Sync(command) => command.run(place, output),
            Command::Runs(command) => command.run(place, output),
            Command::Run(command) => command.run(place, output),
            Command::Trace(command) => command.run(place, output),
            Command::Pin(command) => command.run(place, output),
            Command::History(command) => command.run(place, output),
            Command::Roster(command) => command.run(place, output),
            Command::Migrate(command) => command.run(place, output),
            Command::Backup(command) => command.run(place, output),
            Command::Restore(command) => command.run(place, output),
            Command::Doctor(command) => command.run(place, output),
            Command::Config(command) => command.run(place, output),
        }
    }
}
