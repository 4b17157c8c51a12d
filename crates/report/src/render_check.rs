//! The findings of a check in words.

use std::fmt::{self, Write};

use homeroom_model::check_report::{CheckReport, Outcome};
use homeroom_model::finding_code::Severity;
use homeroom_model::thousands;

use crate::causes::{Cause, causes};

/// The most causes described; the others are only counted.
const MAX_CAUSES: usize = 10;

/// A check's verdict, counts and findings, for `homeroom check`.
pub fn render_check(check: &CheckReport) -> String {
    let verdict = check_verdict(check.outcome);
    let mut text = format!("{}: {verdict}\n\n{}\n", check.file, render_counts(check));
    write_findings(&mut text, check).expect("a String takes all text");
    text
}

/// The verdict on the file as a whole.
pub fn check_verdict(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Clean => "The file is fine.",
        Outcome::Warnings => "The file can be used; please look at the warnings.",
        Outcome::RowsRejected => "Some rows are left out; people in these rows are kept as they are.",
        Outcome::FileRejected => "The file is REJECTED.",
    }
}

/// The numbers of rows, schools, classes, teachers and students, on two lines.
pub fn render_counts(check: &CheckReport) -> String {
    let count = |number: u64, singular: &str, plural: &str| {
        format!("{} {}", thousands(number), if number == 1 { singular } else { plural })
    };
    format!(
        "{}: {} accepted, {} rejected\n{}, {}, {}, {}\n",
        count(check.rows, "row", "rows"),
        thousands(check.rows_accepted),
        thousands(check.rows_rejected),
        count(check.schools, "school", "schools"),
        count(check.classes, "class", "classes"),
        count(check.teachers, "teacher", "teachers"),
        count(check.students, "student", "students")
    )
}

pub(crate) fn write_findings(out: &mut String, check: &CheckReport) -> fmt::Result {
    let causes = causes(check);
    if causes.is_empty() {
        return Ok(());
    }
    writeln!(out, "What we found")?;
    for (at, cause) in causes.iter().take(MAX_CAUSES).enumerate() {
        write_cause(out, at + 1, cause)?;
    }
    if causes.len() > MAX_CAUSES {
        writeln!(
            out,
            "  … and {} more kinds of findings, all in the findings file.",
            causes.len() - MAX_CAUSES
        )?;
    }
    writeln!(out)?;
    out.write_str(&render_reading_proposals(check))
}

fn write_cause(out: &mut String, number: usize, cause: &Cause<'_>) -> fmt::Result {
    let effect = match cause.code.severity() {
        Severity::RejectFile => "file rejected",
        Severity::RejectRow => "row left out",
        Severity::Warning => "please check",
        Severity::Notice => "for information",
    };
    let times = if cause.count == 1 { "once".into() } else { format!("{} times", thousands(cause.count)) };
    writeln!(out, "  {number}. {} ({effect}, {times})", cause.code.meaning())?;
    for finding in &cause.examples {
        match finding.place() {
            place if place.is_empty() => writeln!(out, "       {}", finding.message)?,
            place => writeln!(out, "       {place}: {}", finding.message)?,
        }
    }
    let more = cause.count.saturating_sub(cause.examples.len() as u64);
    if more > 0 {
        writeln!(out, "       … and {} more", thousands(more))?;
    }
    writeln!(out, "     What to do: {}", cause.code.remedy())
}

/// Proposals for reading the unchanged file in a better way; empty when there are none.
pub fn render_reading_proposals(check: &CheckReport) -> String {
    if check.proposals.is_empty() {
        return String::new();
    }
    let lines = check.proposals.iter().map(|change| format!("  {}\n", change.in_words()));
    format!("Or leave the file as it is and ask us to:\n{}\n", lines.collect::<String>())
}
