//! Live runs that have nothing to do.

use homeroom_model::CheckReport;
use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::hold::Held;
use homeroom_model::ids::EntityKind;
use homeroom_model::run::{RunKind, RunReport, RunState};
use homeroom_model::seats::Seats;

use crate::active_run::ActiveRun;
use crate::error::SyncError;

/// Why a live run has nothing to do: its file has been applied already, or a newer one has.
pub(crate) fn skip_reason(active: &ActiveRun<'_>) -> Result<Option<(RunState, RunReport)>, SyncError> {
    if active.run.kind != RunKind::Live {
        return Ok(None);
    }
    if let Some(report) = report_if_unchanged(active)? {
        return Ok(Some((RunState::Unchanged, report)));
    }
    if !active.district.runs_live_since(active.run.number)? {
        return Ok(None);
    }
    // It was cut off, or waited for its night, and a newer file has been synced since.
    let message = "A newer run has been made since: this one would bring back an older file.".into();
    Ok(Some((RunState::Superseded, RunReport { messages: vec![message], ..RunReport::default() })))
}

/// The report of a run whose file is the one that the roster came from, when nothing has changed since.
fn report_if_unchanged(active: &ActiveRun<'_>) -> Result<Option<RunReport>, SyncError> {
    let ActiveRun { district, settings, run, .. } = active;
    let Some(applied) = district.applied_file()? else { return Ok(None) };
    if applied.blob != run.upload.blob || applied.version != Some(settings.roster_version) {
        return Ok(None);
    }
    let before = district.runs_get(applied.run)?;
    if district.pins_changed_since(before.finished_at.unwrap_or_default())? {
        return Ok(None);
    }
    let RunReport { check, plan, pins, .. } = before.report;
    let check = check.map(|check| CheckReport { file: run.upload.name.clone(), ..check });
    let plan = plan.map(|plan| PlanCounts { unchanged: active_after(&plan), ..PlanCounts::default() });
    let students = plan.map_or(0, |plan| plan.unchanged.get(EntityKind::Student));
    let limit = settings.seats.into();
    let seats = Seats { limit, before: students, after: students, ..Seats::default() };
    Ok(Some(RunReport {
        check,
        plan,
        held: Some(Held::default()),
        seats: Some(seats),
        pins,
        ..RunReport::default()
    }))
}

/// The number of active entities once a plan has been applied as a whole.
fn active_after(plan: &PlanCounts) -> Counts {
    plan.create + plan.update + plan.reactivate + plan.rekey + plan.unchanged
}
