//! Shows what a change of pins does to the roster.

use homeroom_store::DistrictStore;
use homeroom_sync::QueuedRun;

use crate::app::App;
use crate::commands::run::{finish_run, run_text};
use crate::exit::Exit;
use crate::output::Output;

/// Makes the queued run after a change of pins, and prints it; without one, says when the change takes effect.
pub(super) fn show_effect(
    app: &App,
    output: &Output,
    district: &DistrictStore,
    queued: Option<QueuedRun>,
    message: &str,
) -> anyhow::Result<Exit> {
    let settings = district.settings()?;
    let Some(queued) = queued else {
        let pins = district.pins_list()?;
        output.result(&pins, || {
            format!("{message} It takes effect with the next sync of {}.", settings.slug)
        })?;
        return Ok(Exit::Done);
    };
    let run = finish_run(app, output, district, &queued)?;
    output.result(&run, || format!("{message}\n\n{}", run_text(&run, &settings.time_zone)))?;
    Ok(Exit::for_run(&run))
}
