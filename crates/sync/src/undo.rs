//! Takes back what a run applied, and takes that back again.

use homeroom_apply::apply_undo_in_tx;
use homeroom_model::hold::HeldState;
use homeroom_model::ids::RunNumber;
use homeroom_model::run::{Run, RunReport, RunState, Undone};
use homeroom_plan::undo;
use homeroom_store::DistrictStore;

use crate::decide::decision;
use crate::error::{PlanError, SyncError, with_fresh_plan};
use crate::handler::Conductor;
use crate::run::Progress;

impl Conductor {
    /// Takes a run back, value by value and state by state. What later runs changed is kept and listed in the run's report.
    ///
    /// # Errors
    /// [`SyncError::Refused`] when the run has applied nothing, or is taken back already.
    pub fn undo(&self, district: &DistrictStore, number: RunNumber) -> Result<(), SyncError> {
        let run = district.runs_get(number)?;
        if !matches!(run.state, RunState::Applied | RunState::Held | RunState::Superseded) {
            return Err(SyncError::Refused(format!(
                "run {} is {}: only a run that has applied something can be taken back",
                run.id, run.state
            )));
        }
        self.turn(district, &run, number, |report, done| {
            report.undo = Some(done);
            RunState::Undone
        })
    }

    /// Takes the undo of a run back in the same way: the run is in place again.
    ///
    /// # Errors
    /// [`SyncError::Refused`] when the run is not taken back, or was by a version that did not note how.
    pub fn redo(&self, district: &DistrictStore, number: RunNumber) -> Result<(), SyncError> {
        let run = district.runs_get(number)?;
        let undone = run.report.undo.as_ref().filter(|_| run.state == RunState::Undone).ok_or_else(|| {
            SyncError::Refused(format!(
                "run {} is {}: only a run that was taken back can be put back in place",
                run.id, run.state
            ))
        })?;
        let undo_number = undone.number.ok_or_else(|| {
            SyncError::Refused(format!(
                "run {} was taken back by an older version of homeroom, which did not note what it took back: sync the \
                 file again instead",
                run.id
            ))
        })?;
        let state_before = undone.state_before.unwrap_or(RunState::Applied);
        self.turn(district, &run, undo_number, |report, done| {
            if let Some(undone) = &mut report.undo {
                undone.taken_back = Some(Box::new(done));
            }
            if state_before != RunState::Held {
                return state_before;
            }
            // The roster is no longer the one whose changes were shown to whoever would decide.
            report.decisions.push(decision(district, "discarded", &[]));
            let schools = report.held.iter_mut().flat_map(|held| &mut held.schools);
            schools.filter(|one| one.state == HeldState::Waiting).for_each(|one| one.state = HeldState::Discarded);
            report.messages.push(
                "What this run held was dropped when the run was taken back and put back in place: sync the file again to \
                 plan it anew."
                    .into(),
            );
            RunState::Applied
        })
    }

    /// Turns `run` from standing to taken back, or the other way. `takes_back` is the number whose changes are taken back;
    /// `note` writes what was done into the report and says what the run is then.
    fn turn(
        &self,
        district: &DistrictStore,
        run: &Run,
        takes_back: RunNumber,
        note: impl Fn(&mut RunReport, Undone) -> RunState,
    ) -> Result<(), SyncError> {
        with_fresh_plan(|| {
            self.progress(Progress::Planning);
            let changes = district.changes_of_run(run.number)?;
            let stored = district.roster_load()?;
            let undo = undo(&stored, changes, run.number);
            self.progress(Progress::Applying);
            district.store().write(|tx| {
                let own_number = district.undos_begin_in_tx(tx, takes_back)?;
                apply_undo_in_tx(district, tx, own_number, &undo)?;
                let done = Undone {
                    number: Some(own_number),
                    state_before: Some(run.state),
                    restored: undo.restored,
                    kept: first_of(&undo.kept),
                    at: district.store().now(),
                    taken_back: None,
                };
                let mut report = run.report.clone();
                let state = note(&mut report, done);
                district.runs_set_in_tx(tx, run.number, state, &report)?;
                Ok::<_, PlanError>(())
            })
        })
    }
}

/// Sentences of a report. Whoever takes back a first load after a year would else get one for nearly everyone.
const KEPT: usize = 1_000;

fn first_of(kept: &[String]) -> Vec<String> {
    let mut first = kept.iter().take(KEPT).cloned().collect::<Vec<_>>();
    if kept.len() > KEPT {
        first.push(format!("{} more stay as they are", kept.len() - KEPT));
    }
    first
}
