//! A run, from the first byte of the upload to the result: the whole order on one page.

use std::sync::OnceLock;

use homeroom_apply::apply_in_tx;
use homeroom_check::{Checked, Earlier, check, write_corrected, write_findings};
use homeroom_model::check_report::Outcome;
use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::district::District;
use homeroom_model::finding::Findings;
use homeroom_model::hold::Held;
use homeroom_model::ids::{EntityKind, RunNumber};
use homeroom_model::rekey::Verdicts;
use homeroom_model::run::{Run, RunKind, RunReport, RunState};
use homeroom_model::seats::Seats;
use homeroom_model::source::Source;
use homeroom_model::time::{after, days};
use homeroom_plan::Approval;
use homeroom_read::ReadRules;
use homeroom_report::ResultFiles;
use homeroom_store::runs::AppliedFile;
use homeroom_store::{DistrictStore, StoreError, Tx};
use jiff::civil::Date;

use crate::error::{PlanError, SyncError, with_fresh_plan};
use crate::handler::Conductor;
use crate::planning::Planning;
use crate::queue::Task;

/// Where a run is, for a progress bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many bytes of so many are read.
    Reading {
        /// Bytes read.
        done: u64,
        /// Bytes of the file.
        of: u64,
    },
    /// The changes are worked out.
    Planning,
    /// The changes are written.
    Applying,
    /// The result files are written.
    Telling,
}

/// How a run ends, and what is told of it.
struct Ending<'e> {
    state: RunState,
    report: RunReport,
    findings: &'e Findings,
    /// How the file was read.
    rules: &'e ReadRules,
    /// Every change as a CSV, when there is a plan and someone who can fetch it.
    plan: Option<Vec<u8>>,
}

impl Conductor {
    /// Makes the run `number`. Safe to repeat: a run that has ended is left as it is, one that was cut off begins anew.
    pub fn make_run(&self, district: &DistrictStore, number: RunNumber) -> Result<(), SyncError> {
        let run = district.runs_get(number)?;
        if !matches!(run.state, RunState::Queued | RunState::Running) {
            return Ok(());
        }
        district.runs_start(number)?;
        let settings = district.settings()?;
        let run = district.runs_get(number)?;
        let rules = self.rules(district, &settings)?;
        if run.kind == RunKind::Live
            && let Some(report) = self.same_as_applied(district, &settings, &run)?
        {
            let findings = Findings::default();
            let ending =
                Ending { state: RunState::Unchanged, report, findings: &findings, rules: &rules, plan: None };
            return self.end_without_changes(district, &settings, &run, &ending);
        }

        if run.kind == RunKind::Live && district.runs_live_since(number)? {
            // It was cut off, or waited for its night, and a newer file has been synced since.
            let report = RunReport {
                messages: vec![
                    "A newer run has been made since: this one would bring back an older file.".into(),
                ],
                ..RunReport::default()
            };
            let findings = Findings::default();
            let ending = Ending {
                state: RunState::Superseded,
                report,
                findings: &findings,
                rules: &rules,
                plan: None,
            };
            return self.end_without_changes(district, &settings, &run, &ending);
        }
        let source = district.store().blobs().source(&run.upload.blake3)?;
        let check = |earlier: &Earlier<'_>, progress: &mut dyn FnMut(u64)| {
            check(&source, &run.upload.name, &rules, earlier, progress)
        };
        // The stored roster is loaded while the file is read; who needs it first waits for it.
        let loaded = OnceLock::new();
        let load = || loaded.get_or_init(|| district.roster_load());
        let checked = std::thread::scope(|scope| {
            scope.spawn(|| _ = load());
            check(&|| load().as_ref().ok(), &mut |done| {
                self.progress(Progress::Reading { done, of: source.length() });
            })
        });
        let stored = loaded.into_inner().unwrap_or_else(|| district.roster_load());
        let checked = checked?;
        let rows = checked.rows_of_all(stored.as_ref().ok().and_then(|stored| stored.applied_rows));
        let Checked { report: checked, roster, protected, findings, ends_mid_row, .. } = checked;
        let report = RunReport { check: Some(checked), ..RunReport::default() };
        if report.check.as_ref().is_some_and(|check| check.outcome == Outcome::FileRejected) {
            let ending =
                Ending { state: RunState::Rejected, report, findings: &findings, rules: &rules, plan: None };
            return self.end_without_changes(district, &settings, &run, &ending);
        }

