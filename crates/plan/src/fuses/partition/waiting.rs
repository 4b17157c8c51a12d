//! Which changes of a plan wait, and what for.

use hashbrown::{HashMap, HashSet};
use homeroom_model::PerKind;
use homeroom_model::entity::{ClassNumber, Entity, EntityRef, SchoolNumber, StudentNumber};
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::{Changes, Plan};

use crate::fuses::places::Places;

/// What a change waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::fuses) enum WaitsFor {
    /// A decision about this school, or about what belongs to none.
    Decision(Option<SchoolNumber>),
    /// The end of a range in which only additions are made; nobody decides.
    EndOfRange,
}

/// The changes of one kind of entity that wait.
#[derive(Default)]
pub(super) struct WaitingChanges {
    /// Removals.
    pub(super) removals: HashMap<EntityRef, WaitsFor>,
    /// Creations and reactivations, and new keys of people: with them waits every change of their links.
    pub(super) arrivals: HashMap<EntityRef, WaitsFor>,
    /// Changed values, and new keys of classes and schools; links do not wait for them.
    pub(super) updates: HashMap<EntityRef, WaitsFor>,
}

impl WaitingChanges {
    pub(super) fn is_empty(&self) -> bool {
        self.removals.is_empty() && self.arrivals.is_empty() && self.updates.is_empty()
    }

    pub(super) fn count(&self) -> usize {
        self.removals.len() + self.arrivals.len() + self.updates.len()
    }
}

/// Where the decision about a waiting change is made.
pub(super) struct Decisions<'p> {
    pub(super) places: &'p Places,
    /// Schools whose held part has been released: nothing waits for them.
    released: HashSet<Option<SchoolNumber>>,
}

impl Decisions<'_> {
    /// The decision about something of this school; `None` when it has been made.
    pub(super) fn about(&self, school: Option<SchoolNumber>) -> Option<WaitsFor> {
        (!self.released.contains(&school)).then_some(WaitsFor::Decision(school))
    }

    /// What an entity of this school waits for when it waits together with another one: the decision about its own school, unless
    /// that has been made.
    pub(super) fn together(&self, other: WaitsFor, school: Option<SchoolNumber>) -> WaitsFor {
        match other {
            WaitsFor::Decision(_) => self.about(school).unwrap_or(other),
            WaitsFor::EndOfRange => other,
        }
    }
}

/// Which changes of a plan wait.
pub(in crate::fuses) struct Partition<'p> {
    pub(super) decisions: Decisions<'p>,
    pub(super) waiting: PerKind<WaitingChanges>,
    /// Schools in which every removal waits.
    pub(super) all_removals: HashMap<Option<SchoolNumber>, WaitsFor>,
    /// Classes of which every change of teachers and of students waits: what is wrong with a class's teachers is wrong with its
    /// students, too.
    pub(super) turned_over: HashMap<ClassNumber, WaitsFor>,
    /// Classes to which a teacher comes who waits: until then nobody stops teaching them.
    pub(super) awaiting_teachers: HashMap<ClassNumber, WaitsFor>,
    /// People who wait for a class: until then they stay in theirs.
    pub(super) awaiting_classes: HashMap<EntityRef, WaitsFor>,
    /// Removals wait in all schools, until the end of a range.
    pub(super) until_range_ends: bool,
    /// The whole plan waits.
    pub(super) everything: bool,
}

impl<'p> Partition<'p> {
    /// Nothing waits yet, and nothing will wait for the released schools.
    pub(in crate::fuses) fn new(places: &'p Places, released: HashSet<Option<SchoolNumber>>) -> Self {
        Partition {
            decisions: Decisions { places, released },
            waiting: PerKind::default(),
            all_removals: HashMap::new(),
            turned_over: HashMap::new(),
            awaiting_teachers: HashMap::new(),
            awaiting_classes: HashMap::new(),
            until_range_ends: false,
            everything: false,
        }
    }

    /// Whether nothing waits.
    pub(in crate::fuses) fn is_empty(&self) -> bool {
        !self.until_range_ends
            && !self.everything
            && self.all_removals.is_empty()
            && self.turned_over.is_empty()
            && self.waiting.iter().all(|(_, waiting)| waiting.is_empty())
    }

    /// Makes every removal wait for the end of a range.
    pub(in crate::fuses) fn defer_removals(&mut self) {
        self.until_range_ends = true;
    }

    /// Makes every removal in this school wait for the end of a range.
    pub(in crate::fuses) fn defer_removals_in(&mut self, school: Option<SchoolNumber>) {
        self.all_removals.insert(school, WaitsFor::EndOfRange);
    }

