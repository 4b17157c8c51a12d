//! Refusals as sentences, each with what to do.

use homeroom_model::district::Stage;
use homeroom_model::entity::EntityRef;
use homeroom_model::ids::RunId;
use homeroom_model::proposal_name::ProposalName;
use homeroom_model::refusal::{ChangesRefusal, Refusal, StageRefusal, UndoRefusal};
use homeroom_model::run::RunState;
use homeroom_model::thousands;

/// Why a request cannot be carried out, and what to do instead.
pub fn render_refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::FileRejected(finding) => {
            format!("the file is rejected: {} {}", finding.message, finding.code.remedy())
        }
        Refusal::EmptyStudentKey => "an e-mail address or SIS id must not be empty".into(),
        Refusal::NotHeld { run, state } => {
            format!("run {run} is {state}, not held: there is nothing to decide")
        }
        Refusal::DecideInstead { run, state, instead, instead_state } => {
            decide_instead(*run, *state, *instead, *instead_state)
        }
        Refusal::NothingHeldForSchool { run, school, waiting } => {
            let waiting = waiting.iter().map(|school| format!("'{school}'")).collect::<Vec<_>>().join(", ");
            format!("run {run} holds nothing for the school '{school}'; it holds changes for {waiting}")
        }
        Refusal::NoSuchProposal { run, proposal, proposals } => no_such_proposal(*run, proposal, proposals),
        Refusal::AcceptedAndRejected { proposal } => {
            format!("the proposal {proposal} is accepted and rejected at once: do one of both")
        }
        Refusal::CalendarForbids { run, entry } => format!(
            "the calendar says {}: decide about run {run} when that is over, or remove that entry first",
            entry.in_words()
        ),
        Refusal::DistrictPaused { run } => {
            format!("the district is paused: set it live before you decide about run {run}")
        }
        Refusal::RosterChangedSinceHeld { run } => format!(
            "the roster has changed since run {run} was held, so its plan is no longer the one that was shown: sync the file again and \
             decide about the new run"
        ),
        Refusal::PlanDiffersFromShown { run } => format!(
            "the file of run {run} now produces a different plan than the one that was held: sync it again and decide about the new run"
        ),
        Refusal::NoPlannedChanges { run, state } => {
            format!("run {run} is {state}: only a tested or held run has changes that are not applied yet")
        }
        Refusal::Undo(refusal) => render_undo_refusal(refusal),
        Refusal::NotQueued { run, state } => match state {
            RunState::Running => {
                format!("run {run} has begun: wait for its end, then undo it with `homeroom run undo {run}`")
            }
            state => format!("run {run} is {state}: only a queued run can be cancelled"),
        },
        Refusal::Unconfirmed { people } => format!(
            "this concerns {} students and teachers: nothing was changed. Type their number when you are asked, or give it with --confirm",
            thousands(*people)
        ),
        Refusal::NotAFutureDay { day } => {
            format!("{day} cannot be the last day of a pin: it is over, or too far in the future")
        }
        Refusal::NoSuchPin { district, pin } => {
            format!("there is no active pin {pin}: see `homeroom pin list {district}`")
        }
        Refusal::NoSuchCalendarEntry { district, number } => {
            format!("there is no date range {number}: see `homeroom district calendar list {district}`")
        }
        Refusal::Changes(refusal) => render_changes_refusal(refusal),
        Refusal::Stage(refusal) => render_stage_refusal(refusal),
    }
}

fn render_changes_refusal(refusal: &ChangesRefusal) -> String {
    match refusal {
        ChangesRefusal::Ahead { since, version } => {
            format!("the roster is at version {version}: there is no version {since} yet")
        }
        ChangesRefusal::Unknown { district, since, known_since } => format!(
            "the changes since version {since} are not all known, only those since version {known_since}: start again with \
             `homeroom roster export {district} --format jsonl --out PATH`, which says its version"
        ),
    }
}

fn render_undo_refusal(refusal: &UndoRefusal) -> String {
    match refusal {
        UndoRefusal::NothingToUndo { run, state } => {
            format!("run {run} is {state}: only a run that has applied something can be undone")
        }
        UndoRefusal::NotUndone { run, state } => {
            format!("run {run} is {state}: only a run that was undone can be redone")
        }
        UndoRefusal::UndoNotRecorded { run } => format!(
            "run {run} was undone by an older version of homeroom, which did not record what it undid: sync the file again instead"
        ),
        UndoRefusal::AlreadyUndone { run } => {
            format!("run {run} is undone already: `homeroom run redo {run}` applies its changes again")
        }
    }
}

fn render_stage_refusal(refusal: &StageRefusal) -> String {
    match refusal {
        StageRefusal::LoginsNotTested { district } => format!(
            "test logins are not recorded by this version: once those of {district} have been tested, go live with --force \"how they were \
             tested\""
        ),
        StageRefusal::RosterNotLoaded { district, stage } => format!(
            "{district} is in stage {stage}: load the roster first with `homeroom district stage {district} verifying`, or use \
             --force \"reason\" to go live anyway"
        ),
        StageRefusal::NotReachable { district, to: Stage::Setup, .. } => {
            format!("{district} cannot go back to setup")
        }
        StageRefusal::NotReachable { district, from, to } => {
            format!(
                "{district} is in stage {from} and cannot move to {to}: only a live district can be paused"
            )
        }
        StageRefusal::NotInTesting { district, stage } => {
            format!("{district} is {stage}: only a district in testing can move on to verifying")
        }
        StageRefusal::NoTestRun { district, file } => format!(
            "{district} has no test run yet: upload {file} to its drop account and wait for the test run"
        ),
        StageRefusal::NoCleanTestRun { district, newest } => format!(
            "{district} has no clean test run: the newest ({newest}) rejected rows. Have the file fixed and uploaded again, or load it \
             without these rows with --force \"reason\""
        ),
    }
}

fn decide_instead(run: RunId, state: RunState, instead: RunId, instead_state: RunState) -> String {
    let relation = match state {
        RunState::Superseded => format!("a newer file has superseded run {run}"),
        _ => format!("run {run} has the same file as run {instead}, which waited already"),
    };
    match instead_state {
        RunState::Held => format!(
            "{relation}: decide about run {instead}, with `homeroom run approve {instead}` or `homeroom run discard {instead}`"
        ),
        _ => format!("{relation}, and run {instead} is {instead_state}: there is nothing to decide"),
    }
}

fn no_such_proposal(run: Option<RunId>, proposal: &ProposalName, proposals: &[EntityRef]) -> String {
    let proposals = first_of(proposals);
    match run {
        Some(run) => format!("run {run} holds no proposal {proposal}{proposals}"),
        None => format!("there is no proposal {proposal} between these two files{proposals}"),
    }
}

/// The most proposals that a refusal lists.
const MAX_PROPOSALS: usize = 20;

/// "; it has student-4, student-9 and 12 more"
fn first_of(proposals: &[EntityRef]) -> String {
    let listed = proposals.iter().take(MAX_PROPOSALS).map(EntityRef::to_string).collect::<Vec<_>>();
    match proposals.len() {
        0 => ": it has none that can be struck or accepted".into(),
        count if count > MAX_PROPOSALS => {
            format!("; it has {} and {} more", listed.join(", "), count - MAX_PROPOSALS)
        }
        _ => format!("; it has {}", listed.join(", ")),
    }
}
