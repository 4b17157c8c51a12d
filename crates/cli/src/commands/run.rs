//! `homeroom run`: one run, and decisions about it.

use anyhow::{Context, bail};
use clap::Subcommand;
use homeroom_model::ids::{RunId, RunNumber};
use homeroom_model::run::{Run as Document, RunState, Undone};
use homeroom_notify::{result_text, thousands};
use homeroom_store::DistrictStore;
use homeroom_store::jobs::JobId;
use homeroom_sync::{Task, queue_decision};

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
    /// Apply what a run holds
    Approve {
        /// The run
        run: RunId,
    },
    /// Drop what a run holds
    Discard {
        /// The run
        run: RunId,
    },
    /// Take back what a run applied; once more, and the run is put back in place
    Undo {
        /// The run
        run: RunId,
    },
}

impl Run {
    pub(crate) fn run(&self, place: &Place, output: &Output) -> anyhow::Result<Exit> {
        let app = place.open()?;
        let (Run::Show { run } | Run::Approve { run } | Run::Discard { run } | Run::Undo { run }) = self;
        let found = app.store.runs_find(*run)?;
        let (district, number) = found
            .with_context(|| format!("there is no run {run}: `homeroom runs SLUG` lists a district's"))?;
        let district = app.store.district(district);
        let task = match self {
            Run::Show { .. } => None,
            Run::Approve { .. } => Some(Task::Approve(number)),
            Run::Discard { .. } => Some(Task::Discard(number)),
            Run::Undo { .. } if district.runs_get(number)?.state == RunState::Undone => {
                Some(Task::Redo(number))
            }
            Run::Undo { .. } => Some(Task::Undo(number)),
        };
        if let Some(task) = task {
            decide(&app, &district, task)?;
        }
        let run = district.runs_get(number)?;
        let time_zone = district.settings()?.time_zone;
        output.result(&run, || run_text(&run, &time_zone))?;
        // A decision is done when it is done, whatever rows the file had; `show` tells by its code what the run is.
        Ok(if task.is_some() { Exit::Done } else { Exit::of_run(&run) })
    }
}

fn decide(app: &App, district: &DistrictStore, task: Task) -> anyhow::Result<()> {
    let job = queue_decision(district, task)?;
    let conductor = app.conductor();
    let worker = app.worker()?;
    match worker.work_on(district.id(), job, &|job| conductor.handle(job))? {
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
    let conductor = app.conductor().watched(move |progress| shown.show(progress));
    let done = app.worker()?.work_on(district.id(), job, &|job| conductor.handle(job))?;
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
pub(crate) fn run_text(run: &Document, time_zone: &str) -> String {
    let mut text = format!("run {}\n\n{}", run.id, result_text(run, time_zone));
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
