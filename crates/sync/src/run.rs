//! A run, from the first byte of the upload to the result.

use std::sync::OnceLock;

use homeroom_apply::apply_in_tx;
use homeroom_ask::{FileExtent, Planner, SplitPlan};
use homeroom_check::{Checked, LoadStored, check};
use homeroom_model::audit::AuditAction;
use homeroom_model::district::{District, Stage};
use homeroom_model::finding::Findings;
use homeroom_model::ids::RunNumber;
use homeroom_model::run::{RunKind, RunReport, RunState};
use homeroom_model::source::Source;
use homeroom_model::stored::StoredRoster;
use homeroom_model::time::{after, days};
use homeroom_plan::Approval;
use homeroom_store::{ChangeSet, StoreError};
use jiff::civil::Date;

use crate::active_run::{ActiveRun, begin};
use crate::applied::{record_applied_file_in_tx, record_seats_in_tx};
use crate::claim::Claim;
use crate::context::{Progress, SyncContext};
use crate::ending::{Ending, end_in_tx, end_without_changes, write_results};
use crate::error::{SyncError, with_fresh_plan};
use crate::same_hold::{end_as_same, held_run_of_same_file, is_what_waits};
use crate::skip::skip_reason;
use crate::task::Task;

/// Makes the run `number`. Safe to repeat: a run that has ended is left as it is, one that was cut off begins again.
/// The district reaches the stage `leads_to` with it, unless it applies nothing.
pub(crate) fn make_run(
    context: &SyncContext,
    claim: &Claim<'_>,
    number: RunNumber,
    leads_to: Option<Stage>,
) -> Result<(), SyncError> {
    let Some(active) = begin(context, claim, number, leads_to)? else { return Ok(claim.finish_idle()?) };
    if let Some((state, report)) = skip_reason(&active)? {
        let findings = Findings::default();
        return end_without_changes(&active, &Ending { state, report, findings: &findings, plan_file: None });
    }
    let (checked, stored) = read_and_check(&active)?;
    if checked.is_rejected() {
        return end_rejected(&active, checked);
    }
    plan_and_commit(&active, checked, stored?)
}

/// Ends a run of a file of which nothing is used.
fn end_rejected(active: &ActiveRun<'_>, checked: Checked) -> Result<(), SyncError> {
    let report = RunReport { check: Some(checked.report), ..RunReport::default() };
    let (state, findings) = (RunState::Rejected, &checked.findings);
    end_without_changes(active, &Ending { state, report, findings, plan_file: None })
}

/// Reads and checks the file. The stored roster is loaded meanwhile; it matters only if the file is not rejected.
fn read_and_check(active: &ActiveRun<'_>) -> Result<(Checked, Result<StoredRoster, StoreError>), SyncError> {
    let ActiveRun { context, district, run, .. } = active;
    let source = district.store().blobs().source(run.upload.blob)?;
    let total = source.length();
    // Whichever thread needs the stored roster first waits for it.
    let loaded = OnceLock::new();
    let load = || loaded.get_or_init(|| district.roster_load());
    let checked = std::thread::scope(|scope| {
        scope.spawn(|| _ = load());
        check_upload(active, &source, &|| load().as_ref().ok(), &mut |done| {
            context.report(Progress::Reading { done, total });
        })
    });
    let stored = loaded.into_inner().unwrap_or_else(|| district.roster_load());
    Ok((checked?, stored))
}

