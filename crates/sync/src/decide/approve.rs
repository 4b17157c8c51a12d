//! Applies the held changes of a run, or those of some schools.

use homeroom_apply::apply_held_in_tx;
use homeroom_ask::{Reread, SplitPlan, reread};
use homeroom_model::audit::AuditAction;
use homeroom_model::district::Stage;
use homeroom_model::event::EventKind;
use homeroom_model::hold::{Held, HeldState};
use homeroom_model::ids::{RosterVersion, RunNumber};
use homeroom_model::refusal::Refusal;
use homeroom_model::run::{DecisionKind, Run, RunReport, RunState};
use homeroom_plan::{Approval, explain};
use homeroom_store::{ChangeSet, DistrictStore, Tx};

use super::held_run::{Choice, carry_states, choose, decision, refuse_another_version};
use crate::applied::{record_applied_file_in_tx, record_seats_in_tx};
use crate::claim::Claim;
use crate::context::{Progress, SyncContext};
use crate::error::{SyncError, with_fresh_plan};

/// Applies the held part of a run, or of some of its schools: plans the upload again on the roster as it is now, which leaves
/// exactly that part. When answers to its proposals have applied all of it already, there is nothing left to do.
///
/// # Errors
/// [`SyncError::Refused`] when the run holds nothing, or when the plan is no longer the one that was shown.
pub(crate) fn approve(
    context: &SyncContext,
    claim: &Claim<'_>,
    number: RunNumber,
    schools: &[String],
) -> Result<(), SyncError> {
    let district = claim.district;
    if schools.is_empty() && is_answered(&district.runs_get(number)?) {
        return Ok(claim.finish_idle()?);
    }
    let Choice { run, shown, schools: chosen } = choose(district, number, schools)?;
    if let Some(refusal) = forbidden_by_calendar(district, &run)? {
        return Err(refusal.into());
    }
    let approval = approval(&shown, &chosen);
    with_fresh_plan(|| {
        context.report(Progress::Planning);
        let reread = reread(district, &context.limits, &run)?;
        let plan = reread.plan(&approval);
        refuse_what_was_not_shown(&run, &shown, &plan, reread.stored.version)?;
        let (state, mut report) = after_approval(&run, &shown, &plan, &chosen);
        if let Some(held) = report.held.as_mut().filter(|_| state == RunState::Held) {
            held.roster_version = reread.stored.version.next();
        }
        report.decisions.push(decision(district, DecisionKind::Approved, schools));
        context.report(Progress::Applying);
        claim.finish(|tx| {
            release_in_tx(
                district,
                tx,
                &Release { run: &run, reread: &reread, plan: &plan, state, report: &report },
            )
        })
    })
}

/// Whether the last decision about a run were answers to its proposals that applied everything.
fn is_answered(run: &Run) -> bool {
    let last = run.report.decisions.last();
    run.state == RunState::Applied && last.is_some_and(|last| last.kind == DecisionKind::Answered)
}

/// What a decision releases, and what becomes of the run.
pub(super) struct Release<'r> {
    pub(super) run: &'r Run,
    pub(super) reread: &'r Reread,
    pub(super) plan: &'r SplitPlan,
    pub(super) state: RunState,
    pub(super) report: &'r RunReport,
}

/// Applies the safe part of a plan.
pub(super) fn release_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    release: &Release<'_>,
) -> Result<(), SyncError> {
    let Release { run, reread, plan, state, report } = release;
    let version = apply_held_in_tx(district, tx, run.number, &plan.parts.safe)?;
    if plan.parts.risky.is_empty() && plan.parts.deferred.is_empty() {
        record_applied_file_in_tx(district, tx, run, reread.rows, version)?;
    }
    if let Some(pending) = &plan.pending {
        district.pending_proposals_set_in_tx(tx, pending)?;
    }
    record_seats_in_tx(district, tx, &plan.parts.seats, reread.today)?;
    let decision = report.decisions.last().map_or(DecisionKind::Approved, |decision| decision.kind);
    let action = match decision {
        DecisionKind::Answered => AuditAction::ProposalsReviewed,
        _ => AuditAction::HoldApproved,
    };
    district.change_sets_add_in_tx(tx, &ChangeSet { action, run: run.id, number: run.number, version })?;
    district.runs_set_in_tx(tx, run.number, *state, report)?;
    district.events_add_in_tx(tx, &EventKind::HoldDecided { run: run.id, decision })?;
    Ok(())
}

/// Everything, when no school is left out.
fn approval(shown: &Held, chosen: &[String]) -> Approval {
    let discards = shown.schools.iter().any(|school| school.state == HeldState::Discarded);
    let is_released = |state| state == HeldState::Released;
    let mut schools = shown.schools.iter();
    let whole =
        !discards && schools.all(|school| chosen.contains(&school.school) || is_released(school.state));
    if whole { Approval::All } else { Approval::Schools(chosen.to_vec()) }
}

/// A run's state and report once the `chosen` schools are released. The caller sets the roster version of a remaining hold.
pub(super) fn after_approval(
    run: &Run,
    shown: &Held,
    plan: &SplitPlan,
    chosen: &[String],
) -> (RunState, RunReport) {
    let mut report = run.report.clone();
    let mut held = plan.parts.held.clone();
    held.fuses.clone_from(&shown.fuses);
    held.expires_at.clone_from(&shown.expires_at);
    carry_states(shown, &mut held, chosen, HeldState::Released);
    let waits = held.schools.iter().any(|school| school.state == HeldState::Waiting);
    if !waits {
        held = Held { schools: held.schools, ..shown.clone() };
    }
    explain(&mut held);
    report.held = Some(held);
    report.seats = Some(plan.parts.seats.clone());
    (if waits { RunState::Held } else { RunState::Applied }, report)
}

/// What forbids decisions today: a pause, an additions-only period, or the district's stage.
pub(super) fn forbidden_by_calendar(
    district: &DistrictStore,
    run: &Run,
) -> Result<Option<Refusal>, SyncError> {
    let settings = district.settings()?;
    let today = settings.today(district.store().now());
    let entry = settings.policy.pause_on(today).or_else(|| settings.policy.additions_only_on(today).next());
    Ok(match entry {
        Some(entry) => Some(Refusal::CalendarForbids { run: run.id, entry: entry.clone() }),
        None if settings.stage == Stage::Paused => Some(Refusal::DistrictPaused { run: run.id }),
        None => None,
    })
}

pub(super) fn refuse_what_was_not_shown(
    run: &Run,
    shown: &Held,
    plan: &SplitPlan,
    version: RosterVersion,
) -> Result<(), SyncError> {
    refuse_another_version(run, shown, version)?;
    if !shown.is(&[&plan.parts.safe, &plan.parts.risky]) {
        return Err(Refusal::PlanDiffersFromShown { run: run.id }.into());
    }
    Ok(())
}
