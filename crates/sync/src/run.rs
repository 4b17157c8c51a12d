//! A run, from the first byte of the upload to the result.

use std::sync::OnceLock;

use homeroom_apply::apply_in_tx;
use homeroom_ask::{FileExtent, Planner, SplitPlan, reading_rules};
use homeroom_check::{Checked, LoadStored, check, write_corrected, write_findings};
use homeroom_model::CheckReport;
use homeroom_model::calendar::CalendarEntry;
use homeroom_model::check_report::Outcome;
use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::district::District;
use homeroom_model::finding::Findings;
use homeroom_model::hold::Held;
use homeroom_model::ids::{EntityKind, RosterVersion, RunNumber};
use homeroom_model::rekey::Verdicts;
use homeroom_model::run::{Run, RunKind, RunReport, RunState};
use homeroom_model::seats::Seats;
use homeroom_model::source::Source;
use homeroom_model::stored::StoredRoster;
use homeroom_model::time::{after, days};
use homeroom_plan::Approval;
use homeroom_read::ReadRules;
use homeroom_report::{ResultFiles, ResultWriter};
use homeroom_store::runs::AppliedFile;
use homeroom_store::{DistrictStore, StoreError, Tx};
use jiff::civil::Date;

use crate::context::{Progress, SyncContext};
use crate::error::{SyncError, with_fresh_plan};
use crate::queue::Task;

/// A run that has begun, and what its steps need.
struct ActiveRun<'a> {
    context: &'a SyncContext,
    district: &'a DistrictStore,
    settings: District,
    run: Run,
    rules: ReadRules,
}

/// How a run ends, and what its result files tell.
struct Ending<'e> {
    state: RunState,
    report: RunReport,
    findings: &'e Findings,
    /// Every change as a CSV, when there is a plan and someone who can fetch it.
    plan_file: Option<Vec<u8>>,
}

/// Makes the run `number`. Safe to repeat: a run that has ended is left as it is, one that was cut off begins again.
pub(crate) fn make_run(
    context: &SyncContext,
    district: &DistrictStore,
    number: RunNumber,
) -> Result<(), SyncError> {
    let Some(active) = begin(context, district, number)? else { return Ok(()) };
    if let Some((state, report)) = skip_reason(&active)? {
        let findings = Findings::default();
        return end_without_changes(&active, &Ending { state, report, findings: &findings, plan_file: None });
    }
    let (checked, stored) = read_and_check(&active)?;
    if checked.report.outcome == Outcome::FileRejected {
        let report = RunReport { check: Some(checked.report), ..RunReport::default() };
        let (state, findings) = (RunState::Rejected, &checked.findings);
        return end_without_changes(&active, &Ending { state, report, findings, plan_file: None });
    }
    plan_and_commit(&active, checked, stored?)
}

/// Marks the run as running; `None` when it has ended.
fn begin<'a>(
    context: &'a SyncContext,
    district: &'a DistrictStore,
    number: RunNumber,
) -> Result<Option<ActiveRun<'a>>, SyncError> {
    let run = district.runs_get(number)?;
    if !matches!(run.state, RunState::Queued | RunState::Running) {
        return Ok(None);
    }
    district.runs_start(number)?;
    let settings = district.settings()?;
    let run = district.runs_get(number)?;
    let rules = reading_rules(district, &settings, &context.limits)?;
    Ok(Some(ActiveRun { context, district, settings, run, rules }))
}

