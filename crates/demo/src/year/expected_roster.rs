//! What Homeroom must have stored, as the simulation knows it: a plan must be the difference between this and a file.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use homeroom_model::counts::{Counts, PlanCounts};

use super::day_file::{DayFile, Entity, Row};
use super::upload::Upload;

/// Everything that was ever in the roster.
#[derive(Clone, Default)]
pub(super) struct ExpectedRoster {
    entities: BTreeMap<Entity, Stored>,
    /// The upload whose content the roster has; `None` when something else has changed the roster since.
    pub(super) applied_file: Option<Rc<Upload>>,
}

#[derive(Clone)]
struct Stored {
    cells: Vec<String>,
    active: bool,
}

/// What a plan does with an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Create,
    Update,
    Deactivate,
    Reactivate,
    Rekey,
}

/// One change of an expected plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ExpectedChange {
    pub(super) entity: Entity,
    pub(super) change: Change,
}

impl ExpectedRoster {
    /// The changes from this roster to the one in the file.
    pub(super) fn plan(&self, file: &DayFile) -> Vec<ExpectedChange> {
        let wanted = file.entities();
        let mut changes = Vec::new();
        for (entity, cells) in &wanted {
            let change = match self.entities.get(entity) {
                None => Change::Create,
                Some(known) if !known.active => Change::Reactivate,
                Some(known) if known.cells == *cells => continue,
                Some(known) if known.cells[0] == cells[0] => Change::Update,
                Some(_) => Change::Rekey,
            };
            changes.push(ExpectedChange { entity: *entity, change });
        }
        let protected =
            file.cut_off.iter().flat_map(|(row, _)| self.protected_by(row)).collect::<BTreeSet<_>>();
        let missing = self
            .active_entities()
            .filter(|entity| !wanted.contains_key(entity) && !protected.contains(entity));
        changes.extend(missing.map(|entity| ExpectedChange { entity, change: Change::Deactivate }));
        changes
    }

    /// What a truncated row protects from removal: everything it names, with all of their links.
    fn protected_by(&self, row: &Row) -> BTreeSet<Entity> {
        let mut protected = BTreeSet::from([
            Entity::Class(row.class),
            Entity::Teacher(row.teacher),
            Entity::Student(row.student),
        ]);
        for link in self.active_entities() {
            let (class, person) = match link {
                Entity::Teaching { class, teacher } => (class, Entity::Teacher(teacher)),
                Entity::Enrollment { class, student } => (class, Entity::Student(student)),
                _ => continue,
            };
            if class == row.class
                || [Entity::Teacher(row.teacher), Entity::Student(row.student)].contains(&person)
            {
                protected.extend([link, Entity::Class(class), person]);
            }
        }
        protected
    }

    fn active_entities(&self) -> impl Iterator<Item = Entity> {
        self.entities.iter().filter(|(_, stored)| stored.active).map(|(entity, _)| *entity)
    }

    /// Applies changes from a plan for this file.
    pub(super) fn apply(&mut self, changes: &[ExpectedChange], file: &DayFile) {
        for ExpectedChange { entity, change } in changes {
            if *change == Change::Deactivate {
                self.entities.entry(*entity).and_modify(|stored| stored.active = false);
            } else {
                let cells = file.cells.get(entity).cloned().unwrap_or_default();
                self.entities.insert(*entity, Stored { cells, active: true });
            }
        }
    }

    /// How many entities of each kind are active.
    pub(super) fn active(&self) -> Counts {
        count(self.active_entities())
    }

    /// How many students were ever in the roster.
    pub(super) fn students_ever(&self) -> usize {
        self.entities.keys().filter(|entity| matches!(entity, Entity::Student(_))).count()
    }
}

/// The counts of some changes, as in a run's JSON; `unchanged` is left at 0.
pub(super) fn counts_of<'c>(changes: impl Iterator<Item = &'c ExpectedChange> + Clone) -> PlanCounts {
    let of = |kind| count(changes.clone().filter(|change| change.change == kind).map(|change| change.entity));
    PlanCounts {
        create: of(Change::Create),
        update: of(Change::Update),
        deactivate: of(Change::Deactivate),
        reactivate: of(Change::Reactivate),
        rekey: of(Change::Rekey),
        unchanged: Counts::default(),
    }
}

fn count(entities: impl Iterator<Item = Entity>) -> Counts {
    let mut counts = Counts::default();
    for entity in entities {
        *match entity {
            Entity::School(_) => &mut counts.schools,
            Entity::Class(_) => &mut counts.classes,
            Entity::Teacher(_) => &mut counts.teachers,
            Entity::Student(_) => &mut counts.students,
            Entity::Teaching { .. } => &mut counts.teachings,
            Entity::Enrollment { .. } => &mut counts.enrollments,
        } += 1;
    }
    counts
}
