//! Ends a run: its state, its report and its result files.

use homeroom_check::{write_corrected, write_findings};
use homeroom_model::event::EventKind;
use homeroom_model::finding::Findings;
use homeroom_model::run::{Run, RunKind, RunReport, RunState, seconds_between};
use homeroom_report::{ResultFiles, ResultWriter};
use homeroom_store::{StoreError, Tx};

use crate::active_run::ActiveRun;
use crate::context::Progress;
use crate::error::SyncError;
use crate::schedule::reschedule_in_tx;

/// A run's final state and report, and the contents of its result files.
pub(crate) struct Ending<'e> {
    pub(crate) state: RunState,
    pub(crate) report: RunReport,
    pub(crate) findings: &'e Findings,
    /// Every change as a CSV, when there is a plan and someone who can fetch it.
    pub(crate) plan_file: Option<Vec<u8>>,
}

/// Writes the result files and ends a run that changes nothing.
pub(crate) fn end_without_changes(active: &ActiveRun<'_>, ending: &Ending<'_>) -> Result<(), SyncError> {
    let files = write_results(active, ending)?;
    active.claim.finish(|tx| end_in_tx(active, tx, ending, files.as_ref()))?;
    Ok(())
}

/// Writes the result files of a run that is about to end; `None` when the district has no drop account that could fetch them.
pub(crate) fn write_results(
    active: &ActiveRun<'_>,
    ending: &Ending<'_>,
) -> Result<Option<ResultFiles>, SyncError> {
    let ActiveRun { context, district, settings, run, rules, .. } = active;
    if !district.drop_accounts_any()? {
        return Ok(None);
    }
    context.report(Progress::WritingResults);
    let store = district.store();
    let now = store.now();
    let ended = Run {
        state: ending.state,
        report: ending.report.clone(),
        finished_at: Some(now),
        seconds: run.started_at.map(|start| seconds_between(start, now)),
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

/// Shows the result files and records the end of the run.
pub(crate) fn end_in_tx(
    active: &ActiveRun<'_>,
    tx: &mut Tx<'_>,
    ending: &Ending<'_>,
    files: Option<&ResultFiles>,
) -> Result<(), StoreError> {
    if let Some(files) = files {
        files.publish_in_tx(active.district, tx)?;
    }
    let ActiveRun { district, run, leads_to, .. } = active;
    if let Some(stage) = leads_to
        && matches!(ending.state, RunState::Applied | RunState::Unchanged | RunState::Held)
    {
        district.stage_set_in_tx(tx, *stage)?;
    }
    district.runs_set_in_tx(tx, run.number, ending.state, &ending.report)?;
    if ending.state == RunState::Held {
        district.events_add_in_tx(tx, &EventKind::HoldCreated { run: run.id })?;
    }
    match run.kind {
        RunKind::Test => Ok(()),
        // A pause let it only test, or removals wait for the end of an additions-only period.
        RunKind::Live => reschedule_in_tx(district, tx, "A newer file came.").map(drop),
    }
}
