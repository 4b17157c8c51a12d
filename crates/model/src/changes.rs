//! What one run changed in the roster, as an undo needs to know it.

use crate::ids::RunNumber;
use crate::plan::{Counts, Numbered, Plan};
use crate::roster::{Class, Link, Person, School, Student};
use crate::texts::Texts;

/// How a thing was before a run changed it.
#[derive(Clone, Copy, Debug)]
pub struct Before<V> {
    /// Whether it was active.
    pub active: bool,
    /// Its values; text in [`RunChanges::texts`].
    pub values: V,
    /// The run that had changed it last.
    pub changed_run: RunNumber,
}

/// A thing that a run created or changed, and how it is now.
#[derive(Clone, Copy, Debug)]
pub struct ChangedEntity<V> {
    /// Its number.
    pub number: u32,
    /// How it was; `None` when the run created it.
    pub before: Option<Before<V>>,
    /// Whether it is active now.
    pub active: bool,
    /// The run that changed it last.
    pub changed_run: RunNumber,
}

/// A link that a run created or changed, and how it is now.
#[derive(Clone, Copy, Debug)]
pub struct ChangedLink {
    /// Class and person by number.
    pub link: Link,
    /// Whether it was in force, and the run that had changed it last; `None` when the run created it.
    pub before: Option<(bool, RunNumber)>,
    /// Whether it is in force now.
    pub active: bool,
    /// The run that changed it last.
    pub changed_run: RunNumber,
}

/// Everything that a run changed, each thing once, as it was before the run.
#[derive(Clone, Debug, Default)]
pub struct RunChanges {
    /// The roster's version that "now" speaks of.
    pub version: i64,
    /// The text of the values below.
    pub texts: Texts,
    /// Schools.
    pub schools: Vec<ChangedEntity<School>>,
    /// Classes.
    pub classes: Vec<ChangedEntity<Class>>,
    /// Teachers.
    pub teachers: Vec<ChangedEntity<Person>>,
    /// Students.
    pub students: Vec<ChangedEntity<Student>>,
    /// Teachings.
    pub teachings: Vec<ChangedLink>,
    /// Enrollments.
    pub enrollments: Vec<ChangedLink>,
}

/// The changes that take a run back.
#[derive(Debug, Default)]
pub struct Undo {
    /// Creations are deactivated, updates get their old values, removals come back.
    pub plan: Plan,
    /// Old values of things that the run had reactivated and that are deactivated again.
    pub old_values: OldValues,
    /// Which run stands again as the last change of what is taken back.
    pub changed_runs: ChangedRuns,
    /// What was not taken back and why, in sentences without names or addresses.
    pub kept: Vec<String>,
}

/// Values for inactive things; text in the plan's `texts`.
#[derive(Debug, Default)]
pub struct OldValues {
    /// Schools.
    pub schools: Vec<Numbered<School>>,
    /// Classes.
    pub classes: Vec<Numbered<Class>>,
    /// Teachers.
    pub teachers: Vec<Numbered<Person>>,
    /// Students.
    pub students: Vec<Numbered<Student>>,
}

/// Numbers and links with the run that had changed them before.
#[derive(Debug, Default)]
pub struct ChangedRuns {
    /// Schools.
    pub schools: Vec<(u32, RunNumber)>,
    /// Classes.
    pub classes: Vec<(u32, RunNumber)>,
    /// Teachers.
    pub teachers: Vec<(u32, RunNumber)>,
    /// Students.
    pub students: Vec<(u32, RunNumber)>,
    /// Teachings.
    pub teachings: Vec<(Link, RunNumber)>,
    /// Enrollments.
    pub enrollments: Vec<(Link, RunNumber)>,
}

impl Undo {
    /// How many things are taken back.
    pub fn restored(&self) -> Counts {
        let counts = self.plan.counts();
        counts.update + counts.deactivate + counts.reactivate
    }
}
