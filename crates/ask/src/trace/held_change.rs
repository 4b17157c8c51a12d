//! Finds the change of a student that a run holds.

use homeroom_model::entity::{ByNumber, ClassNumber, EntityRef, StudentNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::plan::{Changes, Numbered, Plan};
use homeroom_model::rekey::Proposal;
use homeroom_model::roster::{EnrollmentLink, Student};
use homeroom_model::run::Run;
use homeroom_plan::Approval;
use homeroom_read::ReadLimits;
use homeroom_store::DistrictStore;

use super::subject::Subject;
use crate::error::AskError;
use crate::replan::reread;

/// A change of a student that waits for a decision.
pub(super) struct HeldChange {
    pub(super) waiting: Waiting,
    /// The fuse that holds it.
    pub(super) fuse: Option<BlownFuse>,
    /// The proposal about the student, when there is one.
    pub(super) proposal: Option<Proposal>,
}

/// The kind of change that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    New,
    Returning,
    NewKey,
    Removal,
    ValueChange,
    ClassChange,
}

impl Waiting {
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Waiting::New => "they are new",
            Waiting::Returning => "they return",
            Waiting::NewKey => "they get a new key",
            Waiting::Removal => "they would be removed",
            Waiting::ValueChange => "their values change",
            Waiting::ClassChange => "they change classes",
        }
    }

    /// Whether `fuse` can hold such a change.
    fn is_held_by(self, fuse: Fuse) -> bool {
        match self {
            _ if matches!(fuse, Fuse::File | Fuse::Column) => true,
            Waiting::New | Waiting::Returning => matches!(fuse, Fuse::Seats | Fuse::Identity | Fuse::Keys),
            Waiting::NewKey => matches!(fuse, Fuse::Identity | Fuse::Keys | Fuse::Blank),
            Waiting::ValueChange => matches!(fuse, Fuse::Update | Fuse::Keys | Fuse::Blank),
            Waiting::ClassChange => matches!(fuse, Fuse::Class | Fuse::Reach),
            Waiting::Removal => matches!(fuse, Fuse::Shrink | Fuse::District | Fuse::School | Fuse::Class),
        }
    }
}

/// The student's change that `run` holds; `None` when it holds none of theirs.
pub(super) fn held_change(
    district: &DistrictStore,
    limits: &ReadLimits,
    run: &Run,
    subject: &Subject<'_>,
) -> Result<Option<HeldChange>, AskError> {
    let plan = reread(district, limits, run)?.plan(&Approval::None);
    let Some(waiting) = waiting_in(&plan.parts.risky, subject) else { return Ok(None) };
    let held = run.report.held.as_ref();
    let fuses = held.map(|held| held.fuses.as_slice()).unwrap_or_default();
    let fuse = fuses.iter().find(|blown| waiting.is_held_by(blown.fuse)).or_else(|| fuses.first());
    let number = subject.student.map(|student| student.number);
    let is_theirs = |proposal: &&Proposal| Some(proposal.id) == number.map(EntityRef::from);
    let proposal = run.report.rekeys.iter().find(is_theirs);
    Ok(Some(HeldChange { waiting, fuse: fuse.cloned(), proposal: proposal.cloned() }))
}

fn waiting_in(risky: &Plan, subject: &Subject<'_>) -> Option<Waiting> {
    let number = subject.student.map(|student| student.number);
    let is_theirs = |student: &Numbered<Student>| {
        let person = &student.values.person;
        risky.texts.get(person.email) == subject.key
            || risky.texts.get(person.sis_id) == subject.key
            || Some(student.number) == number
    };
    let Changes { create, update, deactivate, reactivate, rekey, .. } = &risky.students;
    if create.iter().any(is_theirs) {
        Some(Waiting::New)
    } else if reactivate.iter().any(is_theirs) {
        Some(Waiting::Returning)
    } else if rekey.iter().any(is_theirs) {
        Some(Waiting::NewKey)
    } else if number.is_some_and(|number| deactivate.contains(&number)) {
        Some(Waiting::Removal)
    } else if update.iter().any(is_theirs) {
        Some(Waiting::ValueChange)
    } else if number.is_some_and(|number| has_waiting_link(risky, subject, number)) {
        Some(Waiting::ClassChange)
    } else {
        None
    }
}

/// Whether joining or leaving a class waits: the class that was asked for, or any.
fn has_waiting_link(risky: &Plan, subject: &Subject<'_>, student: StudentNumber) -> bool {
    let stored = subject.stored;
    let is_asked_class = |number: ClassNumber| {
        let Some(asked) = subject.class else { return true };
        let class = stored.classes.by_number(number);
        class.is_some_and(|class| stored.texts.get(class.values.key) == asked)
    };
    let mut links = risky.enrollments.beginning().chain(&risky.enrollments.deactivate);
    links.any(|link: &EnrollmentLink| link.person == student && is_asked_class(link.class))
}
