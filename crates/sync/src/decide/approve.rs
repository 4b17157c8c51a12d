//! Applies the held changes of a run, or those of some schools.

use homeroom_apply::apply_in_tx;
use homeroom_ask::{Decisions, Replanned, SplitPlan, replan};
use homeroom_model::district::Stage;
use homeroom_model::hold::{Held, HeldState};
use homeroom_model::ids::{RosterVersion, RunNumber};
use homeroom_model::refusal::Refusal;
use homeroom_model::run::{DecisionKind, Run, RunReport, RunState};
use homeroom_plan::Approval;
use homeroom_store::DistrictStore;

use super::held_run::{Choice, carry_states, choose, decision, refuse_another_version};
use crate::applied::{record_applied_file_in_tx, record_seats_in_tx};
use crate::context::{Progress, SyncContext};
use crate::error::{SyncError, with_fresh_plan};

/// Applies the held part of a run, or of some of its schools: plans the upload again on the roster as it is now, which leaves
/// exactly that part.
///
/// # Errors
/// [`SyncError::Refused`] when the run holds nothing, or when the plan is no longer the one that was shown.
pub(crate) fn approve(
    context: &SyncContext,
    district: &DistrictStore,
    number: RunNumber,
    schools: &[String],
) -> Result<(), SyncError> {
    let Choice { run, shown, schools: chosen } = choose(district, number, schools)?;
    refuse_by_calendar(district, &run)?;
    let approval = approval(&shown, &chosen);
    with_fresh_plan(|| {
        context.report(Progress::Planning);
        let decisions = Decisions::load(district, &run)?;
        let Replanned { plan, stored, rows, today } =
            replan(district, &context.limits, &run, decisions, &approval)?;
        let version = stored.version;
        refuse_what_was_not_shown(&run, &shown, &plan, version)?;
        let nothing_left = plan.parts.risky.is_empty() && plan.parts.deferred.is_empty();
        let (state, mut report) = after_approval(&run, &shown, &plan, &chosen);
        if let Some(held) = report.held.as_mut().filter(|_| state == RunState::Held) {
            held.roster_version = version.next();
        }
        report.decisions.push(decision(district, DecisionKind::Approved, schools));
        context.report(Progress::Applying);
        district.store().write(|tx| {
            let version = apply_in_tx(district, tx, number, &plan.parts.safe)?;
            if nothing_left {
                record_applied_file_in_tx(district, tx, &run, rows, version)?;
            }
            if let Some(pending) = &plan.pending {
                district.pending_proposals_set_in_tx(tx, pending)?;
            }
            record_seats_in_tx(district, tx, &plan.parts.seats, today)?;
            district.runs_set_in_tx(tx, number, state, &report)?;
            Ok::<_, SyncError>(())
        })
    })
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
fn after_approval(run: &Run, shown: &Held, plan: &SplitPlan, chosen: &[String]) -> (RunState, RunReport) {
    let mut report = run.report.clone();
    let mut held = plan.parts.held.clone();
    held.fuses.clone_from(&shown.fuses);
    held.expires_at.clone_from(&shown.expires_at);
    carry_states(shown, &mut held, chosen, HeldState::Released);
    let waits = held.schools.iter().any(|school| school.state == HeldState::Waiting);
    report.held = Some(if waits { held } else { Held { schools: held.schools, ..shown.clone() } });
    report.seats = Some(plan.parts.seats.clone());
    (if waits { RunState::Held } else { RunState::Applied }, report)
}

/// During a pause or an additions-only period, decisions are refused.
fn refuse_by_calendar(district: &DistrictStore, run: &Run) -> Result<(), SyncError> {
    let settings = district.settings()?;
    let today = settings.today(district.store().now());
    let entry = settings.policy.pause_on(today).or_else(|| settings.policy.additions_only_on(today).next());
    match entry {
        Some(entry) => Err(Refusal::CalendarForbids { run: run.id, entry: entry.clone() }.into()),
        None if settings.stage == Stage::Paused => Err(Refusal::DistrictPaused { run: run.id }.into()),
        None => Ok(()),
    }
}

fn refuse_what_was_not_shown(
    run: &Run,
    shown: &Held,
    plan: &SplitPlan,
    version: RosterVersion,
) -> Result<(), SyncError> {
    refuse_another_version(run, shown, version)?;
    let (safe, risky) = (&plan.parts.safe, &plan.parts.risky);
    let changes = safe.counts().changes() + risky.counts().changes();
    let digest = safe.digest().wrapping_add(risky.digest());
    if changes != shown.counts.changes() || digest != shown.digest {
        return Err(Refusal::PlanDiffersFromShown { run: run.id }.into());
    }
    Ok(())
}
