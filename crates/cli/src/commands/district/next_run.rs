//! Notes about the runs that a district makes by itself.

use homeroom_model::district::District;
use homeroom_sync::Rescheduled;

use crate::output::Output;

/// Notes which runs will not be made, and which is made next.
pub(super) fn note_runs(output: &Output, runs: &Rescheduled, settings: &District) {
    for stopped in &runs.stopped {
        output.note(&format!("The queued run {} will not be made.", stopped.id));
    }
    if let Some(next) = &runs.next {
        output.note(&format!(
            "The newest upload is synced on {}: run {}.",
            settings.time_zone.show(next.at),
            next.run.id
        ));
    }
}
