//! `homeroom run`: one run, and decisions about it.

use std::io::{BufRead, Write, stdin, stdout};

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use homeroom_ask::planned_changes;
use homeroom_model::hold::HeldState;
use homeroom_model::ids::{JobId, RunId, RunNumber};
use homeroom_model::rekey::ProposalReviews;
use homeroom_model::run::{Run as Document, RunState, Undone};
use homeroom_model::{EntityRef, Zone};
use homeroom_read::ReadLimits;
use homeroom_report::{self as report, thousands};
use homeroom_store::DistrictStore;
use homeroom_sync::{Task, handle_job, queue_decision};

use crate::exit::Exit;
use crate::output::Output;
use crate::progress::Bar;
use crate::wiring::{App, Place};

#[derive(Subcommand)]
pub(crate) enum Run {
    /// Show a run
    Show {
        /// The run
        run: RunId,
    },
    /// Print every change of a tested or held run as a CSV, with how each thing was found
    Plan {
        /// The run
        run: RunId,
    },
    /// Apply what a run holds, all of it or that of some schools
    Approve(Approve),
    /// Drop what a run holds, all of it or that of some schools
    Discard {
        /// The run
        run: RunId,
        /// Only what waits in this school, by its school_id; may be given several times
        #[arg(long = "school", value_name = "SCHOOL_ID")]
        schools: Vec<String>,
    },
    /// Strike out proposals of a held run: these are two, not one
    Strike {
        /// The run
        run: RunId,
        /// The proposals, as the run lists them: student-417
        #[arg(required = true)]
        proposals: Vec<EntityRef>,
    },
    /// Accept doubtful proposals of a held run, or take a strike back: these are one
    Accept {
        /// The run
        run: RunId,
        /// The proposals, as the run lists them: student-417
        #[arg(required = true)]
        proposals: Vec<EntityRef>,
    },
    /// Take back what a run applied; once more, and the run is put back in place
    Undo {
        /// The run
        run: RunId,
    },
}

#[derive(Args)]
pub(crate) struct Approve {
    /// The run
    run: RunId,
    /// Only what waits in this school, by its school_id; may be given several times
    #[arg(long = "school", value_name = "SCHOOL_ID")]
    schools: Vec<String>,
    /// The number of people who will be removed, instead of being asked for it when there are more than 50
    #[arg(long, value_name = "NUMBER")]
    confirm: Option<u64>,
}

impl Run {
    pub(crate) fn run(&self, place: &Place, output: &Output) -> anyhow::Result<Exit> {
        let app = place.open()?;
        let (Run::Show { run: id }
        | Run::Plan { run: id }
        | Run::Approve(Approve { run: id, .. })
        | Run::Discard { run: id, .. }
        | Run::Strike { run: id, .. }
        | Run::Accept { run: id, .. }
        | Run::Undo { run: id }) = self;
        let found = app.store.runs_find(*id)?;
        let (district, number) = found
            .with_context(|| format!("there is no run {id}: `homeroom runs SLUG` lists a district's"))?;
        let district = app.store.district(district);
        let task = match self {
            Run::Plan { .. } => {
                let file = planned_changes(&district, &ReadLimits::default(), number)?;
                stdout().lock().write_all(&file)?;
                return Ok(Exit::Done);
            }
            Run::Show { .. } => None,
            Run::Approve(approve) => {
                approve.ask(output, &district.runs_get(number)?)?;
                Some(Task::Approve(number, approve.schools.clone()))
            }
            Run::Discard { schools, .. } => Some(Task::Discard(number, schools.clone())),
            Run::Strike { proposals, .. } => Some(Task::ReviewProposals(
                number,
                ProposalReviews { rejected: proposals.clone(), ..ProposalReviews::default() },
            )),
            Run::Accept { proposals, .. } => Some(Task::ReviewProposals(
                number,
                ProposalReviews { accepted: proposals.clone(), ..ProposalReviews::default() },
            )),
            Run::Undo { .. } if district.runs_get(number)?.state == RunState::Undone => {
                Some(Task::Redo(number))
            }
            Run::Undo { .. } => Some(Task::Undo(number)),
        };
        let decides = task.is_some();
        if let Some(task) = task {
            decide(&app, &district, task)?;
        }
        let run = district.runs_get(number)?;
        let time_zone = district.settings()?.time_zone;
        output.result(&run, || run_text(&run, &time_zone))?;
        // A decision is done when it is done, whatever rows the file had; `show` tells by its code what the run is.
        Ok(if decides { Exit::Done } else { Exit::of_run(&run) })
    }
}

