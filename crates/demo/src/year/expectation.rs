//! What a run has to come to, and how it is compared with what it came to.

use std::collections::BTreeSet;

use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::fuse::Fuse;
use homeroom_model::run::{Run, RunState};
use serde::Serialize;

use super::day_file::{DayFile, Thing};
use super::ledger::{Change, Ledger, Step, counts_of};

/// What a run comes to: the same of what is expected and of what happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Outcome {
    pub(super) state: RunState,
    /// All that the file asks for.
    pub(super) plan: PlanCounts,
    /// The part of it that waits.
    pub(super) held: PlanCounts,
    /// Why it waits.
    pub(super) fuses: BTreeSet<&'static str>,
    /// Active students after what the run applies at once.
    pub(super) active_students: u64,
}

impl Outcome {
    /// What a run came to.
    pub(super) fn of(run: &Run) -> Outcome {
        let held = run.report.held.clone().unwrap_or_default();
        Outcome {
            state: run.state,
            plan: run.report.plan.unwrap_or_default(),
            held: held.counts,
            fuses: held.fuses.iter().map(|blown| blown.fuse.as_str()).collect(),
            active_students: run.report.seats.as_ref().map_or(0, |seats| seats.after),
        }
    }

    /// Where something else happened than was expected, in words.
    pub(super) fn differences(&self, happened: &Outcome) -> Vec<String> {
        let mut differences = Vec::new();
        let mut compare = |what: &str, expected: String, happened: String| {
            if expected != happened {
                differences.push(format!("{what}: expected {expected}, but it is {happened}"));
            }
        };
        compare("state", self.state.to_string(), happened.state.to_string());
        compare("fuses", format!("{:?}", self.fuses), format!("{:?}", happened.fuses));
        compare("active students", self.active_students.to_string(), happened.active_students.to_string());
        for (part, expected, happened) in
            [("plan", &self.plan, &happened.plan), ("held", &self.held, &happened.held)]
        {
            for ((change, expected), (_, happened)) in
                by_change(expected).into_iter().zip(by_change(happened))
            {
                for ((kind, expected), (_, happened)) in expected.named().into_iter().zip(happened.named()) {
                    compare(&format!("{part}, {change} {kind}"), expected.to_string(), happened.to_string());
                }
            }
        }
        differences
    }
}

/// The counts of a plan with their words.
pub(super) fn by_change(plan: &PlanCounts) -> [(&'static str, Counts); 6] {
    [
        ("new", plan.create),
        ("changed", plan.update),
        ("removed", plan.deactivate),
        ("back", plan.reactivate),
        ("under new keys", plan.rekey),
        ("unchanged", plan.unchanged),
    ]
}

/// What is expected of a run, and which of its steps it makes at once.
pub(super) struct Expectation {
    pub(super) outcome: Outcome,
    pub(super) at_once: Vec<Step>,
    pub(super) waiting: Vec<Step>,
}

impl Expectation {
    /// Of a file that is the one applied last.
    pub(super) fn unchanged(ledger: &Ledger) -> Expectation {
        let unchanged = ledger.active();
        Expectation {
            outcome: Outcome {
                state: RunState::Unchanged,
                plan: PlanCounts { unchanged, ..PlanCounts::default() },
                held: PlanCounts::default(),
                fuses: BTreeSet::new(),
                active_students: unchanged.students,
            },
            at_once: vec![],
            waiting: vec![],
        }
    }

    /// Of a file that differs from what is stored, on a day on which these fuses blow.
    pub(super) fn of(ledger: &Ledger, file: &DayFile, day: &Day) -> Expectation {
        let steps = ledger.plan(file);
        let before = ledger.active();
        let surplus = if day.fuses.contains(&Fuse::Seats) {
            surplus(&steps, before.students, day.seats)
        } else {
            BTreeSet::new()
        };
        let waits = |step: &Step| day.fuses.iter().any(|fuse| holds(*fuse, step, file, &surplus));
        let (waiting, at_once) = steps.iter().copied().partition::<Vec<_>, _>(waits);
        let plan = counts_of(steps.iter());
        let unchanged = before - plan.update - plan.deactivate - plan.rekey;
        let made = counts_of(at_once.iter());
        let state = match (day.paused, day.fuses.is_empty()) {
            (true, _) => RunState::Tested,
            (false, false) => RunState::Held,
            (false, true) => RunState::Applied,
        };
        Expectation {
            outcome: Outcome {
                state,
                plan: PlanCounts { unchanged, ..plan },
                held: counts_of(waiting.iter()),
                fuses: day.fuses.iter().map(|fuse| fuse.as_str()).collect(),
                active_students: before.students + made.create.students + made.reactivate.students
                    - made.deactivate.students,
            },
            at_once,
            waiting,
        }
    }
}

/// What of a day decides how a plan is split.
pub(super) struct Day {
    /// The fuses that blow.
    pub(super) fuses: &'static [Fuse],
    /// Whether the calendar says that nothing is applied.
    pub(super) paused: bool,
    /// Seats of the licence.
    pub(super) seats: u64,
}

/// Whether a blown fuse makes a step wait.
fn holds(fuse: Fuse, step: &Step, file: &DayFile, surplus: &BTreeSet<usize>) -> bool {
    match fuse {
        // On days on which the fuse of one school blows nothing else is removed, so these hold the same.
        Fuse::District | Fuse::Shrink | Fuse::School => step.change == Change::Deactivate,
        Fuse::Class => matches!(step.thing, Thing::Enrollment { class, .. } if Some(class) == file.reused),
        Fuse::Identity => step.change == Change::Rekey,
        Fuse::Update => {
            step.change == Change::Update && matches!(step.thing, Thing::Teacher(_) | Thing::Student(_))
        }
        Fuse::Seats => match step.thing {
            Thing::Student(student) | Thing::Enrollment { student, .. } => surplus.contains(&student),
            _ => false,
        },
    }
}

/// Those for whom no seat is left: of the new students the ones with the highest numbers, which the SIS gave last.
fn surplus(steps: &[Step], before: u64, seats: u64) -> BTreeSet<usize> {
    let free = usize::try_from(seats.saturating_sub(before)).unwrap_or(usize::MAX);
    let new = steps.iter().filter(|step| step.change == Change::Create);
    let new = new.filter_map(|step| if let Thing::Student(at) = step.thing { Some(at) } else { None });
    new.collect::<BTreeSet<_>>().into_iter().skip(free).collect()
}
