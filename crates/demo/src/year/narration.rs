//! The year as lines: one for each eventful night, one for each stretch of quiet nights.

use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::run::RunState;
use homeroom_model::thousands;

use super::expectation::{Outcome, by_change};
use super::timeline::Decision;
use super::year_report::NightReport;

/// Narrates the nights one after the other.
#[derive(Default)]
pub(super) struct Narration {
    quiet_nights: usize,
}

impl Narration {
    /// The line for a night; a quiet night has none and is counted in the next line.
    pub(super) fn line(&mut self, night: &NightReport) -> Option<String> {
        if night.is_quiet() {
            self.quiet_nights += 1;
            return None;
        }
        let line = night_line(night);
        Some(match std::mem::take(&mut self.quiet_nights) {
            0 => line,
            1 => format!("                one quiet night\n{line}"),
            nights => format!("                {nights} quiet nights\n{line}"),
        })
    }
}

fn night_line(night: &NightReport) -> String {
    let mut parts = night.happenings.clone();
    if night.superseded {
        parts.push("a good file again: the hold is superseded".into());
    }
    let Outcome { state, plan, held, fuses, .. } = &night.outcome;
    let tested = *state == RunState::Tested;
    let applied = changes(&without(plan, held));
    parts.push(match (tested, applied) {
        (true, Some(applied)) => format!("only tested: {applied}"),
        (true, None) => "only tested".into(),
        (false, Some(applied)) => applied,
        (false, None) => "nothing changes".into(),
    });
    if let Some(held) = changes(held) {
        let fuses = fuses.iter().copied().collect::<Vec<_>>().join(", ");
        parts.push(format!("{} ({fuses}): {held}", if tested { "would wait" } else { "WAITS" }));
    }
    parts.extend(night.decisions.iter().map(|decision| decision_words(*decision).to_owned()));
    let mut line = format!("{}  {}", night.date.strftime("%a %e %b %Y"), parts.join("; "));
    for difference in &night.differences {
        line.push_str("\n    NOT AS EXPECTED: ");
        line.push_str(difference);
    }
    line
}

fn decision_words(decision: Decision) -> &'static str {
    match decision {
        Decision::Approve => "approved in the morning",
        Decision::Discard => "discarded in the morning",
        Decision::Undo => "and what was applied is undone",
        Decision::RaiseLicence => "the licence is raised",
    }
}

/// The part of a plan that is applied at once.
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

/// "3 students and 12 enrollments new, 1 student removed", without teachings. `None` when nothing changes.
fn changes(plan: &PlanCounts) -> Option<String> {
    let parts = by_change(plan).into_iter().filter(|(change, _)| *change != "unchanged");
    let parts = parts.filter_map(|(change, counts)| Some(format!("{} {change}", entities(&counts)?)));
    let parts = parts.collect::<Vec<_>>();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn entities(counts: &Counts) -> Option<String> {
    let counted = counts.with_names().into_iter().filter(|(kind, count)| *count > 0 && *kind != "teachings");
    let words =
        counted.map(|(kind, count)| match kind.strip_suffix(if kind == "classes" { "es" } else { "s" }) {
            Some(singular) if count == 1 => format!("1 {singular}"),
            _ => format!("{} {kind}", thousands(count)),
        });
    let words = words.collect::<Vec<_>>();
    let (last, first) = words.split_last()?;
    Some(if first.is_empty() { last.clone() } else { format!("{} and {last}", first.join(", ")) })
}