/// Removed people from which on an approval asks for their number.
const MANY: u64 = 50;

impl Approve {
    /// People learn to click "approve": whoever removes many says how many.
    fn ask(&self, output: &Output, run: &Document) -> anyhow::Result<()> {
        let Some(held) = run.report.held.as_ref().filter(|_| run.state == RunState::Held) else {
            return Ok(());
        };
        let waiting = held.schools.iter().filter(|one| one.state == HeldState::Waiting);
        let chosen = waiting.filter(|one| self.schools.is_empty() || self.schools.contains(&one.school));
        let removed = chosen.map(|one| one.counts.deactivate).map(|counts| counts.students + counts.teachers);
        let removed = removed.sum::<u64>();
        if removed <= MANY && self.confirm.is_none() {
            return Ok(());
        }
        let typed = match self.confirm {
            Some(typed) => typed.to_string(),
            None => {
                output.note(&format!(
                    "This removes {removed} students and teachers. They are deactivated, and `homeroom run undo {}` brings \
                     them back.\nType the number of people to go on: ",
                    run.id
                ));
                let mut line = String::new();
                stdin().lock().read_line(&mut line).context("nothing could be read from standard input")?;
                line
            }
        };
        ensure!(
            typed.trim() == removed.to_string(),
            "that is not {removed}: nothing was approved. Type the number of people who are removed, or give it with --confirm"
        );
        Ok(())
    }
}

fn decide(app: &App, district: &DistrictStore, task: Task) -> anyhow::Result<()> {
    let job = queue_decision(district, task)?;
    let context = app.sync_context();
    let worker = app.worker()?;
    match worker.work_on(district.id(), job, &|job| handle_job(&context, job))? {
        Ok(()) => Ok(()),
        Err(reason) => bail!(reason),
    }
}

/// Does the job of a run, or waits while the server does it, and gives the run as it ended.
pub(crate) fn finish_run(
    app: &App,
    output: &Output,
    district: &DistrictStore,
    number: RunNumber,
    job: JobId,
) -> anyhow::Result<Document> {
    let bar = Bar::new(output, 0);
    let shown = bar.clone();
    let context = app.sync_context().with_progress(move |progress| shown.show(progress));
    let done = app.worker()?.work_on(district.id(), job, &|job| handle_job(&context, job))?;
    bar.finish();
    if let Err(reason) = done {
        bail!(reason);
    }
    let run = district.runs_get(number)?;
    if run.state == RunState::Failed {
        output.note(&format!("homeroom: run {} failed: {}", run.id, run.report.messages.join(" ")));
    }
    Ok(run)
}

/// A run in words.
pub(crate) fn run_text(run: &Document, time_zone: &Zone) -> String {
    let mut text = format!("run {}\n\n{}", run.id, report::render_run(run, time_zone));
    if let Some(undone) = &run.report.undo {
        text += &undo_text("Taken back", undone);
        if let Some(again) = &undone.taken_back {
            text += &undo_text("Put back in place", again);
        }
    }
    text
}

/// What an undo did and what it had to leave.
fn undo_text(what: &str, undone: &Undone) -> String {
    let changed = match undone.restored.total() {
        1 => "1 thing".into(),
        things => format!("{} things", thousands(things)),
    };
    let kept = undone.kept.iter().map(|kept| format!("  {kept}\n"));
    let leaves = if undone.kept.is_empty() { "." } else { ", except:" };
    format!("\n{what} at {}: {changed} changed{leaves}\n{}", undone.at, kept.collect::<String>())
}