fn check_upload(
    active: &ActiveRun<'_>,
    source: &dyn Source,
    earlier: &LoadStored<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<Checked, SyncError> {
    Ok(check(source, &active.run.upload.name, &active.rules, earlier, progress)?)
}

/// Looks at the file as a whole, plans from the stored roster to the checked one, and applies what no fuse holds; a test run applies
/// nothing.
fn plan_and_commit(active: &ActiveRun<'_>, checked: Checked, stored: StoredRoster) -> Result<(), SyncError> {
    let ActiveRun { context, district, settings, run, .. } = active;
    let extent = FileExtent::from_checked(&checked, &stored);
    let same_file = held_run_of_same_file(active)?;
    let today = settings.today(district.store().now());
    let mut planner = Planner::load(district, settings, extent, today)?;
    planner.look_back(district, settings, run)?;
    let pause = pause_in_words(settings, planner.today());
    let mut first = Some((stored, checked));
    with_fresh_plan(|| {
        context.report(Progress::Planning);
        let (stored, mut checked) = match first.take() {
            Some(both) => both,
            None => {
                let stored = district.roster_load()?;
                let source = district.store().blobs().source(run.upload.blob)?;
                let checked = check_upload(active, &source, &|| Some(&stored), &mut |_| {})?;
                (stored, checked)
            }
        };
        planner.assess(&stored, &mut checked);
        if checked.is_rejected() {
            return end_rejected(active, checked);
        }
        let Checked { report, roster, protected, findings, .. } = checked;
        let plan = planner.plan_and_split(&stored, roster, &protected, &Approval::None);
        let plan_file = if district.drop_accounts_any()? { Some(plan.to_csv(&stored)) } else { None };
        drop(stored);
        let mut report = RunReport { check: Some(report), ..RunReport::default() };
        plan.write_to(&mut report);
        let ending = Ending { state: RunState::Tested, report, findings: &findings, plan_file };
        if run.kind == RunKind::Test || pause.is_some() {
            return end_test(active, pause.as_deref(), ending);
        }
        if let Some(held) = same_file.as_ref().filter(|held| is_what_waits(held, &plan)) {
            return end_as_same(active, held, ending);
        }
        commit(active, plan, extent.rows, planner.today(), ending)
    })
}

/// Why nothing is applied today: a pause of the calendar, or of the district. It counts when the run is made, whatever was so when it was
/// queued.
fn pause_in_words(settings: &District, today: Date) -> Option<String> {
    match settings.policy.pause_on(today) {
        Some(entry) => Some(format!("Nothing is applied, the calendar says: {}.", entry.in_words())),
        None if settings.stage == Stage::Paused => Some("Nothing is applied: the district is paused.".into()),
        None => None,
    }
}

/// Ends a test run, or a live run that only tests because of a pause.
fn end_test(active: &ActiveRun<'_>, pause: Option<&str>, mut ending: Ending<'_>) -> Result<(), SyncError> {
    if let (RunKind::Live, Some(pause)) = (active.run.kind, pause) {
        ending.report.messages.push(pause.into());
    }
    end_without_changes(active, &ending)
}

/// Applies what no fuse holds, and ends the run in the same transaction.
fn commit(
    active: &ActiveRun<'_>,
    plan: SplitPlan,
    rows: u64,
    today: Date,
    mut ending: Ending<'_>,
) -> Result<(), SyncError> {
    let ActiveRun { context, claim, district, settings, run, .. } = active;
    let parts = &plan.parts;
    let holds = !parts.held.fuses.is_empty();
    let expires_at = after(district.store().now(), days(settings.policy.hold_days));
    if let Some(held) = ending.report.held.as_mut().filter(|_| holds) {
        held.expires_at = Some(expires_at);
        held.roster_version = parts.safe.base_version.next();
    }
    ending.state = if holds { RunState::Held } else { RunState::Applied };
    ending.report.deferred = parts.deferred.counts().deactivate.total();
    let files = write_results(active, &ending)?;
    context.report(Progress::Applying);
    claim.finish(|tx| {
        let version = apply_in_tx(district, tx, run.number, &parts.safe)?;
        district.runs_supersede_in_tx(tx, run.number)?;
        if holds {
            Task::Expire(run.number).enqueue_in_tx(district, tx, expires_at)?;
        } else if parts.deferred.is_empty() {
            record_applied_file_in_tx(district, tx, run, rows, version)?;
        }
        if let Some(pending) = &plan.pending {
            district.pending_proposals_set_in_tx(tx, pending)?;
        }
        record_seats_in_tx(district, tx, &parts.seats, today)?;
        let action = AuditAction::RunApplied;
        district
            .change_sets_add_in_tx(tx, &ChangeSet { action, run: run.id, number: run.number, version })?;
        end_in_tx(active, tx, &ending, files.as_ref())?;
        Ok::<_, SyncError>(())
    })
}
