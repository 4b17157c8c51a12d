//! What each fuse sees: the plan, the stored roster, and the limits of the day.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use homeroom_model::calendar::Allowed;
use homeroom_model::entity::{ByNumber, ClassNumber, EntityRef, SchoolNumber, StudentNumber};
use homeroom_model::plan::{Changes, Numbered, Plan};
use homeroom_model::policy::Limit;
use homeroom_model::roster::{Person, Student};
use homeroom_model::stored::{StoredRoster, active_links_of_class};

use super::limits::{Limits, PolicyToday};
use super::past::GoneLately;
use super::places::{Places, SchoolNames, all_schools};
use crate::roster_person::RosterPerson;

/// The most examples that a fuse gives of what it holds.
pub(super) const MAX_EXAMPLES: usize = 10;

/// What each fuse sees.
pub(super) struct FuseContext<'c> {
    pub(super) plan: &'c Plan,
    pub(super) stored: &'c StoredRoster,
    pub(super) places: &'c Places,
    pub(super) names: &'c SchoolNames<'c>,
    pub(super) limits: &'c Limits,
    pub(super) rules: PolicyToday<'c>,
    pub(super) gone_lately: GoneLately,
}

/// How many entities one limit applies to, and how many of them a fuse counts.
pub(super) struct Measured {
    pub(super) limit: Limit,
    pub(super) count: u64,
    pub(super) of: u64,
}

impl FuseContext<'_> {
    /// "Ann Lee (ann@x.org)", as stored.
    pub(super) fn describe(&self, entity: EntityRef) -> String {
        let found = self.stored.key_and_name(entity);
        found.map_or_else(String::new, |(key, name)| format!("{name} ({key})"))
    }

    /// "Ann Lee (ann@x.org)", of someone who comes.
    pub(super) fn describe_new(&self, entity: EntityRef) -> String {
        fn find<V: RosterPerson>(changes: &Changes<V>, entity: EntityRef) -> Option<&Person> {
            changes.arriving().find(|new| entity == new.number.into()).map(|new| new.values.person())
        }
        let person = find(&self.plan.teachers, entity).or_else(|| find(&self.plan.students, entity));
        person.map_or_else(String::new, |person| {
            format!("{} ({})", person.full_name(&self.plan.texts), self.plan.texts.get(person.key()))
        })
    }

    /// The first of these entities, described.
    pub(super) fn examples<E: Into<EntityRef>>(&self, entities: impl IntoIterator<Item = E>) -> Vec<String> {
        entities.into_iter().take(MAX_EXAMPLES).map(|entity| self.describe(entity.into())).collect()
    }

    /// All schools, stored and new, and `None` for what belongs to none.
    pub(super) fn schools(&self) -> impl Iterator<Item = Option<SchoolNumber>> {
        all_schools(self.stored, self.plan)
    }

    /// Whether nothing is stored yet, so that nothing can be lost, and nobody gained.
    pub(super) fn is_first_load(&self) -> bool {
        self.stored.schools.is_empty() && self.stored.teachers.is_empty() && self.stored.students.is_empty()
    }

    /// Whether a class was there before this plan. In a first load and a new school year nearly all are new.
    pub(super) fn is_stored(&self, class: ClassNumber) -> bool {
        self.stored.classes.last().is_some_and(|last| class <= last.number)
    }

    /// The students of a class today.
    pub(super) fn students_of(&self, class: ClassNumber) -> impl Iterator<Item = StudentNumber> {
        active_links_of_class(&self.stored.enrollments, class).map(|link| link.link.person)
    }

    /// Students who stay, in the grade before theirs.
    pub(super) fn students_going_back(&self) -> impl Iterator<Item = StudentNumber> {
        let students = &self.plan.students;
        let goes_back = |new: &&Numbered<Student>| {
            let old = self.stored.students.by_number(new.number).and_then(|old| old.values.grade);
            old.zip(new.values.grade).is_some_and(|(old, new)| old.follows(new))
        };
        students.update.iter().chain(&students.rekey).filter(goes_back).map(|student| student.number)
    }

    /// Students who stay, in the grade after theirs.
    pub(super) fn students_moving_up(&self) -> impl Iterator<Item = StudentNumber> {
        let students = &self.plan.students;
        let moves_up = |new: &&Numbered<Student>| {
            let old = self.stored.students.by_number(new.number).and_then(|old| old.values.grade);
            old.zip(new.values.grade).is_some_and(|(old, new)| new.follows(old))
        };
        students.update.iter().chain(&students.rekey).filter(moves_up).map(|student| student.number)
    }

    /// Counts entities by the limit that applies in their school: all of them, and those affected. Where a window allows
    /// another share in some schools, these are measured apart from the others.
    pub(super) fn measure(
        &self,
        usual: Limit,
        allowed: fn(&Allowed) -> Option<u32>,
        all: impl Iterator<Item = Option<SchoolNumber>>,
        affected: impl Iterator<Item = Option<SchoolNumber>>,
    ) -> Vec<Measured> {
        let mut schools = HashMap::<Option<SchoolNumber>, (u64, u64)>::new();
        all.for_each(|school| schools.entry(school).or_default().1 += 1);
        affected.for_each(|school| schools.entry(school).or_default().0 += 1);
        let mut by_percent = BTreeMap::<u32, (u64, u64)>::new();
        for (school, (count, all)) in schools {
            let percent = self.rules.limit(usual, self.names.key(school), allowed).percent;
            let sum = by_percent.entry(percent).or_default();
            *sum = (sum.0 + count, sum.1 + all);
        }
        let measured = by_percent.into_iter();
        let measured =
            measured.map(|(percent, (count, of))| Measured { limit: Limit { percent, ..usual }, count, of });
        measured.collect()
    }
}

impl Measured {
    /// Whether the limit is exceeded.
    pub(super) fn is_exceeded(&self) -> bool {
        self.limit.is_exceeded(self.count, self.of)
    }
}
