//! Updates the roster after a change of pins.

use homeroom_model::district::Stage;
use homeroom_model::run::RunKind;
use homeroom_store::DistrictStore;
use homeroom_sync::queue_run;

use crate::app::App;
use crate::commands::run::{finish_run, run_text};
use crate::exit::Exit;
use crate::output::Output;

/// Syncs the file that the roster came from once more, so that the roster follows the pins. When the roster no longer
/// matches that file, because changes are held or were discarded or undone, the pins take effect with the next file:
/// an older one is not brought back.
pub(super) fn resync(
    app: &App,
    output: &Output,
    district: &DistrictStore,
    message: &str,
) -> anyhow::Result<Exit> {
    let settings = district.settings()?;
    let applied = district.applied_file()?.filter(|applied| applied.version == Some(settings.roster_version));
    let upload = match applied.filter(|_| settings.stage != Stage::Paused) {
        Some(applied) => district.runs_get(applied.run)?.upload.id,
        None => None,
    };
    let Some(upload) = upload else {
        let pins = district.pins_list()?;
        output.result(&pins, || {
            format!("{message} It takes effect with the next sync of {}.", settings.slug)
        })?;
        return Ok(Exit::Done);
    };
    let queued = queue_run(district, RunKind::Live, upload)?;
    let run = finish_run(app, output, district, &queued)?;
    output.result(&run, || format!("{message}\n\n{}", run_text(&run, &settings.time_zone)))?;
    Ok(Exit::for_run(&run))
}
