//! A run's result in words, for the person who made the file.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use homeroom_model::Zone;
use homeroom_model::check_report::{CheckReport, Outcome};
use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::finding::Finding;
use homeroom_model::finding_code::{FindingCode, Severity};
use homeroom_model::hold::{Held, HeldState};
use homeroom_model::rekey::{Confidence, MatchedBy, Proposal};
use homeroom_model::run::{PinShown, Run, RunKind, RunReport, RunState};
use homeroom_model::seats::Seats;

/// Causes told in full; more are only counted.
const CAUSES: usize = 10;
/// Examples of a cause.
const EXAMPLES: usize = 5;

/// `NAME.result.txt`: what became of the file, what to mend first, what it changes, and the files beside it. `time_zone` is the
/// district's.
pub fn result_text(run: &Run, time_zone: &Zone) -> String {
    let mut text = run_text(run, time_zone);
    write_files(&mut text, run).expect("a String takes all text");
    text
}

/// The same for someone who has not got the files.
pub fn run_text(run: &Run, time_zone: &Zone) -> String {
    let mut text = String::new();
    write_text(&mut text, run, time_zone).expect("a String takes all text");
    text
}

/// What a check says of the file as a whole.
pub fn check_verdict(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Clean => "The file is fine.",
        Outcome::Warnings => "The file can be used; please look at the warnings.",
        Outcome::RowsRejected => "Some rows are left out; people in these rows are kept as they are.",
        Outcome::FileRejected => "The file is REJECTED.",
    }
}

/// What a check says, for `homeroom check`.
pub fn check_text(check: &CheckReport) -> String {
    let mut text = format!("{}: {}\n\n{}\n", check.file, check_verdict(check.outcome), counts(check));
    write_findings(&mut text, check).expect("a String takes all text");
    text
}

/// What a plan between two files would change and hold, for `homeroom check --against`: in the words of a run.
pub fn plan_text(report: &RunReport) -> String {
    let mut text = String::new();
    let mut write = || {
        for message in &report.messages {
            writeln!(text, "{message}")?;
        }
        write_plan_and_hold(&mut text, "What this file would change", report, RunState::Tested)
    };
    write().expect("a String takes all text");
    text
}

/// The hold with its causes, what is recognised under new keys, pins, and the plan.
fn write_plan_and_hold(out: &mut String, title: &str, report: &RunReport, state: RunState) -> fmt::Result {
    if let Some(held) = report.held.as_ref().filter(|held| !held.fuses.is_empty()) {
        write_held(out, held, state)?;
    }
    write_proposals(out, &report.rekeys, state)?;
    write_pins(out, &report.pins)?;
    match &report.plan {
        Some(plan) => write_plan(out, title, plan, &report.matched),
        None => Ok(()),
    }
}

fn write_text(out: &mut String, run: &Run, time_zone: &Zone) -> fmt::Result {
    writeln!(out, "{}", run.upload.name)?;
    writeln!(out, "{}", "=".repeat(run.upload.name.chars().count()))?;
    if let Some(at) = run.finished_at.or(run.started_at) {
        writeln!(out, "Read on {}", time_zone.show(at))?;
    }
    writeln!(out, "\n{}\n", verdict(run))?;
    for message in &run.report.messages {
        writeln!(out, "{message}")?;
    }
    if let Some(check) = &run.report.check {
        writeln!(out, "{}", counts(check))?;
    }
    write_decisions(out, run)?;
    write_plan_and_hold(out, plan_title(run), &run.report, run.state)?;
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
        writeln!(out, "Every change, and how it was found: {name}.plan.csv")?;
    }
    writeln!(out, "Every finding with its line: {name}.findings.csv")?;
    writeln!(out, "Your file with two more columns, what is wrong and what we suggest: {name}.corrected.csv")
}

fn verdict(run: &Run) -> &'static str {
    match (run.state, run.kind) {
        (RunState::Rejected, _) => "The file was REJECTED. Nothing was changed.",
        (RunState::Tested, _) => match run.report.check.as_ref().map(|check| check.outcome) {
            Some(Outcome::RowsRejected) => {
                "Test run: some rows would be left out. Nothing was changed; people in these rows would be kept as \
                 they are."
            }
            Some(Outcome::Warnings) => {
                "Test run: the file can be used; please look at the warnings. Nothing was changed."
            }
            _ => "Test run: the file is fine. Nothing was changed.",
        },
        (RunState::Applied, _) => "The file was applied.",
        (RunState::Unchanged, _) => "The file is the same as the one applied last. Nothing was changed.",
        (RunState::Held, _) => "The safe part of the file was applied. The rest WAITS for a decision.",
        (RunState::Superseded, _) => "A newer file has taken this one's place.",
        (RunState::Undone, _) => "What was applied of the file was taken back.",
        (RunState::Failed, _) => "Something went wrong on our side. Nothing was changed; we have been told.",
        (RunState::Queued | RunState::Running, _) => "The file is being read.",
    }
}

