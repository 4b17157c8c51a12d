//! What a person has to confirm by typing a number, because it concerns many people.

use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::hold::HeldState;
use homeroom_model::ids::{JobId, RunNumber};
use homeroom_model::refusal::Refusal;
use homeroom_model::run::{Run, RunState};
use homeroom_store::DistrictStore;

use crate::error::SyncError;
use crate::queue::queue_decision;
use crate::task::Task;

/// A decision that concerns more people than this asks for their number.
const PEOPLE_WITHOUT_ASKING: u64 = 50;

/// Queues the approval of what a run holds, in these schools or, without any, in all. `confirmed` is the number of people that somebody
/// typed.
///
/// # Errors
/// [`Refusal::Unconfirmed`], with the number of people whom it would remove, when they are many and their number is not confirmed.
pub fn queue_approval(
    district: &DistrictStore,
    number: RunNumber,
    schools: &[String],
    confirmed: Option<u64>,
) -> Result<JobId, SyncError> {
    let run = district.runs_get(number)?;
    if run.state == RunState::Held {
        let removed = people_removed(&run, schools);
        // What was confirmed before single proposals were decided may be more than is removed now.
        let is_confirmed_twice = confirmed.is_none_or(|number| number >= removed);
        if removed > PEOPLE_WITHOUT_ASKING || !is_confirmed_twice {
            confirm(removed, confirmed)?;
        }
    }
    Ok(queue_decision(district, Task::Approve(number, schools.to_vec()))?)
}

/// Queues the undo of what a run applied.
///
/// # Errors
/// [`Refusal::Unconfirmed`], with the number of people whom the run changed, when they are many and their number is not confirmed.
pub fn queue_undo(
    district: &DistrictStore,
    number: RunNumber,
    confirmed: Option<u64>,
) -> Result<JobId, SyncError> {
    let run = district.runs_get(number)?;
    if matches!(run.state, RunState::Applied | RunState::Held | RunState::Superseded) {
        confirm_many(people(applied(&run)), confirmed)?;
    }
    Ok(queue_decision(district, Task::Undo(number))?)
}

/// Queues the redo of a run that was undone.
///
/// # Errors
/// [`Refusal::Unconfirmed`], with the number of people whom the undo changed, when they are many and their number is not confirmed.
pub fn queue_redo(
    district: &DistrictStore,
    number: RunNumber,
    confirmed: Option<u64>,
) -> Result<JobId, SyncError> {
    let run = district.runs_get(number)?;
    if let Some(undone) = run.report.undo.as_ref().filter(|_| run.state == RunState::Undone) {
        confirm_many(people(undone.restored), confirmed)?;
    }
    Ok(queue_decision(district, Task::Redo(number))?)
}

fn confirm_many(people: u64, confirmed: Option<u64>) -> Result<(), Refusal> {
    if people > PEOPLE_WITHOUT_ASKING { confirm(people, confirmed) } else { Ok(()) }
}

fn confirm(people: u64, confirmed: Option<u64>) -> Result<(), Refusal> {
    if confirmed == Some(people) { Ok(()) } else { Err(Refusal::Unconfirmed { people }) }
}

fn people(counts: Counts) -> u64 {
    counts.students + counts.teachers
}

/// Students and teachers that the chosen schools' part of the hold removes.
fn people_removed(run: &Run, schools: &[String]) -> u64 {
    let held = run.report.held.iter().flat_map(|held| &held.schools);
    held.filter(|school| school.state == HeldState::Waiting)
        .filter(|school| schools.is_empty() || schools.contains(&school.school))
        .map(|school| people(school.counts.deactivate))
        .sum()
}

/// What a run has changed.
fn applied(run: &Run) -> Counts {
    let held = run.report.held.iter().flat_map(|held| &held.schools);
    let not_applied = held.filter(|school| school.state != HeldState::Released);
    let not_applied = not_applied.map(|school| school.counts).sum::<PlanCounts>();
    run.report.plan.map_or(Counts::default(), |plan| plan.changes() - not_applied.changes())
}
