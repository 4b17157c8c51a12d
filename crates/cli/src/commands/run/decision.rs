//! Carries out a decision about a run.

use anyhow::bail;
use homeroom_model::ids::RunNumber;
use homeroom_store::DistrictStore;
use homeroom_sync::{Task, handle_job, queue_decision};

use super::text::run_text;
use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

/// Does the task, or waits while the server does it, and prints the run as it is afterwards. A decision that was carried out
/// ends with 0, whatever the file was like; `run show` has the exit code of the run.
pub(super) fn decide(
    app: &App,
    output: &Output,
    district: &DistrictStore,
    number: RunNumber,
    task: Task,
) -> anyhow::Result<Exit> {
    let job = queue_decision(district, task)?;
    let context = app.sync_context();
    if let Err(reason) = app.worker()?.work_on(district.id(), job, &|job| handle_job(&context, job))? {
        bail!(reason);
    }
    let run = district.runs_get(number)?;
    let time_zone = district.settings()?.time_zone;
    output.result(&run, || run_text(&run, &time_zone))?;
    Ok(Exit::Done)
}