/// Why a live run has nothing to do: its file has been applied already, or a newer one has.
fn skip_reason(active: &ActiveRun<'_>) -> Result<Option<(RunState, RunReport)>, SyncError> {
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
    let students = plan.map_or(0, |plan| plan.unchanged.of(EntityKind::Student));
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

/// Reads and checks the file. The stored roster is loaded meanwhile; it matters only if the file is not rejected.
fn read_and_check(active: &ActiveRun<'_>) -> Result<(Checked, Result<StoredRoster, StoreError>), SyncError> {
    let ActiveRun { context, district, run, .. } = active;
    let of = district.store().blobs().source(run.upload.blob)?.length();
    // Whichever thread needs the stored roster first waits for it.
    let loaded = OnceLock::new();
    let load = || loaded.get_or_init(|| district.roster_load());
    let checked = std::thread::scope(|scope| {
        scope.spawn(|| _ = load());
        check_upload(active, &|| load().as_ref().ok(), &mut |done| {
            context.report(Progress::Reading { done, of });
        })
    });
    let stored = loaded.into_inner().unwrap_or_else(|| district.roster_load());
    Ok((checked?, stored))
}

fn check_upload(
    active: &ActiveRun<'_>,
    earlier: &LoadStored<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<Checked, SyncError> {
    let upload = &active.run.upload;
    let source = active.district.store().blobs().source(upload.blob)?;
    Ok(check(&source, &upload.name, &active.rules, earlier, progress)?)
}

/// Plans from the stored roster to the checked one and applies what no fuse holds; a test run applies nothing.
fn plan_and_commit(active: &ActiveRun<'_>, checked: Checked, stored: StoredRoster) -> Result<(), SyncError> {
    let ActiveRun { context, district, settings, run, .. } = active;
    let extent = FileExtent::of(&checked, &stored);
    let Checked { report, roster, protected, findings, .. } = checked;
    let checked_report = RunReport { check: Some(report), ..RunReport::default() };
    let planner = Planner::load(district, settings, extent, Verdicts::default())?;
    let pause = settings.policy.pauses(planner.today());
    let mut first = Some((stored, roster));
    with_fresh_plan(|| {
        context.report(Progress::Planning);
        let (stored, wanted) = match first.take() {
            Some(rosters) => rosters,
            None => {
                let stored = district.roster_load()?;
                let wanted = check_upload(active, &|| Some(&stored), &mut |_| {})?.roster;
                (stored, wanted)
            }
        };
        let plan = planner.plan_and_split(&stored, wanted, &protected, &Approval::None);
        let plan_file = if district.accounts_any()? { Some(plan.to_csv(&stored)) } else { None };
        drop(stored);
        let mut report = checked_report.clone();
        plan.write_to(&mut report);
        let ending = Ending { state: RunState::Tested, report, findings: &findings, plan_file };
        if run.kind == RunKind::Test || pause.is_some() {
            return end_test(active, pause, ending);
        }
        commit(active, plan, extent.rows, planner.today(), ending)
    })
}

/// Ends a test run, or a live run that only tests because of a pause.
fn end_test(
    active: &ActiveRun<'_>,
    pause: Option<&CalendarEntry>,
    mut ending: Ending<'_>,
) -> Result<(), SyncError> {
    if let (RunKind::Live, Some(pause)) = (active.run.kind, pause) {
        let message = format!("Nothing is applied, the calendar says: {}.", pause.words());
        ending.report.messages.push(message);
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
    let ActiveRun { context, district, settings, run, .. } = active;
    let parts = plan.parts;
    let holds = !parts.held.fuses.is_empty();
    let expires_at = after(district.store().now(), days(settings.policy.hold_days));
    if let Some(held) = ending.report.held.as_mut().filter(|_| holds) {
        held.expires_at = Some(expires_at);
        held.roster_version = parts.safe.base_version.next();
    }
    ending.state = if holds { RunState::Held } else { RunState::Applied };
    let files = write_results(active, &ending)?;
    context.report(Progress::Applying);
    district.store().write(|tx| {
        let version = apply_in_tx(district, tx, run.number, &parts.safe)?;
        district.runs_supersede_in_tx(tx, run.number)?;
        if holds {
            Task::Expire(run.number).enqueue_in_tx(district, tx, expires_at)?;
        } else if parts.later.is_empty() {
            applied_file_in_tx(district, tx, run, rows, version)?;
        }
        seats_in_tx(district, tx, &parts.seats, today)?;
        end_in_tx(active, tx, &ending, files.as_ref())?;
        Ok::<_, SyncError>(())
    })
}

fn end_without_changes(active: &ActiveRun<'_>, ending: &Ending<'_>) -> Result<(), SyncError> {
    let files = write_results(active, ending)?;
    active.district.store().write(|tx| end_in_tx(active, tx, ending, files.as_ref()))?;
    Ok(())
}

/// Writes the result files of a run that is about to end; `None` when the district has no drop account that could fetch them.
fn write_results(active: &ActiveRun<'_>, ending: &Ending<'_>) -> Result<Option<ResultFiles>, SyncError> {
    let ActiveRun { context, district, settings, run, rules } = active;
    if !district.accounts_any()? {
        return Ok(None);
    }
    context.report(Progress::WritingResults);
    let store = district.store();
    let now = store.now();
    let ended = Run {
        state: ending.state,
        report: ending.report.clone(),
        finished_at: Some(now),
        seconds: run.started_at.map(|from| now.duration_since(from).as_millis() as f64 / 1000.0),
        ..run.clone()
    };
    let source = store.blobs().source(run.upload.blob)?;
    let mut files = ResultWriter::new(store, &ended, &settings.time_zone)?;
    files.add("findings.csv", |out| write_findings(ending.findings, out))?;
    files.add("corrected.csv", |out| write_corrected(&source, rules, ending.findings, out))?;
    if let Some(plan_file) = &ending.plan_file {
        files.add("plan.csv", |out| out.write_all(plan_file))?;
    }
    Ok(Some(files.finish()))
}

fn end_in_tx(
    active: &ActiveRun<'_>,
    tx: &mut Tx<'_>,
    ending: &Ending<'_>,
    files: Option<&ResultFiles>,
) -> Result<(), StoreError> {
    if let Some(files) = files {
        files.publish_in_tx(active.district, tx)?;
    }
    active.district.runs_set_in_tx(tx, active.run.number, ending.state, &ending.report)
}

/// Records since when the licence is exceeded, for its days of grace.
pub(crate) fn seats_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    seats: &Seats,
    today: Date,
) -> Result<(), StoreError> {
    let over = seats.after > seats.limit;
    district.seats_over_set_in_tx(tx, over.then(|| today.to_string()).as_deref())
}

/// Records the file that the roster is now the same as.
pub(crate) fn applied_file_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    run: &Run,
    rows: u64,
    version: RosterVersion,
) -> Result<(), StoreError> {
    let file = AppliedFile { run: run.number, blob: run.upload.blob, rows, version: Some(version) };
    district.applied_file_set_in_tx(tx, &file)
}
