//! Discards the held changes of a run, or those of some schools.

use homeroom_model::audit::AuditAction;
use homeroom_model::counts::PlanCounts;
use homeroom_model::event::EventKind;
use homeroom_model::hold::HeldState;
use homeroom_model::ids::RunNumber;
use homeroom_model::run::{Decision, DecisionKind, Run, RunReport, RunState};
use homeroom_plan::explain;

use super::held_run::{Choice, choose, decision};
use crate::claim::Claim;
use crate::error::SyncError;

/// Discards the held part of a run, or of some of its schools.
///
/// # Errors
/// [`SyncError::Refused`] when the run holds nothing.
pub(crate) fn discard(claim: &Claim<'_>, number: RunNumber, schools: &[String]) -> Result<(), SyncError> {
    let district = claim.district;
    let Choice { run, schools: chosen, .. } = choose(district, number, schools)?;
    discard_schools(claim, &run, &chosen, decision(district, DecisionKind::Discarded, schools))
}

/// Discards the held part of a run about which nobody decided in time; does nothing when someone has.
pub(crate) fn expire(claim: &Claim<'_>, number: RunNumber) -> Result<(), SyncError> {
    let district = claim.district;
    let run = district.runs_get(number)?;
    if run.state != RunState::Held {
        return Ok(claim.finish_idle()?);
    }
    let held = run.report.held.iter().flat_map(|held| &held.schools);
    let all = held.map(|school| school.school.clone()).collect::<Vec<_>>();
    discard_schools(claim, &run, &all, decision(district, DecisionKind::Expired, &[]))
}

fn discard_schools(
    claim: &Claim<'_>,
    run: &Run,
    schools: &[String],
    decision: Decision,
) -> Result<(), SyncError> {
    let mut report = run.report.clone();
    let (kind, details) = (decision.kind, decision.schools.join(", "));
    let action = match kind {
        DecisionKind::Expired => AuditAction::HoldExpired,
        _ => AuditAction::HoldDiscarded,
    };
    report.decisions.push(decision);
    if let Some(held) = &mut report.held {
        let waiting = held.schools.iter_mut().filter(|school| school.state == HeldState::Waiting);
        waiting
            .filter(|school| schools.contains(&school.school))
            .for_each(|school| school.state = HeldState::Discarded);
        explain(held);
    }
    let state = state_after_discard(&report);
    let district = claim.district;
    claim.finish(|tx| {
        district.audit_in_tx(tx, action, &format!("run {}", run.id), &details)?;
        district.runs_set_in_tx(tx, run.number, state, &report)?;
        district.events_add_in_tx(tx, &EventKind::HoldDecided { run: run.id, decision: kind })
    })?;
    Ok(())
}

fn state_after_discard(report: &RunReport) -> RunState {
    let schools = report.held.iter().flat_map(|held| &held.schools);
    let has = |state| schools.clone().any(|school| school.state == state);
    let all_held = schools.clone().map(|school| school.counts).sum::<PlanCounts>();
    let safe_part_applied = report.plan.is_some_and(|plan| (plan.changes() - all_held.changes()).total() > 0);
    if has(HeldState::Waiting) {
        RunState::Held
    } else if safe_part_applied || has(HeldState::Released) {
        RunState::Applied
    } else {
        RunState::Unchanged
    }
}