/// How many rows and things there are, on two lines.
pub fn counts(check: &CheckReport) -> String {
    let count = |number: u64, one: &str, many: &str| {
        format!("{} {}", thousands(number), if number == 1 { one } else { many })
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

fn write_held(out: &mut String, held: &Held, state: RunState) -> fmt::Result {
    let title = match state {
        RunState::Held => "What waits, and why",
        RunState::Tested => "What would wait, and why",
        _ => "What waited, and why",
    };
    writeln!(out, "{title}")?;
    for fuse in &held.fuses {
        writeln!(out, "  {}", fuse.message)?;
        for example in &fuse.examples {
            writeln!(out, "       {}", harmless(example))?;
        }
    }
    writeln!(out, "  In all: {}.", parts(&held.counts()))?;
    if held.schools.len() > 1 || held.schools.iter().any(|one| one.state != HeldState::Waiting) {
        for one in &held.schools {
            let name = if one.school.is_empty() { "in no school" } else { &one.name };
            let state = match one.state {
                HeldState::Waiting => "",
                HeldState::Released => " (released)",
                HeldState::Discarded => " (discarded)",
            };
            writeln!(out, "    {} {}: {}{state}", harmless(&one.school), harmless(name), parts(&one.counts))?;
        }
    }
    if let Some(expires) = held.expires_at.as_ref().filter(|_| state == RunState::Held) {
        let day = expires.strftime("%Y-%m-%d");
        writeln!(out, "  Nobody's decision until {day} means that it is dropped.")?;
    }
    writeln!(out)
}

/// "12 new, 3 removed"
fn parts(counts: &PlanCounts) -> String {
    let parts = [
        ("new", counts.create.total()),
        ("changed", counts.update.total()),
        ("removed", counts.deactivate.total()),
        ("back again", counts.reactivate.total()),
        ("with a new key", counts.rekey.total()),
    ];
    let parts = parts.iter().filter(|(_, count)| *count > 0);
    parts.map(|(word, count)| format!("{} {word}", thousands(*count))).collect::<Vec<_>>().join(", ")
}

/// The text without what would steer a terminal: it may come from a file.
pub fn harmless(text: &str) -> String {
    text.replace(char::is_control, "\u{FFFD}")
}

/// Proposals of each confidence that are told.
const PROPOSALS: usize = 5;

fn write_proposals(out: &mut String, proposals: &[Proposal], state: RunState) -> fmt::Result {
    if proposals.is_empty() {
        return Ok(());
    }
    writeln!(out, "Who is known under another key")?;
    for confidence in [Confidence::Certain, Confidence::Probable, Confidence::Doubtful] {
        let of_it = || proposals.iter().filter(|one| one.confidence == confidence);
        if of_it().next().is_none() {
            continue;
        }
        let meaning = match confidence {
            Confidence::Certain => "certain",
            Confidence::Probable => "probable: these wait for an approval",
            Confidence::Doubtful if state == RunState::Held => "doubtful: taken for two unless accepted",
            Confidence::Doubtful => "doubtful: taken for two",
        };
        writeln!(out, "  {meaning}")?;
        for one in of_it().take(PROPOSALS) {
            let evidence =
                one.evidence.iter().map(|evidence| evidence.words()).collect::<Vec<_>>().join(", ");
            let (name, from, to) = (harmless(&one.name), harmless(&one.from), harmless(&one.to));
            writeln!(out, "    {:<14} {name}: {from} becomes {to} ({evidence})", one.id.to_string())?;
        }
        let more = of_it().count().saturating_sub(PROPOSALS);
        if more > 0 {
            writeln!(out, "    … and {} more", thousands(more as u64))?;
        }
    }
    writeln!(out)
}

fn write_pins(out: &mut String, pins: &[PinShown]) -> fmt::Result {
    if pins.is_empty() {
        return Ok(());
    }
    writeln!(out, "Set by hand")?;
    for pin in pins {
        let (what, owner) = (harmless(&pin.what), harmless(&pin.owner));
        writeln!(out, "  pin {}: {what}, by {owner} until {}; {}", pin.number, pin.until, pin.effect)?;
    }
    writeln!(out)
}

fn write_seats(out: &mut String, seats: &Seats) -> fmt::Result {
    writeln!(
        out,
        "Seats: {} of {} in use ({} before; {} with everything the file asks for).",
        thousands(seats.after),
        thousands(seats.limit),
        thousands(seats.before),
        thousands(seats.forecast.unwrap_or(seats.after))
    )?;
    for school in &seats.schools {
        let limit = school.limit.map_or(String::new(), |limit| format!(" of {}", thousands(limit)));
        writeln!(
            out,
            "  {} {}: {}{limit} in use, {} waiting",
            harmless(&school.school),
            harmless(&school.name),
            thousands(school.after),
            thousands(school.waiting)
        )?;
    }
    for (at, name) in seats.waiting.iter().enumerate() {
        writeln!(out, "  waits as number {}: {}", at + 1, harmless(name))?;
    }
    writeln!(out)
}

fn write_decisions(out: &mut String, run: &Run) -> fmt::Result {
    for decision in &run.report.decisions {
        let schools = match decision.schools.as_slice() {
            [] => "what waited".to_owned(),
            some => format!("what waited in {}", some.join(", ")),
        };
        let day = decision.at.strftime("%Y-%m-%d");
        writeln!(out, "On {day} {schools} was {}.", decision.decision)?;
    }
    Ok(())
}

/// One cause: a code, how often, and examples.
pub struct Cause<'f> {
    /// What it is.
    pub code: FindingCode,
    /// How often.
    pub count: u64,
    /// The first ones.
    pub examples: Vec<&'f Finding>,
}

/// Causes by what they do to the file, then by how often they occur.
pub fn causes(check: &CheckReport) -> Vec<Cause<'_>> {
    let mut examples = BTreeMap::<FindingCode, Vec<&Finding>>::new();
    for finding in &check.findings {
        let some = examples.entry(finding.code).or_default();
        if some.len() < EXAMPLES {
            some.push(finding);
        }
    }
    let mut causes = check
        .finding_counts
        .iter()
        .map(|(code, count)| Cause {
            code: *code,
            count: *count,
            examples: examples.remove(code).unwrap_or_default(),
        })
        .collect::<Vec<_>>();
    causes.sort_by_key(|cause| (cause.code.severity(), std::cmp::Reverse(cause.count)));
    causes
}