        let planning = Planning::of(district, &settings, rows, ends_mid_row, Verdicts::default())?;
        let pause = settings.policy.pauses(planning.today());
        let is_test = run.kind == RunKind::Test || pause.is_some();
        let mut first = Some((stored?, roster));
        with_fresh_plan(|| {
            self.progress(Progress::Planning);
            // Should the first plan turn out stale, both are read again.
            let (stored, roster) = match first.take() {
                Some(both) => both,
                None => {
                    let stored = district.roster_load()?;
                    let roster = check(&|| Some(&stored), &mut |_| {}).map_err(SyncError::from)?.roster;
                    (stored, roster)
                }
            };
            let made = planning.make(&stored, roster, &protected, &Approval::None);
            let plan = if district.accounts_any()? { Some(made.file(&stored)) } else { None };
            drop(stored);
            let mut report = report.clone();
            made.tell(&mut report);
            if is_test {
                if let (RunKind::Live, Some(pause)) = (run.kind, pause) {
                    report
                        .messages
                        .push(format!("Nothing is applied, the calendar says: {}.", pause.words()));
                }
                let ending =
                    Ending { state: RunState::Tested, report, findings: &findings, rules: &rules, plan };
                self.end_without_changes(district, &settings, &run, &ending)?;
                return Ok(());
            }
            let holds = !made.parts.held.fuses.is_empty();
            let expires_at = after(district.store().now(), days(settings.policy.hold_days));
            if let Some(held) = report.held.as_mut().filter(|_| holds) {
                held.expires_at = Some(expires_at);
                held.roster_version = made.parts.safe.base_version + 1;
            }
            let state = if holds { RunState::Held } else { RunState::Applied };
            let ending = Ending { state, report, findings: &findings, rules: &rules, plan };
            let files = self.tell(district, &settings, &run, &ending)?;
            self.progress(Progress::Applying);
            district.store().write(|tx| {
                let version = apply_in_tx(district, tx, number, &made.parts.safe)?;
                district.runs_supersede_in_tx(tx, number)?;
                if holds {
                    Task::Expire(number).enqueue_in_tx(district, tx, expires_at)?;
                } else if made.parts.later.is_empty() {
                    applied_file_in_tx(district, tx, &run, rows, version)?;
                }
                seats_in_tx(district, tx, &made.parts.seats, planning.today())?;
                end_in_tx(district, tx, number, state, &ending.report, files.as_ref())?;
                Ok::<_, PlanError>(())
            })
        })
    }

    /// The report of a run whose file is the one that the roster came from, when nothing has changed since.
    fn same_as_applied(
        &self,
        district: &DistrictStore,
        settings: &District,
        run: &Run,
    ) -> Result<Option<RunReport>, SyncError> {
        let Some(applied) = district.applied_file()? else { return Ok(None) };
        if applied.blob != run.upload.blake3 || applied.version != settings.roster_version {
            return Ok(None);
        }
        let before = district.runs_get(applied.run)?;
        if district.pins_changed_since(before.finished_at.unwrap_or_default())? {
            return Ok(None);
        }
        let pins = before.report.pins;
        let check = before
            .report
            .check
            .map(|check| homeroom_model::CheckReport { file: run.upload.name.clone(), ..check });
        let plan = before
            .report
            .plan
            .map(|plan| PlanCounts { unchanged: active_after(&plan), ..PlanCounts::default() });
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

    fn end_without_changes(
        &self,
        district: &DistrictStore,
        settings: &District,
        run: &Run,
        ending: &Ending<'_>,
    ) -> Result<(), SyncError> {
        let files = self.tell(district, settings, run, ending)?;
        let Ending { state, report, .. } = ending;
        district.store().write(|tx| end_in_tx(district, tx, run.number, *state, report, files.as_ref()))?;
        Ok(())
    }

    /// Writes the result files of a run that is about to end; `None` when the district has no drop account that could fetch
    /// them.
    fn tell(
        &self,
        district: &DistrictStore,
        settings: &District,
        run: &Run,
        ending: &Ending<'_>,
    ) -> Result<Option<ResultFiles>, SyncError> {
        let Ending { state, report, findings, rules, plan } = ending;
        if !district.accounts_any()? {
            return Ok(None);
        }
        self.progress(Progress::Telling);
        let store = district.store();
        let now = store.now();
        let ended = Run {
            state: *state,
            report: report.clone(),
            finished_at: Some(now),
            seconds: run.started_at.map(|from| now.duration_since(from).as_millis() as f64 / 1000.0),
            ..run.clone()
        };
        let source = store.blobs().source(&run.upload.blake3)?;
        let files = ResultFiles::write(
            store,
            &ended,
            &settings.time_zone,
            |out| write_findings(findings, out),
            |out| write_corrected(&source, rules, findings, out),
            plan.as_deref(),
        )?;
        Ok(Some(files))
    }
}

/// Everything that is active when a plan has been applied whole.
fn active_after(plan: &PlanCounts) -> Counts {
    plan.create + plan.update + plan.reactivate + plan.rekey + plan.unchanged
}

/// Notes since when the licence is exceeded, for its days of grace.
pub(crate) fn seats_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    seats: &Seats,
    today: Date,
) -> Result<(), StoreError> {
    let over = seats.after > seats.limit;
    district.seats_over_set_in_tx(tx, over.then(|| today.to_string()).as_deref())
}

pub(crate) fn applied_file_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    run: &Run,
    rows: u64,
    version: i64,
) -> Result<(), StoreError> {
    let file = AppliedFile { run: run.number, blob: run.upload.blake3.clone(), rows, version };
    district.applied_file_set_in_tx(tx, &file)
}

pub(crate) fn end_in_tx(
    district: &DistrictStore,
    tx: &mut Tx<'_>,
    number: RunNumber,
    state: RunState,
    report: &RunReport,
    files: Option<&ResultFiles>,
) -> Result<(), StoreError> {
    if let Some(files) = files {
        files.publish_in_tx(district, tx)?;
    }
    district.runs_set_in_tx(tx, number, state, report)
}
