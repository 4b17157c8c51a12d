//! Takes back what a run applied.

use homeroom_apply::apply_undo_in_tx;
use homeroom_model::clock::rfc3339;
use homeroom_model::ids::RunNumber;
use homeroom_model::run::{RunState, Undone};
use homeroom_plan::undo;
use homeroom_store::DistrictStore;

use crate::error::{PlanError, SyncError, with_fresh_plan};
use crate::handler::Conductor;
use crate::run::Progress;

impl Conductor {
    /// Takes a run back: values as well as states. What later runs changed is kept and listed in the run's report.
    ///
    /// # Errors
    /// [`SyncError::Refused`] when the run has applied nothing or was taken back before.
    pub fn undo(&self, district: &DistrictStore, number: RunNumber) -> Result<(), SyncError> {
        let run = district.runs_get(number)?;
        if !matches!(run.state, RunState::Applied | RunState::Held | RunState::Superseded) {
            return Err(SyncError::Refused(format!(
                "run {} is {}: only a run that has applied something can be taken back",
                run.id, run.state
            )));
        }
        with_fresh_plan(|| {
            self.progress(Progress::Planning);
            let changes = district.changes_of_run(number)?;
            let stored = district.roster_load()?;
            let undo = undo(&stored, changes, number);
            let mut report = run.report.clone();
            report.undo = Some(Undone {
                restored: undo.restored(),
                kept: undo.kept.clone(),
                at: rfc3339(district.store().now()),
            });
            self.progress(Progress::Applying);
            district.store().write(|tx| {
                // The undo's own changes are logged under a number of their own.
                let own_number = district.runs_next_number_in_tx(tx)?;
                apply_undo_in_tx(district, tx, own_number, &undo)?;
                district.runs_set_in_tx(tx, number, RunState::Undone, &report)?;
                Ok::<_, PlanError>(())
            })
        })
    }
}