fn write_findings(out: &mut String, check: &CheckReport) -> fmt::Result {
    let causes = causes(check);
    if causes.is_empty() {
        return Ok(());
    }
    writeln!(out, "What we found")?;
    for (at, cause) in causes.iter().take(CAUSES).enumerate() {
        let what = match cause.code.severity() {
            Severity::RejectFile => "file rejected",
            Severity::RejectRow => "row left out",
            Severity::Warning => "please check",
            Severity::Notice => "for information",
        };
        let times =
            if cause.count == 1 { "once".into() } else { format!("{} times", thousands(cause.count)) };
        writeln!(out, "  {}. {} ({what}, {times})", at + 1, cause.code.meaning())?;
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
        writeln!(out, "     What to do: {}", cause.code.remedy())?;
    }
    if causes.len() > CAUSES {
        writeln!(out, "  … and {} more kinds of findings, all in the findings file.", causes.len() - CAUSES)?;
    }
    writeln!(out)?;
    out.write_str(&proposals_text(check))
}

/// How the file could be read better without being changed; empty when there is no such way.
pub fn proposals_text(check: &CheckReport) -> String {
    if check.proposals.is_empty() {
        return String::new();
    }
    let lines = check.proposals.iter().map(|change| format!("  {}\n", change.words()));
    format!(
        "Or leave the file as it is and let us read it differently: tell us to\n{}\n",
        lines.collect::<String>()
    )
}

fn plan_title(run: &Run) -> &'static str {
    let applied = matches!(run.state, RunState::Applied | RunState::Held | RunState::Undone);
    match (run.kind, applied) {
        (RunKind::Live, true) => "What this file changes",
        _ => "What this file would change",
    }
}

fn write_plan(
    out: &mut String,
    title: &str,
    plan: &PlanCounts,
    matched: &BTreeMap<MatchedBy, Counts>,
) -> fmt::Result {
    writeln!(
        out,
        "{title:<28} {:>9} {:>9} {:>9} {:>9} {:>9} {:>11}",
        "new", "changed", "removed", "back", "new key", "unchanged"
    )?;
    let columns =
        [&plan.create, &plan.update, &plan.deactivate, &plan.reactivate, &plan.rekey, &plan.unchanged]
            .map(|c| c.named());
    for (at, (name, _)) in columns[0].iter().enumerate() {
        let [create, update, deactivate, reactivate, rekey, unchanged] =
            columns.map(|column| thousands(column[at].1));
        let name = match *name {
            "teachings" => "teachers in classes",
            "enrollments" => "students in classes",
            name => name,
        };
        writeln!(
            out,
            "  {name:<26} {create:>9} {update:>9} {deactivate:>9} {reactivate:>9} {rekey:>9} {unchanged:>11}"
        )?;
    }
    for (how, counts) in matched {
        let by = match how {
            MatchedBy::SisId => "the SIS's number",
            MatchedBy::CleverId => "the Clever id",
            MatchedBy::Email => "e-mail address",
            MatchedBy::Id => "class_id or school_id",
            MatchedBy::FormerKey => "a key that they had before",
            MatchedBy::Evidence => "evidence",
        };
        let counts = counts.named().into_iter().filter(|(_, count)| *count > 0);
        let counts = counts.map(|(kind, count)| format!("{kind} {}", thousands(count))).collect::<Vec<_>>();
        writeln!(out, "  known by {by}: {}", counts.join(", "))?;
    }
    writeln!(out)
}

/// `1,234,567`
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn large_numbers_are_grouped_by_three() {
        let grouped = [0, 12, 123, 1_234, 12_345, 1_234_567].map(thousands);
        assert_eq!(grouped, ["0", "12", "123", "1,234", "12,345", "1,234,567"]);
    }
}
