//! The command line: global options, the table of commands, and the help that groups them.

use std::fmt::Write;
use std::path::PathBuf;

use clap::{Args, Command as ClapCommand, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::app::{App, Opening};
use crate::commands::{
    Account, Audit, Backup, Changes, Check, Config, Demo, District, Doctor, History, Migrate, Pin, Proposal,
    Restore, Roster, Run, Runs, Serve, Sync, Trace,
};
use crate::exit::Exit;
use crate::output::{Format, Output};
use crate::settings::Settings;

/// Keep school rosters in sync from CSV files uploaded over SFTP
#[derive(Parser)]
#[command(name = "homeroom", bin_name = "homeroom", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Args, Clone)]
pub(crate) struct GlobalArgs {
    /// Folder of the database, stored files and host keys
    #[arg(long, global = true, env = "HOMEROOM_DATA", default_value = "./homeroom-data", value_name = "DIR")]
    #[arg(help_heading = GLOBAL)]
    pub(crate) data: PathBuf,
    /// Settings file (TOML); every key can also be set in the environment as HOMEROOM__SECTION__KEY
    #[arg(long, global = true, value_name = "FILE", help_heading = GLOBAL)]
    pub(crate) config: Option<PathBuf>,
    /// Print one JSON document on standard output, and nothing else there
    #[arg(long, global = true, help_heading = GLOBAL)]
    json: bool,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Play a sample district live over SFTP, or a simulated school year
    Demo(Demo),
    /// Check a file offline, with the same checks as the server
    Check(Check),
    /// Manage districts: stages, settings, keys, profiles, calendars
    #[command(subcommand)]
    District(District),
    /// Manage SFTP accounts (drop accounts)
    #[command(subcommand)]
    Account(Account),
    /// Check or show the settings
    #[command(subcommand)]
    Config(Config),
    /// Run the SFTP server, the probes and the jobs until SIGTERM
    Serve(Serve),
    /// Sync a file or the newest upload, and print the result
    Sync(Sync),
    /// List a district's runs, newest first
    Runs(Runs),
    /// Show a run, decide about its hold, or undo it
    #[command(subcommand)]
    Run(Run),
    /// Manage pins: changes made by hand that syncs must not undo
    #[command(subcommand)]
    Pin(Pin),
    /// List or forget what was decided about who is who
    #[command(subcommand)]
    Proposal(Proposal),
    /// Explain why a student is, or is not, in the roster or in a class
    Trace(Trace),
    /// Show everything that ever happened to a student, teacher, class or school
    History(History),
    /// Export the roster
    #[command(subcommand)]
    Roster(Roster),
    /// Print what changed in the roster since a version, as JSON lines
    Changes(Changes),
    /// Show who did what, and check that record
    #[command(subcommand)]
    Audit(Audit),
    /// Say what is wrong with this installation and how to fix it
    Doctor(Doctor),
    /// Back up everything to a new folder
    Backup(Backup),
    /// Restore a backup into an empty installation
    Restore(Restore),
    /// Migrate the database to this version's schema
    Migrate(Migrate),
}

/// The heading of options that every command has.
const GLOBAL: &str = "Global options";

/// Every command, in the groups in which `homeroom --help` lists them.
const GROUPS: [(&str, &[&str]); 5] = [
    ("Try it", &["demo", "check"]),
    ("Set up", &["district", "account", "config"]),
    ("Operate", &["serve", "sync", "runs", "run", "proposal", "pin"]),
    ("Inspect", &["trace", "history", "roster", "changes", "audit"]),
    ("Maintain", &["doctor", "backup", "restore", "migrate"]),
];

const EXAMPLES: &str = "\
Examples:
  $ homeroom demo
  $ homeroom district add lincoln --name \"Lincoln USD\" --time-zone America/Los_Angeles --seats 900
  $ homeroom account add lincoln
  $ homeroom serve
  $ homeroom runs lincoln

Run `homeroom COMMAND --help` for more about a command.";

impl CommandLine {
    /// Reads the process's arguments; prints help or a usage error and exits when these ask for it.
    pub(crate) fn parse_arguments() -> CommandLine {
        let matches = with_grouped_help(CommandLine::command()).get_matches();
        CommandLine::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

impl GlobalArgs {
    /// The settings from the file and the environment.
    pub(crate) fn settings(&self) -> anyhow::Result<Settings> {
        Settings::load(self.config.as_deref(), std::env::vars())
    }

    /// Opens an installation that exists.
    pub(crate) fn open(&self) -> anyhow::Result<App> {
        self.open_as(Opening::Existing)
    }

    /// Opens an installation that may be missing or older.
    pub(crate) fn open_as(&self, opening: Opening) -> anyhow::Result<App> {
        App::open(self.data.clone(), self.settings()?, opening)
    }

    /// How results are printed.
    pub(crate) fn format(&self) -> Format {
        if self.json { Format::Json } else { Format::Text }
    }
}

impl Command {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        match self {
            Command::Demo(command) => command.run(global, output),
            Command::Check(command) => command.run(output),
            Command::District(command) => command.run(global, output),
            Command::Account(command) => command.run(global, output),
            Command::Config(command) => command.run(global, output),
            Command::Serve(command) => command.run(global, output),
            Command::Sync(command) => command.run(global, output),
            Command::Runs(command) => command.run(global, output),
            Command::Run(command) => command.run(global, output),
            Command::Pin(command) => command.run(global, output),
            Command::Proposal(command) => command.run(global, output),
            Command::Trace(command) => command.run(global, output),
            Command::History(command) => command.run(global, output),
            Command::Roster(command) => command.run(global, output),
            Command::Changes(command) => command.run(global, output),
            Command::Audit(command) => command.run(global, output),
            Command::Doctor(command) => command.run(global, output),
            Command::Backup(command) => command.run(global, output),
            Command::Restore(command) => command.run(global, output),
            Command::Migrate(command) => command.run(global, output),
        }
    }
}

/// Clap has headings for options but none for subcommands, so the list of commands is part of the template.
fn with_grouped_help(command: ClapCommand) -> ClapCommand {
    let styles = command.get_styles();
    let (header, literal) = (*styles.get_header(), *styles.get_literal());
    let mut template = String::from("{about-with-newline}\n{usage-heading} {usage}\n");
    for (heading, names) in GROUPS {
        write!(template, "\n{header}{heading}:{header:#}\n").expect("a String takes all text");
        for name in names {
            let about = command.find_subcommand(name).and_then(ClapCommand::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            writeln!(template, "  {literal}{name:<10}{literal:#}{about}").expect("a String takes all text");
        }
    }
    // At the top level every option is a global one.
    write!(template, "\n{header}{GLOBAL}:{header:#}\n{{options}}{{after-help}}")
        .expect("a String takes all text");
    command.help_template(template)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::{CommandLine, GROUPS, with_grouped_help};

    #[test]
    fn the_help_lists_every_command_once() {
        let mut grouped = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect::<Vec<_>>();
        grouped.sort_unstable();
        let command = CommandLine::command();
        let mut all = command.get_subcommands().map(|command| command.get_name()).collect::<Vec<_>>();
        all.sort_unstable();
        assert_eq!(grouped, all);
    }

    #[test]
    fn the_help_begins_with_the_purpose_and_groups_commands_and_options() {
        let help = with_grouped_help(CommandLine::command()).render_long_help().to_string();
        assert!(
            help.starts_with("Keep school rosters in sync from CSV files uploaded over SFTP\n"),
            "{help}"
        );
        for part in ["\nOperate:\n  serve     Run the SFTP server", "\nGlobal options:\n", "\nExamples:\n"] {
            assert!(help.contains(part), "{part} is missing in {help}");
        }
    }

    #[test]
    fn the_definition_of_the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }
}
