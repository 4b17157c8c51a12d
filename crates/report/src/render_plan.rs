//! A plan in words: numbers of changes, proposals, pins, and how records were matched.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use homeroom_model::Zone;
use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::proposal_name::ProposalName;
use homeroom_model::rekey::{Confidence, MatchedBy, Proposal, ProposalReviews};
use homeroom_model::run::{PinShown, RunReport, RunState};
use homeroom_model::thousands;

use crate::render_hold::write_hold;
use crate::terminal_safe::terminal_safe;

/// The most proposals listed for each confidence.
const MAX_PROPOSALS: usize = 5;

/// The plan between two files in the words of a run, for `homeroom check --against`.
pub fn render_plan(report: &RunReport) -> String {
    let mut text = String::new();
    let mut write = || {
        for message in &report.messages {
            writeln!(text, "{message}")?;
        }
        // The plan between two files has no hold that expires, so no day is shown and any zone will do.
        write_plan_and_hold(&mut text, "What this file would change", report, RunState::Tested, &Zone::utc())
    };
    write().expect("a String takes all text");
    text
}

/// The hold with its causes, proposals, pins, and the plan.
pub(crate) fn write_plan_and_hold(
    out: &mut String,
    title: &str,
    report: &RunReport,
    state: RunState,
    zone: &Zone,
) -> fmt::Result {
    let state = if report.same_as.is_some() { RunState::Held } else { state };
    if let Some(held) = report.held.as_ref().filter(|held| !held.fuses.is_empty()) {
        write_hold(out, held, state, zone)?;
    }
    write_proposals(out, report, state)?;
    write_pins(out, &report.pins)?;
    match &report.plan {
        Some(plan) => write_plan(out, title, plan, &report.matched),
        None => Ok(()),
    }
}

fn write_proposals(out: &mut String, report: &RunReport, state: RunState) -> fmt::Result {
    let RunReport { rekeys: proposals, reviews, .. } = report;
    if proposals.is_empty() {
        return Ok(());
    }
    writeln!(out, "Matched under a new key")?;
    for confidence in [Confidence::Certain, Confidence::Probable, Confidence::Doubtful] {
        let proposals = proposals.iter().filter(|proposal| proposal.confidence == confidence);
        let count = proposals.clone().count();
        if count == 0 {
            continue;
        }
        let meaning = match confidence {
            Confidence::Certain => "certain",
            Confidence::Probable if matches!(state, RunState::Held | RunState::Tested) => {
                "probable: these wait for an approval"
            }
            Confidence::Probable => "probable",
            Confidence::Doubtful if state == RunState::Held => {
                "doubtful: treated as two people unless accepted"
            }
            Confidence::Doubtful => "doubtful: treated as two people",
        };
        writeln!(out, "  {meaning}")?;
        for proposal in proposals.take(MAX_PROPOSALS) {
            write_proposal(out, proposal, reviews)?;
        }
        if count > MAX_PROPOSALS {
            writeln!(out, "    … and {} more", thousands((count - MAX_PROPOSALS) as u64))?;
        }
    }
    writeln!(out)
}

fn write_proposal(out: &mut String, proposal: &Proposal, reviews: &ProposalReviews) -> fmt::Result {
    let evidence =
        proposal.evidence.iter().map(|evidence| evidence.in_words()).collect::<Vec<_>>().join(", ");
    let (name, what) = (terminal_safe(&proposal.name), proposal.in_words());
    let is_among = |names: &[ProposalName]| names.iter().any(|name| proposal.is_named(name));
    let decided = match (is_among(&reviews.rejected), is_among(&reviews.accepted)) {
        (true, _) => "; rejected: they are two",
        (_, true) => "; accepted: they are one",
        (false, false) => "",
    };
    let what = terminal_safe(&what);
    writeln!(out, "    {:<14} {name}: {what} ({evidence}){decided}", proposal.id.to_string())
}

fn write_pins(out: &mut String, pins: &[PinShown]) -> fmt::Result {
    if pins.is_empty() {
        return Ok(());
    }
    writeln!(out, "Changes made by hand")?;
    for pin in pins {
        let (what, owner) = (terminal_safe(&pin.what), terminal_safe(&pin.owner));
        writeln!(out, "  pin {}: {what}, by {owner} until {}; {}", pin.number, pin.until, pin.effect)?;
    }
    writeln!(out)
}

fn write_plan(
    out: &mut String,
    title: &str,
    plan: &PlanCounts,
    matched: &BTreeMap<MatchedBy, Counts>,
) -> fmt::Result {
    writeln!(
        out,
        "{title:<28} {:>9} {:>9} {:>9} {:>9} {:>13} {:>11}",
        "new", "changed", "removed", "returned", "new e-mail/ID", "unchanged"
    )?;
    let columns =
        [&plan.create, &plan.update, &plan.deactivate, &plan.reactivate, &plan.rekey, &plan.unchanged]
            .map(|counts| counts.with_names());
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
            "  {name:<26} {create:>9} {update:>9} {deactivate:>9} {reactivate:>9} {rekey:>13} {unchanged:>11}"
        )?;
    }
    for (matched_by, counts) in matched {
        let counts = counts.with_names().into_iter().filter(|(_, count)| *count > 0);
        let counts = counts.map(|(kind, count)| format!("{kind} {}", thousands(count))).collect::<Vec<_>>();
        writeln!(out, "  matched by {}: {}", in_words(*matched_by), counts.join(", "))?;
    }
    writeln!(out)
}

fn in_words(matched_by: MatchedBy) -> &'static str {
    match matched_by {
        MatchedBy::SisId => "SIS id",
        MatchedBy::CleverId => "Clever id",
        MatchedBy::Email => "e-mail address",
        MatchedBy::Id => "class_id or school_id",
        MatchedBy::FormerKey => "an earlier id or e-mail address",
        MatchedBy::Evidence => "evidence",
    }
}
