//! What a run must result in, and how that is compared with its actual result.

use std::collections::BTreeSet;

use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::fuse::Fuse;
use homeroom_model::run::{Run, RunState};
use serde::Serialize;

use super::day_file::{DayFile, Entity};
use super::expected_roster::{Change, ExpectedChange, ExpectedRoster, counts_of};

/// The result of a run, expected or actual.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Outcome {
    pub(super) state: RunState,
    /// All that the file asks for.
    pub(super) plan: PlanCounts,
    /// The part of it that is held.
    pub(super) held: PlanCounts,
    /// The blown fuses.
    pub(super) fuses: BTreeSet<&'static str>,
    /// Active students after the part that is applied at once.
    pub(super) active_students: u64,
}

impl Outcome {
    /// The actual outcome of a run.
    pub(super) fn of_run(run: &Run) -> Outcome {
        let held = run.report.held.clone().unwrap_or_default();
        Outcome {
            state: run.state,
            plan: run.report.plan.unwrap_or_default(),
            held: held.counts,
            fuses: held.fuses.iter().map(|blown| blown.fuse.as_str()).collect(),
            active_students: run.report.seats.as_ref().map_or(0, |seats| seats.after),
        }
    }

    /// The differences to the actual outcome, in words.
    pub(super) fn differences(&self, actual: &Outcome) -> Vec<String> {
        let mut differences = Vec::new();
        let mut compare = |name: &str, expected: String, actual: String| {
            if expected != actual {
                differences.push(format!("{name}: expected {expected}, but it is {actual}"));
            }
        };
        compare("state", self.state.to_string(), actual.state.to_string());
        compare("fuses", format!("{:?}", self.fuses), format!("{:?}", actual.fuses));
        compare("active students", self.active_students.to_string(), actual.active_students.to_string());
        for (part, expected, actual) in
            [("plan", &self.plan, &actual.plan), ("held", &self.held, &actual.held)]
        {
            for ((change, expected), (_, actual)) in by_change(expected).into_iter().zip(by_change(actual)) {
                for ((kind, expected), (_, actual)) in
                    expected.with_names().into_iter().zip(actual.with_names())
                {
                    compare(&format!("{part}, {change} {kind}"), expected.to_string(), actual.to_string());
                }
            }
        }
        differences
    }
}

/// The counts of a plan, with a word for each kind of change.
pub(super) fn by_change(plan: &PlanCounts) -> [(&'static str, Counts); 6] {
    [
        ("new", plan.create),
        ("changed", plan.update),
        ("removed", plan.deactivate),
        ("returned", plan.reactivate),
        ("under new keys", plan.rekey),
        ("unchanged", plan.unchanged),
    ]
}

/// The expected outcome of a run, and which changes it must apply at once or hold.
pub(super) struct Expectation {
    pub(super) outcome: Outcome,
    pub(super) applied: Vec<ExpectedChange>,
    pub(super) held: Vec<ExpectedChange>,
}

impl Expectation {
    /// For the same file as the one applied last.
    pub(super) fn unchanged(stored: &ExpectedRoster) -> Expectation {
        let unchanged = stored.active();
        Expectation {
            outcome: Outcome {
                state: RunState::Unchanged,
                plan: PlanCounts { unchanged, ..PlanCounts::default() },
                held: PlanCounts::default(),
                fuses: BTreeSet::new(),
                active_students: unchanged.students,
            },
            applied: vec![],
            held: vec![],
        }
    }

    /// For a file that differs from the stored roster.
    pub(super) fn for_file(stored: &ExpectedRoster, file: &DayFile, day: &Day) -> Expectation {
        let changes = stored.plan(file);
        let before = stored.active();
        let without_seat = if day.fuses.contains(&Fuse::Seats) {
            students_without_seat(&changes, before.students, day.seats)
        } else {
            BTreeSet::new()
        };
        let is_held =
            |change: &ExpectedChange| day.fuses.iter().any(|fuse| holds(*fuse, change, file, &without_seat));
        let (held, applied) = changes.iter().copied().partition::<Vec<_>, _>(is_held);
        let plan = counts_of(changes.iter());
        let unchanged = before - plan.update - plan.deactivate - plan.rekey;
        let at_once = counts_of(applied.iter());
        let state = match (day.paused, day.fuses.is_empty()) {
            (true, _) => RunState::Tested,
            (false, false) => RunState::Held,
            (false, true) => RunState::Applied,
        };
        Expectation {
            outcome: Outcome {
                state,
                plan: PlanCounts { unchanged, ..plan },
                held: counts_of(held.iter()),
                fuses: day.fuses.iter().map(|fuse| fuse.as_str()).collect(),
                active_students: before.students + at_once.create.students + at_once.reactivate.students
                    - at_once.deactivate.students,
            },
            applied,
            held,
        }
    }
}

/// What decides how a plan is split on a day.
pub(super) struct Day {
    /// The fuses that must blow.
    pub(super) fuses: &'static [Fuse],
    /// Whether the calendar pauses the district.
    pub(super) paused: bool,
    /// Seats of the licence.
    pub(super) seats: u64,
}

/// Whether a blown fuse holds a change.
fn holds(fuse: Fuse, change: &ExpectedChange, file: &DayFile, without_seat: &BTreeSet<usize>) -> bool {
    match fuse {
        // On days on which a school's fuse blows, nothing is removed elsewhere, so these three hold the same.
        Fuse::District | Fuse::Shrink | Fuse::School => change.change == Change::Deactivate,
        Fuse::Class => {
            matches!(change.entity, Entity::Enrollment { class, .. } if Some(class) == file.reused)
        }
        Fuse::Identity => change.change == Change::Rekey,
        Fuse::File => true,
        // No night of the year has more of these than is ordinary.
        Fuse::Reach | Fuse::Keys | Fuse::Blank | Fuse::Column => false,
        Fuse::Update => {
            change.change == Change::Update
                && matches!(change.entity, Entity::Teacher(_) | Entity::Student(_))
        }
        Fuse::Seats => match change.entity {
            Entity::Student(student) | Entity::Enrollment { student, .. } => without_seat.contains(&student),
            _ => false,
        },
    }
}

/// The new students for whom no seat is left: the ones with the highest SIS ids, which were assigned last.
fn students_without_seat(changes: &[ExpectedChange], before: u64, seats: u64) -> BTreeSet<usize> {
    let free = usize::try_from(seats.saturating_sub(before)).unwrap_or(usize::MAX);
    let new = changes.iter().filter(|change| change.change == Change::Create);
    let new = new.filter_map(|change| if let Entity::Student(at) = change.entity { Some(at) } else { None });
    new.collect::<BTreeSet<_>>().into_iter().skip(free).collect()
}
