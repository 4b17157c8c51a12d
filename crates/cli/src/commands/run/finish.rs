//! Brings a queued run to its end.

use anyhow::bail;
use homeroom_model::run::{Run, RunState};
use homeroom_store::DistrictStore;
use homeroom_sync::QueuedRun;

use crate::app::App;
use crate::output::Output;
use crate::progress_bar::Bar;

/// Does the job of a run, or waits while the server does it; the run as it ended.
pub(crate) fn finish_run(
    app: &App,
    output: &Output,
    district: &DistrictStore,
    queued: &QueuedRun,
) -> anyhow::Result<Run> {
    let bar = Bar::new(output, 0);
    let shown = bar.clone();
    let context = app.sync_context().with_progress(move |progress| shown.show(progress));
    let done = app.worker()?.work_on(district.id(), queued.job, &context)?;
    bar.finish();
    if let Err(reason) = done {
        bail!(reason);
    }
    let run = district.runs_get(queued.number)?;
    if run.state == RunState::Failed {
        output.note(&format!("homeroom: run {} failed: {}", run.id, run.report.messages.join(" ")));
    }
    Ok(run)
}
