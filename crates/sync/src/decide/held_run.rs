//! A held run and what was decided about its schools.

use homeroom_model::hold::{Held, HeldState};
use homeroom_model::ids::{RosterVersion, RunNumber};
use homeroom_model::refusal::Refusal;
use homeroom_model::run::{Decision, DecisionKind, Run, RunState};
use homeroom_store::DistrictStore;

use crate::error::SyncError;

/// The schools to decide about, all of which must wait; when none is named, all that wait.
fn choose_schools(run: &Run, shown: &Held, schools: &[String]) -> Result<Vec<String>, SyncError> {
    let waiting = shown.schools.iter().filter(|school| school.state == HeldState::Waiting);
    let waiting = waiting.map(|school| school.school.clone()).collect::<Vec<_>>();
    match schools.iter().find(|school| !waiting.contains(school)) {
        None if schools.is_empty() => Ok(waiting),
        None => Ok(schools.to_vec()),
        Some(school) => {
            let school = school.clone();
            Err(Refusal::NothingHeldForSchool { run: run.id, school, waiting }.into())
        }
    }
}

pub(super) fn refuse_another_version(
    run: &Run,
    shown: &Held,
    version: RosterVersion,
) -> Result<(), SyncError> {
    if shown.roster_version == version {
        return Ok(());
    }
    Err(Refusal::RosterChangedSinceHeld { run: run.id }.into())
}

/// Keeps what was decided about schools before; those chosen now get `state`.
pub(super) fn carry_states(before: &Held, held: &mut Held, chosen: &[String], state: HeldState) {
    for school in &before.schools {
        let state = if chosen.contains(&school.school) { state } else { school.state };
        match held.schools.iter_mut().find(|now| now.school == school.school) {
            // A released change that still waits is needed by a school that waits.
            Some(now) if state != HeldState::Released => now.state = state,
            Some(_) => {}
            None if state == HeldState::Waiting => {}
            None => {
                let mut gone = school.clone();
                gone.state = state;
                held.schools.push(gone);
            }
        }
    }
    held.schools.sort_by(|a, b| a.school.cmp(&b.school));
}

pub(super) fn held_run(district: &DistrictStore, number: RunNumber) -> Result<Run, SyncError> {
    let run = district.runs_get(number)?;
    if run.state == RunState::Held {
        return Ok(run);
    }
    let (id, state) = (run.id, run.state);
    let instead = match state {
        RunState::Superseded => district.runs_instead_of(number)?,
        _ => same_hold(district, &run)?,
    };
    Err(match instead {
        Some(Run { id: instead, state: instead_state, .. }) => {
            Refusal::DecideInstead { run: id, state, instead, instead_state }
        }
        None => Refusal::NotHeld { run: id, state },
    }
    .into())
}

/// The held run of the same file, which this run left as it was.
fn same_hold(district: &DistrictStore, run: &Run) -> Result<Option<Run>, SyncError> {
    let Some(id) = run.report.same_as else { return Ok(None) };
    Ok(match district.store().runs_find(id)? {
        Some((_, number)) => district.runs_find(number)?,
        None => None,
    })
}

/// A held run, what it shows as held, and the schools to decide about.
pub(super) struct Choice {
    pub(super) run: Run,
    pub(super) shown: Held,
    pub(super) schools: Vec<String>,
}

/// The hold of a run and those of its schools that a decision is about: all that wait, when none is named.
pub(super) fn choose(
    district: &DistrictStore,
    number: RunNumber,
    schools: &[String],
) -> Result<Choice, SyncError> {
    let run = held_run(district, number)?;
    let shown = run.report.held.clone().unwrap_or_default();
    let schools = choose_schools(&run, &shown, schools)?;
    Ok(Choice { run, shown, schools })
}

/// A decision made now.
pub(crate) fn decision(district: &DistrictStore, kind: DecisionKind, schools: &[String]) -> Decision {
    let by = Some(district.cause().clone());
    Decision { kind, schools: schools.to_vec(), at: district.store().now(), by }
}
