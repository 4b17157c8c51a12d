//! Counts of each kind of row, and of each kind of change.

use std::iter::Sum;
use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

use crate::ids::EntityKind;
use crate::per_kind::PerKind;

/// A number for each of the six kinds of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Schools.
    pub schools: u64,
    /// Classes.
    pub classes: u64,
    /// Teachers.
    pub teachers: u64,
    /// Students.
    pub students: u64,
    /// Teacher-class pairs.
    pub teachings: u64,
    /// Student-class pairs.
    pub enrollments: u64,
}

impl Counts {
    /// The six numbers with their names, in the order in which they are shown.
    pub fn with_names(&self) -> [(&'static str, u64); 6] {
        [
            ("schools", self.schools),
            ("classes", self.classes),
            ("teachers", self.teachers),
            ("students", self.students),
            ("teachings", self.teachings),
            ("enrollments", self.enrollments),
        ]
    }

    /// The sum of all six.
    pub fn total(&self) -> u64 {
        self.with_names().iter().map(|(_, count)| count).sum()
    }

    /// The count of a kind.
    pub fn get(&self, kind: EntityKind) -> u64 {
        let Counts { schools, classes, teachers, students, .. } = *self;
        PerKind { schools, classes, teachers, students }.into_value(kind)
    }

    /// The count of a kind, to change it.
    pub fn get_mut(&mut self, kind: EntityKind) -> &mut u64 {
        let Counts { schools, classes, teachers, students, .. } = self;
        PerKind { schools, classes, teachers, students }.into_value(kind)
    }

    fn join(self, other: Counts, join: fn(u64, u64) -> u64) -> Counts {
        Counts {
            schools: join(self.schools, other.schools),
            classes: join(self.classes, other.classes),
            teachers: join(self.teachers, other.teachers),
            students: join(self.students, other.students),
            teachings: join(self.teachings, other.teachings),
            enrollments: join(self.enrollments, other.enrollments),
        }
    }
}

impl Add for Counts {
    type Output = Counts;

    fn add(self, other: Counts) -> Counts {
        self.join(other, u64::add)
    }
}

impl Sub for Counts {
    type Output = Counts;

    fn sub(self, other: Counts) -> Counts {
        self.join(other, u64::saturating_sub)
    }
}

/// How much a plan changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlanCounts {
    /// New.
    pub create: Counts,
    /// Changed values.
    pub update: Counts,
    /// Deactivated or ended.
    pub deactivate: Counts,
    /// Active again.
    pub reactivate: Counts,
    /// New keys for known entities.
    pub rekey: Counts,
    /// Not changed.
    pub unchanged: Counts,
}

impl Sum for PlanCounts {
    fn sum<I: Iterator<Item = PlanCounts>>(all: I) -> PlanCounts {
        all.fold(PlanCounts::default(), |sum, counts| PlanCounts {
            create: sum.create + counts.create,
            update: sum.update + counts.update,
            deactivate: sum.deactivate + counts.deactivate,
            reactivate: sum.reactivate + counts.reactivate,
            rekey: sum.rekey + counts.rekey,
            unchanged: sum.unchanged + counts.unchanged,
        })
    }
}

impl PlanCounts {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.changes().total() == 0
    }

    /// Everything that changes, by kind.
    pub fn changes(&self) -> Counts {
        self.create + self.update + self.deactivate + self.reactivate + self.rekey
    }
}
