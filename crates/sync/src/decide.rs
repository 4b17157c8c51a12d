//! Carries out what a person decided about a hold.

use homeroom_apply::apply_in_tx;
use homeroom_check::check;
use homeroom_model::clock::rfc3339;
use homeroom_model::ids::RunNumber;
use homeroom_model::run::{Decision, Run, RunState};
use homeroom_plan::{Approval, Limits, plan, split};
use homeroom_store::DistrictStore;

use crate::error::{PlanError, SyncError, with_fresh_plan};
use crate::handler::Conductor;
use crate::run::{Progress, applied_file_in_tx};

impl Conductor {
    /// Applies the held part of a run: plans the upload anew on the roster as it is now, which leaves exactly that part.
    ///
    /// # Errors
    /// [`SyncError::Refused`] when the run holds nothing, or when the plan is no longer what was shown.
    pub fn approve(&self, district: &DistrictStore, number: RunNumber) -> Result<(), SyncError> {
        let run = held(district, number)?;
        let settings = district.settings()?;
        let source = district.store().blobs().source(&run.upload.blake3)?;
        let rules = self.rules(district, &settings)?;
        with_fresh_plan(|| {
            let stored = district.roster_load()?;
            let checked = check(&source, &run.upload.name, &rules, &|| Some(&stored), &mut |_| {})
                .map_err(SyncError::from)?;
            self.progress(Progress::Planning);
            let rows = checked.rows_of_all(stored.applied_rows);
            let limits = Limits {
                policy: settings.policy.clone(),
                seats: settings.seats.into(),
                rows,
                ends_mid_row: checked.ends_mid_row,
            };
            let planned = plan(&stored, checked.roster, &checked.protected);
            let counts = planned.plan.counts();
            let shown = run.report.held.clone().unwrap_or_default();
            if (counts.create, counts.update, counts.deactivate, counts.reactivate)
                != (shown.create, shown.update, shown.deactivate, shown.reactivate)
            {
                return Err(SyncError::Refused(format!(
                    "the roster has changed since run {} was held, so its plan is no longer what was shown: sync the file \
                     again and decide about the new run",
                    run.id
                ))
                .into());
            }
            let parts = split(planned.plan, &stored, &limits, Approval::All);
            let mut report = run.report.clone();
            report.seats = Some(parts.seats);
            report.decision = Some(decision(district, "approved"));
            self.progress(Progress::Applying);
            district.store().write(|tx| {
                let version = apply_in_tx(district, tx, number, &parts.safe)?;
                applied_file_in_tx(district, tx, &run, rows, version)?;
                district.runs_set_in_tx(tx, number, RunState::Applied, &report)?;
                Ok::<_, PlanError>(())
            })
        })
    }

    /// Drops the held part of a run.
    ///
    /// # Errors
    /// [`SyncError::Refused`] when the run holds nothing.
    pub fn discard(&self, district: &DistrictStore, number: RunNumber) -> Result<(), SyncError> {
        let run = held(district, number)?;
        let mut report = run.report.clone();
        report.decision = Some(decision(district, "discarded"));
        let applied = match (&report.plan, &report.held) {
            (Some(plan), Some(held)) => {
                (plan.create - held.create).total()
                    + (plan.update - held.update).total()
                    + (plan.deactivate - held.deactivate).total()
                    + (plan.reactivate - held.reactivate).total()
            }
            _ => 0,
        };
        let state = if applied > 0 { RunState::Applied } else { RunState::Unchanged };
        district.store().write(|tx| district.runs_set_in_tx(tx, number, state, &report))?;
        Ok(())
    }
}

fn held(district: &DistrictStore, number: RunNumber) -> Result<Run, SyncError> {
    let run = district.runs_get(number)?;
    if run.state == RunState::Held {
        return Ok(run);
    }
    Err(SyncError::Refused(format!("run {} is {}, not held: there is nothing to decide", run.id, run.state)))
}

pub(crate) fn decision(district: &DistrictStore, decision: &str) -> Decision {
    Decision { decision: decision.into(), at: rfc3339(district.store().now()) }
}
