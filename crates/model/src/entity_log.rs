//! The changes of each entity of the roster by runs and undos, for undos and histories.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::counts::Counts;
use crate::entity::{ClassNumber, SchoolNumber, StudentNumber, TeacherNumber};
use crate::ids::{RosterVersion, RunNumber};
use crate::plan::{Numbered, Plan};
use crate::roster::{Class, EnrollmentLink, School, Student, Teacher, TeachingLink};
use crate::string_arena::StringArena;
use crate::word::string_enum;

/// The state of an entity at one time. A link has no values: `EntityState<()>`.
#[derive(Clone, Copy, Debug)]
pub struct EntityState<V> {
    /// Whether it is active; of a link, in force.
    pub active: bool,
    /// Its values.
    pub values: V,
}

/// One change of an entity, as the log has it.
#[derive(Clone, Copy, Debug)]
pub struct LogStep<V> {
    /// The number of the run or undo that changed it.
    pub by: RunNumber,
    /// The version of the roster that it led to; 0 for a change by a version that did not note it.
    pub version: RosterVersion,
    /// When; `None` for a change by a version that did not note it.
    pub at: Option<Timestamp>,
    /// The state before. The state after is the next step's `before`, or the state now.
    pub before: EntityState<V>,
}

/// All changes of one entity.
#[derive(Clone, Debug)]
pub struct EntityLog<K, V> {
    /// The entity's number, or the link.
    pub subject: K,
    /// The run that created it, active.
    pub created_run: RunNumber,
    /// The last run whose change is in effect.
    pub changed_run: RunNumber,
    /// Its changes, oldest first.
    pub steps: Vec<LogStep<V>>,
    /// Its state now.
    pub now: EntityState<V>,
}

impl<K, V> EntityLog<K, V> {
    /// Its state when it was created, and after each step.
    pub fn states(&self) -> impl Iterator<Item = &EntityState<V>> {
        self.steps.iter().map(|step| &step.before).chain([&self.now])
    }
}

string_enum!(
    /// How a run caused a change.
    CauseKind {
        /// The run was applied.
        Run = "run",
        /// The run was undone.
        Undo = "undo",
        /// The undo of the run was undone.
        Redo = "redo",
    }
);

/// Every undo of a district: its number, and the number of the run or undo that it took back.
#[derive(Clone, Debug, Default)]
pub struct Undos(pub BTreeMap<RunNumber, RunNumber>);

impl Undos {
    /// What a number in the log is: a run, or the undo or redo of one.
    pub fn cause(&self, number: RunNumber) -> (CauseKind, RunNumber) {
        match self.0.get(&number) {
            None => (CauseKind::Run, number),
            Some(undone) => match self.0.get(undone) {
                None => (CauseKind::Undo, *undone),
                Some(run) => (CauseKind::Redo, *run),
            },
        }
    }

    /// The runs that are undone now.
    pub fn undone(&self) -> BTreeSet<RunNumber> {
        let mut undone = BTreeSet::new();
        for number in self.0.keys() {
            match self.cause(*number) {
                (CauseKind::Run, _) => {}
                (CauseKind::Undo, run) => _ = undone.insert(run),
                (CauseKind::Redo, run) => _ = undone.remove(&run),
            }
        }
        undone
    }
}

/// The log of everything that one run created or changed.
#[derive(Clone, Debug, Default)]
pub struct RunChanges {
    /// The version of the roster that `now` is the state of.
    pub version: RosterVersion,
    /// Every undo of the district.
    pub undos: Undos,
    /// The text of the values below.
    pub texts: StringArena,
    /// Schools.
    pub schools: Vec<EntityLog<SchoolNumber, School>>,
    /// Classes.
    pub classes: Vec<EntityLog<ClassNumber, Class>>,
    /// Teachers.
    pub teachers: Vec<EntityLog<TeacherNumber, Teacher>>,
    /// Students.
    pub students: Vec<EntityLog<StudentNumber, Student>>,
    /// Teachings.
    pub teachings: Vec<EntityLog<TeachingLink, ()>>,
    /// Enrollments.
    pub enrollments: Vec<EntityLog<EnrollmentLink, ()>>,
}

/// The changes that undo a run, or redo it.
#[derive(Debug, Default)]
pub struct Undo {
    /// Updates, removals and reactivations; nothing is created.
    pub plan: Plan,
    /// Values for entities that are inactive afterwards.
    pub inactive_updates: InactiveUpdates,
    /// Which run is the last change in effect of each entity.
    pub changed_runs: ChangedRuns,
    /// How many entities and links change.
    pub restored: Counts,
    /// What stays as it is and why, in sentences without names or addresses.
    pub kept: Vec<String>,
}

/// Values for inactive entities; text in the plan's `texts`.
#[derive(Debug, Default)]
pub struct InactiveUpdates {
    /// Schools.
    pub schools: Vec<Numbered<School>>,
    /// Classes.
    pub classes: Vec<Numbered<Class>>,
    /// Teachers.
    pub teachers: Vec<Numbered<Teacher>>,
    /// Students.
    pub students: Vec<Numbered<Student>>,
}

/// Entities and links with the run whose change of them is the last in effect.
#[derive(Debug, Default)]
pub struct ChangedRuns {
    /// Schools.
    pub schools: Vec<(SchoolNumber, RunNumber)>,
    /// Classes.
    pub classes: Vec<(ClassNumber, RunNumber)>,
    /// Teachers.
    pub teachers: Vec<(TeacherNumber, RunNumber)>,
    /// Students.
    pub students: Vec<(StudentNumber, RunNumber)>,
    /// Teachings.
    pub teachings: Vec<(TeachingLink, RunNumber)>,
    /// Enrollments.
    pub enrollments: Vec<(EnrollmentLink, RunNumber)>,
}
