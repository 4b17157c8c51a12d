//! Follows a student from the stored roster through the last run to the answer: the order of a trace.

use homeroom_check::check;
use homeroom_model::district::Stage;
use homeroom_model::refusal::Refusal;
use homeroom_model::run::{Run, RunKind, RunState};
use homeroom_model::trace::Trace;
use homeroom_read::ReadLimits;
use homeroom_store::DistrictStore;

use super::answer::{Answer, Facts};
use super::draft::TraceDraft;
use super::file_lines::FileLines;
use super::held_change::held_change;
use super::subject::Subject;
use crate::error::AskError;
use crate::rules::reading_rules;

/// Runs that are looked through for the one that counts.
const MAX_RUNS: u32 = 200;

/// Follows a student, by address or SIS id, to where they are or are not; in one class when it is given.
///
/// # Errors
/// [`AskError::Refused`] when `student` is empty; others as reading the roster and the kept file.
pub fn trace(
    district: &DistrictStore,
    limits: &ReadLimits,
    student: &str,
    class: Option<&str>,
) -> Result<Trace, AskError> {
    let student = student.trim();
    let key = if student.contains('@') { student.to_lowercase() } else { student.to_owned() };
    if key.is_empty() {
        return Err(Refusal::EmptyStudentKey.into());
    }
    let stored = district.roster_load()?;
    let settings = district.settings()?;
    let subject = Subject::new(&stored, key, class);
    let mut draft = TraceDraft::default();
    draft.add_student(district, &subject)?;
    let runs = district.runs_list(MAX_RUNS)?;
    let newest = runs.iter().find(|run| !matches!(run.state, RunState::Queued | RunState::Running));
    let Some(run) = runs.iter().find(|run| counts(run)).or(newest) else {
        let text = match settings.stage {
            Stage::Setup => "No file has arrived yet: upload one.",
            _ => "No run has been made yet: upload a file and wait for its run.",
        };
        let is_there = subject.is_active();
        let answer = Answer { is_there, text: text.into(), next_step: None };
        return Ok(draft.finish(&subject, answer));
    };
    draft.add_run(run, newest.filter(|newest| newest.number > run.number));

    let rules = reading_rules(district, &settings, limits)?;
    let source = district.store().blobs().source(run.upload.blob)?;
    let scanned = FileLines::scan(&source, &rules, &subject)?;
    draft.add_lines(&subject, &scanned);
    let checked = check(&source, &run.upload.name, &rules, &|| Some(&stored), &mut |_| {})?;
    draft.add_findings(&checked, &scanned);

    let held = match run.state {
        RunState::Held => held_change(district, limits, run, &subject)?,
        _ => None,
    };
    let facts = Facts {
        subject: &subject,
        settings: &settings,
        run,
        checked: &checked,
        scanned: &scanned,
        pins: &district.pins_list()?,
        held,
    };
    Ok(draft.finish(&subject, facts.answer()))
}

/// Whether a run is one that the roster can follow from.
fn counts(run: &Run) -> bool {
    run.kind == RunKind::Live && !matches!(run.state, RunState::Queued | RunState::Running | RunState::Failed)
}
