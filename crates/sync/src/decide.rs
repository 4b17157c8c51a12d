//! Carries out what a person decided about a hold: all of it, or the part of some schools.

use homeroom_apply::apply_in_tx;
use homeroom_ask::{Replanned, SplitPlan, replan};
use homeroom_model::district::Stage;
use homeroom_model::hold::{Held, HeldState};
use homeroom_model::ids::{RosterVersion, RunNumber};
use homeroom_model::refusal::Refusal;
use homeroom_model::rekey::Verdicts;
use homeroom_model::run::{Decision, Run, RunReport, RunState};
use homeroom_plan::Approval;
use homeroom_store::DistrictStore;

use crate::context::{Progress, SyncContext};
use crate::error::{SyncError, with_fresh_plan};
use crate::run::{applied_file_in_tx, seats_in_tx};

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
    let run = held_run(district, number)?;
    let shown = run.report.held.clone().unwrap_or_default();
    let chosen = choose(&run, &shown, schools)?;
    refuse_by_calendar(district, &run)?;
    let approval = approval(&shown, &chosen);
    with_fresh_plan(|| {
        context.report(Progress::Planning);
        let verdicts = run.report.verdicts.clone();
        let Replanned { plan, stored, rows, today } =
            replan(district, &context.limits, &run, verdicts, &approval)?;
        let version = stored.version;
        refuse_what_was_not_shown(&run, &shown, &plan, version)?;
        let nothing_left = plan.parts.risky.is_empty() && plan.parts.later.is_empty();
        let (state, mut report) = after_approval(&run, &shown, &plan, &chosen);
        if let Some(held) = report.held.as_mut().filter(|_| state == RunState::Held) {
            held.roster_version = version.next();
        }
        report.decisions.push(decision(district, "approved", schools));
        context.report(Progress::Applying);
        district.store().write(|tx| {
            let version = apply_in_tx(district, tx, number, &plan.parts.safe)?;
            if nothing_left {
                applied_file_in_tx(district, tx, &run, rows, version)?;
            }
            seats_in_tx(district, tx, &plan.parts.seats, today)?;
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

/// What a run is and reports once `chosen` schools are released; what still waits gets its roster version from the caller.
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

/// Discards the held part of a run, or of some of its schools.
///
/// # Errors
/// [`SyncError::Refused`] when the run holds nothing.
pub(crate) fn discard(
    district: &DistrictStore,
    number: RunNumber,
    schools: &[String],
) -> Result<(), SyncError> {
    let run = held_run(district, number)?;
    let shown = run.report.held.clone().unwrap_or_default();
    let chosen = choose(&run, &shown, schools)?;
    discard_schools(district, &run, &chosen, decision(district, "discarded", schools))
}

/// Discards the held part of a run about which nobody decided in time; does nothing when someone has.
pub(crate) fn expire(district: &DistrictStore, number: RunNumber) -> Result<(), SyncError> {
    let run = district.runs_get(number)?;
    if run.state != RunState::Held {
        return Ok(());
    }
    let held = run.report.held.iter().flat_map(|held| &held.schools);
    let all = held.map(|school| school.school.clone()).collect::<Vec<_>>();
    discard_schools(district, &run, &all, decision(district, "expired", &[]))
}

fn discard_schools(
    district: &DistrictStore,
    run: &Run,
    schools: &[String],
    decision: Decision,
) -> Result<(), SyncError> {
    let mut report = run.report.clone();
    report.decisions.push(decision);
    if let Some(held) = &mut report.held {
        let waiting = held.schools.iter_mut().filter(|school| school.state == HeldState::Waiting);
        waiting
            .filter(|school| schools.contains(&school.school))
            .for_each(|school| school.state = HeldState::Discarded);
    }
    let state = state_after_discard(&report);
    district.store().write(|tx| district.runs_set_in_tx(tx, run.number, state, &report))?;
    Ok(())
}

fn state_after_discard(report: &RunReport) -> RunState {
    let schools = report.held.iter().flat_map(|held| &held.schools);
    let has = |state| schools.clone().any(|school| school.state == state);
    let safe_part_applied = match (&report.plan, &report.held) {
        (Some(plan), Some(held)) => (plan.changes() - held.counts().changes()).total() > 0,
        _ => false,
    };
    if has(HeldState::Waiting) {
        RunState::Held
    } else if safe_part_applied || has(HeldState::Released) {
        RunState::Applied
    } else {
        RunState::Unchanged
    }
}

/// Records what a person said about single proposals of a held run, and shows what waits then.
///
/// # Errors
/// [`SyncError::Refused`] when the run holds nothing, or there is no such proposal.
pub(crate) fn review_proposals(
    context: &SyncContext,
    district: &DistrictStore,
    number: RunNumber,
    reviewed: &Verdicts,
) -> Result<(), SyncError> {
    let run = held_run(district, number)?;
    let shown = run.report.held.clone().unwrap_or_default();
    let mut verdicts = run.report.verdicts.clone();
    verdicts.add(reviewed);
    context.report(Progress::Planning);
    let replan = |verdicts, approval| replan(district, &context.limits, &run, verdicts, &approval);
    // With nothing rejected, every proposal is in the plan.
    let Replanned { plan, stored, .. } =
        replan(Verdicts { struck: vec![], ..verdicts.clone() }, Approval::None)?;
    let proposals = &plan.parts.safe.proposals;
    let is_unknown = |id| !proposals.iter().any(|proposal| proposal.id == id);
    let mut named = reviewed.struck.iter().chain(&reviewed.accepted);
    if let Some(unknown) = named.find(|id| is_unknown(**id)) {
        return Err(Refusal::NoSuchProposal { run: run.id, proposal: *unknown }.into());
    }
    refuse_another_version(&run, &shown, stored.version)?;
    // Everything that is left waits for the decision about the run, also what no fuse would hold by itself.
    let Replanned { plan, .. } = replan(verdicts, Approval::Schools(vec![]))?;
    let mut report = run.report.clone();
    plan.write_to(&mut report);
    report.messages.clone_from(&run.report.messages);
    report.plan = run.report.plan;
    if let Some(held) = &mut report.held {
        held.fuses.clone_from(&shown.fuses);
        held.roster_version = shown.roster_version;
        held.expires_at.clone_from(&shown.expires_at);
        carry_states(&shown, held, &[], HeldState::Waiting);
    }
    district.store().write(|tx| district.runs_set_in_tx(tx, number, run.state, &report))?;
    Ok(())
}

/// The schools to decide about, all of which must wait; when none is named, all that wait.
fn choose(run: &Run, shown: &Held, schools: &[String]) -> Result<Vec<String>, SyncError> {
    let waiting = shown.schools.iter().filter(|school| school.state == HeldState::Waiting);
    let waiting = waiting.map(|school| school.school.clone()).collect::<Vec<_>>();
    match schools.iter().find(|school| !waiting.contains(school)) {
        None if schools.is_empty() => Ok(waiting),
        None => Ok(schools.to_vec()),
        Some(school) => {
            let school = school.clone();
            Err(Refusal::NothingHeldForSchool { run: run.id, school, waiting }.into())
        }
    }
}

/// During a pause nothing is applied, and during a range of additions only nothing is removed; not by a decision either.
fn refuse_by_calendar(district: &DistrictStore, run: &Run) -> Result<(), SyncError> {
    let settings = district.settings()?;
    let today = settings.today(district.store().now());
    let entry = settings.policy.pauses(today).or_else(|| settings.policy.adds_only(today).next());
    match entry {
        Some(entry) => Err(Refusal::CalendarForbids { run: run.id, entry: entry.clone() }.into()),
        None if settings.stage == Stage::Paused => Err(Refusal::DistrictPaused { run: run.id }.into()),
        None => Ok(()),
    }
}

fn refuse_another_version(run: &Run, shown: &Held, version: RosterVersion) -> Result<(), SyncError> {
    if shown.roster_version == version {
        return Ok(());
    }
    Err(Refusal::RosterChangedSinceHeld { run: run.id }.into())
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
    if changes != shown.counts().changes() || digest != shown.digest {
        return Err(Refusal::PlanDiffersFromShown { run: run.id }.into());
    }
    Ok(())
}

/// Keeps what was decided about schools before; those chosen now get `state`.
fn carry_states(before: &Held, held: &mut Held, chosen: &[String], state: HeldState) {
    for school in &before.schools {
        let state = if chosen.contains(&school.school) { state } else { school.state };
        match held.schools.iter_mut().find(|now| now.school == school.school) {
            // What was released and still waits is needed by a school that waits.
            Some(now) if state != HeldState::Released => now.state = state,
            Some(_) => {}
            None if state == HeldState::Waiting => {}
            None => {
                let mut gone = school.clone();
                gone.state = state;
                held.schools.push(gone);
            }
        }
    }
    held.schools.sort_by(|a, b| a.school.cmp(&b.school));
}

fn held_run(district: &DistrictStore, number: RunNumber) -> Result<Run, SyncError> {
    let run = district.runs_get(number)?;
    if run.state == RunState::Held {
        return Ok(run);
    }
    Err(Refusal::NotHeld { run: run.id, state: run.state }.into())
}

pub(crate) fn decision(district: &DistrictStore, decision: &str, schools: &[String]) -> Decision {
    Decision { decision: decision.into(), schools: schools.to_vec(), at: district.store().now() }
}