    /// Holds the whole plan.
    pub(in crate::fuses) fn hold_everything(&mut self, plan: &Plan) {
        self.everything = true;
        self.hold_all(&plan.schools);
        self.hold_all(&plan.classes);
        self.hold_all(&plan.teachers);
        self.hold_all(&plan.students);
    }

    fn hold_all<V: Entity>(&mut self, changes: &Changes<V>) {
        self.hold_those(changes, |_| true);
    }

    /// Holds everything that would change in a school.
    pub(in crate::fuses) fn hold_school(&mut self, plan: &Plan, school: SchoolNumber) {
        let places = self.decisions.places;
        let is_here = |entity: EntityRef| places.of(entity) == Some(school);
        self.hold_those(&plan.schools, |entity| entity == school.into());
        self.hold_those(&plan.classes, is_here);
        self.hold_those(&plan.teachers, is_here);
        self.hold_those(&plan.students, is_here);
        let taught = plan.teachings.beginning().map(|link| link.class);
        let joined = plan.enrollments.beginning().map(|link| link.class);
        for class in taught.chain(joined).filter(|class| is_here((*class).into())) {
            self.hold_turnover(class);
        }
    }

    fn hold_those<V: Entity>(&mut self, changes: &Changes<V>, concerns: impl Fn(EntityRef) -> bool) {
        let holds = |number: &V::Number| concerns((*number).into());
        let arrivals = changes.arriving().map(|new| new.number);
        arrivals.filter(holds).for_each(|number| self.hold_arrival(number));
        changes.rekey.iter().map(|new| new.number).filter(holds).for_each(|number| self.hold_rekey(number));
        changes.update.iter().map(|new| new.number).filter(holds).for_each(|number| self.hold_update(number));
        changes.deactivate.iter().copied().filter(holds).for_each(|number| self.hold_removal(number));
    }

    /// Holds every removal in a school.
    pub(in crate::fuses) fn hold_removals(&mut self, school: Option<SchoolNumber>) {
        if let Some(waits) = self.decisions.about(school) {
            self.all_removals.entry(school).or_insert(waits);
        }
    }

    /// Whether every removal in a school waits.
    pub(in crate::fuses) fn removals_wait(&self, school: Option<SchoolNumber>) -> bool {
        self.until_range_ends || self.all_removals.contains_key(&school)
    }

    /// Holds every change of a class's teachers and students.
    pub(in crate::fuses) fn hold_turnover(&mut self, class: ClassNumber) {
        if let Some(waits) = self.decision_about(class) {
            self.turned_over.insert(class, waits);
        }
    }

    /// Holds a creation or reactivation.
    pub(in crate::fuses) fn hold_arrival(&mut self, entity: impl Into<EntityRef>) {
        let entity = entity.into();
        if let Some(waits) = self.decision_about(entity) {
            self.waiting.get_mut(entity.kind).arrivals.insert(entity, waits);
        }
    }

    /// Holds a new key.
    pub(in crate::fuses) fn hold_rekey(&mut self, entity: impl Into<EntityRef>) {
        let entity = entity.into();
        match entity.kind {
            EntityKind::School | EntityKind::Class => self.hold_update(entity),
            EntityKind::Teacher | EntityKind::Student => self.hold_arrival(entity),
        }
    }

    /// Holds a removal.
    pub(in crate::fuses) fn hold_removal(&mut self, entity: impl Into<EntityRef>) {
        let entity = entity.into();
        if let Some(waits) = self.decision_about(entity) {
            self.waiting.get_mut(entity.kind).removals.insert(entity, waits);
        }
    }

    /// Holds new values.
    pub(in crate::fuses) fn hold_update(&mut self, entity: impl Into<EntityRef>) {
        let entity = entity.into();
        if let Some(waits) = self.decision_about(entity) {
            self.waiting.get_mut(entity.kind).updates.insert(entity, waits);
        }
    }

    /// Holds everything about a person, also their classes: a key that stands with someone else may bring another's classes with it.
    pub(in crate::fuses) fn hold_person(&mut self, person: EntityRef) {
        self.hold_update(person);
        self.hold_rekey(person);
        self.hold_removal(person);
    }

    /// Whether a student's creation or reactivation waits.
    pub(in crate::fuses) fn arrival_waits(&self, student: StudentNumber) -> bool {
        self.waiting.students.arrivals.contains_key(&EntityRef::from(student))
    }

    /// Whether a student's removal waits.
    pub(in crate::fuses) fn removal_waits(&self, student: StudentNumber) -> bool {
        self.waiting.students.removals.contains_key(&EntityRef::from(student))
    }

    fn decision_about(&self, entity: impl Into<EntityRef>) -> Option<WaitsFor> {
        self.decisions.about(self.decisions.places.of(entity))
    }
}
