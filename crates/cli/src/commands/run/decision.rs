//! Carries out a decision about a run.

use anyhow::bail;
use homeroom_model::ids::{JobId, RunNumber};
use homeroom_model::refusal::Refusal;
use homeroom_store::DistrictStore;
use homeroom_sync::SyncError;

use super::text::run_text;
use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

/// Does the queued decision, or waits while the server does it, and prints the run as it is afterwards. A decision that was carried out
/// ends with 0, whatever the file was like; `run show` has the exit code of the run.
pub(super) fn carry_out(
    app: &App,
    output: &Output,
    district: &DistrictStore,
    number: RunNumber,
    job: JobId,
) -> anyhow::Result<Exit> {
    let context = app.sync_context();
    if let Err(reason) = app.worker()?.work_on(district.id(), job, &context)? {
        bail!(reason);
    }
    let run = district.runs_get(number)?;
    let time_zone = district.settings()?.time_zone;
    output.result(&run, || run_text(&run, &time_zone))?;
    Ok(Exit::Done)
}

/// Queues a decision that may concern many people. When their number has to be confirmed and is not given, it is asked for; `question`
/// says what happens to so many people.
pub(super) fn queue_confirmed(
    output: &Output,
    given: Option<u64>,
    question: impl Fn(u64) -> String,
    queue: impl Fn(Option<u64>) -> Result<JobId, SyncError>,
) -> anyhow::Result<JobId> {
    match queue(given) {
        Err(SyncError::Refused(Refusal::Unconfirmed { people })) if given.is_none() => {
            let question = format!("{}\nType the number of people to continue: ", question(people));
            Ok(queue(output.ask(&question)?.trim().parse().ok())?)
        }
        queued => Ok(queued?),
    }
}
