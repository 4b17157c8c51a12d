//! A run's result in words, for the person who made the file.

use std::fmt::{self, Write};

use homeroom_model::Zone;
use homeroom_model::check_report::Outcome;
use homeroom_model::run::{Run, RunKind, RunState};

use crate::render_check::{render_counts, write_findings};
use crate::render_hold::write_decisions;
use crate::render_plan::write_plan_and_hold;
use crate::render_seats::write_seats;

/// `NAME.result.txt`: what became of the file, what to fix first, what it changes, and the files beside it.
pub fn render_result(run: &Run, zone: &Zone) -> String {
    let mut text = render_run(run, zone);
    write_files(&mut text, run).expect("a String takes all text");
    text
}

/// The same for someone who does not have the files.
pub fn render_run(run: &Run, zone: &Zone) -> String {
    let mut text = String::new();
    write_run(&mut text, run, zone).expect("a String takes all text");
    text
}

fn write_run(out: &mut String, run: &Run, zone: &Zone) -> fmt::Result {
    writeln!(out, "{}", run.upload.name)?;
    writeln!(out, "{}", "=".repeat(run.upload.name.chars().count()))?;
    if let Some(at) = run.finished_at.or(run.started_at) {
        writeln!(out, "Read on {}", zone.show(at))?;
    }
    writeln!(out, "\n{}\n", verdict(run))?;
    for message in &run.report.messages {
        writeln!(out, "{message}")?;
    }
    if let Some(check) = &run.report.check {
        writeln!(out, "{}", render_counts(check))?;
    }
    write_decisions(out, run, zone)?;
    write_plan_and_hold(out, plan_title(run), &run.report, run.state, zone)?;
    if let Some(seats) = &run.report.seats {
        write_seats(out, seats)?;
    }
    if let Some(check) = &run.report.check {
        write_findings(out, check)?;
    }
    Ok(())
}

fn write_files(out: &mut String, run: &Run) -> fmt::Result {
    let name = &run.upload.name;
    if run.report.plan.is_some() && run.state != RunState::Unchanged {
        writeln!(out, "Every change, and how we matched it: {name}.plan.csv")?;
    }
    writeln!(out, "Every finding with its line: {name}.findings.csv")?;
    writeln!(out, "Your file with two more columns, the problem and our suggestion: {name}.corrected.csv")
}

fn verdict(run: &Run) -> &'static str {
    match run.state {
        RunState::Rejected => "The file was REJECTED. Nothing was changed.",
        RunState::Tested => test_verdict(run.report.check.as_ref().map(|check| check.outcome)),
        RunState::Applied => "The file was applied.",
        RunState::Unchanged if run.report.same_as.is_some() => {
            "The file waits for a decision already. Nothing was changed."
        }
        RunState::Unchanged => "The file is the same as the one applied last. Nothing was changed.",
        RunState::Held => "The safe part of the file was applied. The rest WAITS for a decision.",
        RunState::Superseded if run.started_at.is_none() => "This run was not made.",
        RunState::Cancelled => "This run was cancelled before it began.",
        RunState::Superseded => "A newer file has replaced this one.",
        RunState::Undone => "The changes of this file were undone.",
        RunState::Failed => "Something went wrong on our side. Nothing was changed; we have been notified.",
        RunState::Queued | RunState::Running => "The file is being read.",
    }
}

fn test_verdict(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::RowsRejected) => {
            "Test run: some rows would be left out. Nothing was changed; people in these rows would be kept as they are."
        }
        Some(Outcome::Warnings) => {
            "Test run: the file can be used; please look at the warnings. Nothing was changed."
        }
        _ => "Test run: the file is fine. Nothing was changed.",
    }
}

fn plan_title(run: &Run) -> &'static str {
    let applied = matches!(run.state, RunState::Applied | RunState::Held | RunState::Undone);
    match (run.kind, applied) {
        (RunKind::Live, true) => "What this file changes",
        _ => "What this file would change",
    }
}
