//! `homeroom run`: the table of its commands.

use clap::Subcommand;

use super::approve::Approve;
use super::cancel::Cancel;
use super::discard::Discard;
use super::plan::Plan;
use super::review::{Accept, Strike};
use super::show::Show;
use super::undo::{Redo, Undo};
use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Run {
    /// Show a run
    Show(Show),
    /// Print every change of a tested or held run as CSV, with how each record was matched
    Plan(Plan),
    /// Apply what a run holds: all of it, or that of some schools
    Approve(Approve),
    /// Discard what a run holds: all of it, or that of some schools
    Discard(Discard),
    /// Reject proposals of a held run: these are two different records
    #[command(visible_alias = "reject")]
    Strike(Strike),
    /// Accept doubtful proposals of a held run, or struck ones after all: these are the same record
    Accept(Accept),
    /// Undo what a run applied
    Undo(Undo),
    /// Apply the changes of an undone run again
    Redo(Redo),
    /// Cancel a run that is still queued
    Cancel(Cancel),
}

impl Run {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let app = global.open()?;
        match self {
            Run::Show(show) => show.run(&app, output),
            Run::Plan(plan) => plan.run(&app),
            Run::Approve(approve) => approve.run(&app, output),
            Run::Discard(discard) => discard.run(&app, output),
            Run::Strike(strike) => strike.run(&app, output),
            Run::Accept(accept) => accept.run(&app, output),
            Run::Undo(undo) => undo.run(&app, output),
            Run::Redo(redo) => redo.run(&app, output),
            Run::Cancel(cancel) => cancel.run(&app, output),
        }
    }
}
