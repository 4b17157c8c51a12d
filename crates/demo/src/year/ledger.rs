//! What Homeroom must have stored, kept by the simulation itself: a plan is the difference between this and a file, by who is
//! really who.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use homeroom_model::counts::{Counts, PlanCounts};

use super::day_file::{DayFile, Row, Thing};
use super::upload::Upload;

/// Everything that ever was in the roster.
#[derive(Clone, Default)]
pub(super) struct Ledger {
    things: BTreeMap<Thing, Entry>,
    /// The upload that the roster is exactly, as it was applied; `None` when something else has changed it since.
    pub(super) applied_file: Option<Rc<Upload>>,
}

#[derive(Clone)]
struct Entry {
    cells: Vec<String>,
    active: bool,
}

/// What a plan does with a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Create,
    Update,
    Deactivate,
    Reactivate,
    Rekey,
}

/// One change of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) thing: Thing,
    pub(super) change: Change,
}

impl Ledger {
    /// The steps from here to what the file says.
    pub(super) fn plan(&self, file: &DayFile) -> Vec<Step> {
        let says = file.says();
        let mut steps = Vec::new();
        for (thing, cells) in &says {
            let change = match self.things.get(thing) {
                None => Change::Create,
                Some(known) if !known.active => Change::Reactivate,
                Some(known) if known.cells == *cells => continue,
                Some(known) if known.cells[0] == cells[0] => Change::Update,
                Some(_) => Change::Rekey,
            };
            steps.push(Step { thing: *thing, change });
        }
        let kept = file.cut_off.iter().flat_map(|(row, _)| self.kept_by(row)).collect::<BTreeSet<_>>();
        let gone = self.active_things().filter(|thing| !says.contains_key(thing) && !kept.contains(thing));
        steps.extend(gone.map(|thing| Step { thing, change: Change::Deactivate }));
        steps
    }

    /// What a row whose end is missing keeps from removal: whatever it names, with every link of its own.
    fn kept_by(&self, row: &Row) -> BTreeSet<Thing> {
        let mut kept = BTreeSet::from([
            Thing::Class(row.class),
            Thing::Teacher(row.teacher),
            Thing::Student(row.student),
        ]);
        for link in self.active_things() {
            let (class, person) = match link {
                Thing::Teaching { class, teacher } => (class, Thing::Teacher(teacher)),
                Thing::Enrollment { class, student } => (class, Thing::Student(student)),
                _ => continue,
            };
            if class == row.class
                || [Thing::Teacher(row.teacher), Thing::Student(row.student)].contains(&person)
            {
                kept.extend([link, Thing::Class(class), person]);
            }
        }
        kept
    }

    fn active_things(&self) -> impl Iterator<Item = Thing> {
        self.things.iter().filter(|(_, entry)| entry.active).map(|(thing, _)| *thing)
    }

    /// Notes that these steps towards the file were made.
    pub(super) fn make(&mut self, steps: &[Step], file: &DayFile) {
        for Step { thing, change } in steps {
            if *change == Change::Deactivate {
                self.things.entry(*thing).and_modify(|entry| entry.active = false);
            } else {
                let cells = file.cells.get(thing).cloned().unwrap_or_default();
                self.things.insert(*thing, Entry { cells, active: true });
            }
        }
    }

    /// How much of everything is active.
    pub(super) fn active(&self) -> Counts {
        count(self.active_things())
    }

    /// Students who ever came.
    pub(super) fn students_ever(&self) -> usize {
        self.things.keys().filter(|thing| matches!(thing, Thing::Student(_))).count()
    }
}

/// How much some steps are, in the shape of a run's JSON, without what stays.
pub(super) fn counts_of<'s>(steps: impl Iterator<Item = &'s Step> + Clone) -> PlanCounts {
    let of = |change| count(steps.clone().filter(|step| step.change == change).map(|step| step.thing));
    PlanCounts {
        create: of(Change::Create),
        update: of(Change::Update),
        deactivate: of(Change::Deactivate),
        reactivate: of(Change::Reactivate),
        rekey: of(Change::Rekey),
        unchanged: Counts::default(),
    }
}

fn count(things: impl Iterator<Item = Thing>) -> Counts {
    let mut counts = Counts::default();
    for thing in things {
        *match thing {
            Thing::School(_) => &mut counts.schools,
            Thing::Class(_) => &mut counts.classes,
            Thing::Teacher(_) => &mut counts.teachers,
            Thing::Student(_) => &mut counts.students,
            Thing::Teaching { .. } => &mut counts.teachings,
            Thing::Enrollment { .. } => &mut counts.enrollments,
        } += 1;
    }
    counts
}
