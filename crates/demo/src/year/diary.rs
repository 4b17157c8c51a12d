//! The year in lines: one for each night on which something happened, one for each stretch of quiet ones.

use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::run::RunState;
use homeroom_report::thousands;

use super::expectation::{Outcome, by_change};
use super::simulation::{Told, Year};
use super::timeline::Decision;

/// Tells the nights one after the other.
#[derive(Default)]
pub(super) struct Diary {
    quiet: usize,
}

impl Diary {
    /// What there is to say when a night is over: nothing after a quiet one, until something happens again.
    pub(super) fn tell(&mut self, told: &Told) -> Option<String> {
        if told.is_quiet() {
            self.quiet += 1;
            return None;
        }
        let line = line(told);
        Some(match std::mem::take(&mut self.quiet) {
            0 => line,
            1 => format!("                one quiet night\n{line}"),
            nights => format!("                {nights} quiet nights\n{line}"),
        })
    }
}

fn line(told: &Told) -> String {
    let mut parts = told.said.clone();
    if told.superseded {
        parts.push("a good file again, what waited is superseded".into());
    }
    let Outcome { state, plan, held, fuses, .. } = &told.outcome;
    let tested = *state == RunState::Tested;
    let at_once = changes(&without(plan, held));
    parts.push(match (tested, at_once) {
        (true, Some(at_once)) => format!("only tested: {at_once}"),
        (true, None) => "only tested".into(),
        (false, Some(at_once)) => at_once,
        (false, None) => "nothing changes".into(),
    });
    if let Some(held) = changes(held) {
        let fuses = fuses.iter().copied().collect::<Vec<_>>().join(", ");
        parts.push(format!("{} ({fuses}): {held}", if tested { "would wait" } else { "WAITS" }));
    }
    parts.extend(told.decisions.iter().map(|decision| decision_words(*decision).to_owned()));
    let mut line = format!("{}  {}", told.date.strftime("%a %e %b %Y"), parts.join("; "));
    for difference in &told.differences {
        line.push_str("\n    NOT AS EXPECTED: ");
        line.push_str(difference);
    }
    line
}

fn decision_words(decision: Decision) -> &'static str {
    match decision {
        Decision::Approve => "approved in the morning",
        Decision::Discard => "discarded in the morning",
        Decision::Undo => "and what was applied is taken back",
        Decision::RaiseLicence => "the licence is raised",
    }
}

/// What of a plan is made at once.
fn without(plan: &PlanCounts, held: &PlanCounts) -> PlanCounts {
    PlanCounts {
        create: plan.create - held.create,
        update: plan.update - held.update,
        deactivate: plan.deactivate - held.deactivate,
        reactivate: plan.reactivate - held.reactivate,
        rekey: plan.rekey - held.rekey,
        unchanged: plan.unchanged,
    }
}

/// "3 students and 12 enrollments new, 1 student removed"; teachings go without saying. `None` when there is nothing to tell.
fn changes(plan: &PlanCounts) -> Option<String> {
    let parts = by_change(plan).into_iter().filter(|(change, _)| *change != "unchanged");
    let parts = parts.filter_map(|(change, counts)| Some(format!("{} {change}", things(&counts)?)));
    let parts = parts.collect::<Vec<_>>();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn things(counts: &Counts) -> Option<String> {
    let some = counts.named().into_iter().filter(|(kind, count)| *count > 0 && *kind != "teachings");
    let some =
        some.map(|(kind, count)| match kind.strip_suffix(if kind == "classes" { "es" } else { "s" }) {
            Some(one) if count == 1 => format!("1 {one}"),
            _ => format!("{} {kind}", thousands(count)),
        });
    let some = some.collect::<Vec<_>>();
    let (last, others) = some.split_last()?;
    Some(if others.is_empty() { last.clone() } else { format!("{} and {last}", others.join(", ")) })
}

/// What the year came to.
pub(super) fn summary(year: &Year) -> String {
    let nights = year.nights.len();
    if !year.as_expected {
        let last = year.nights.last();
        let told = last.map(|told| format!("{}:\n  {}", told.date, told.differences.join("\n  ")));
        return format!("Night {nights} did not go as expected, {}", told.unwrap_or_default());
    }
    let count = |state| year.nights.iter().filter(|told| told.outcome.state == state).count();
    format!(
        "A year: {nights} nights, {} different files, {} applied at once, {} held, {} only tested, {} unchanged.\n\
         {} students were here at some time; all {} of the first day who are still here have the id that they got then, and \
         nobody has two.",
        year.files,
        count(RunState::Applied),
        count(RunState::Held),
        count(RunState::Tested),
        count(RunState::Unchanged),
        thousands(year.students_seen as u64),
        thousands(year.students_all_year as u64),
    )
}
