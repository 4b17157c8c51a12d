//! Which school each entity belongs to, before and after a plan.

use homeroom_model::entity::{
    ByNumber, ClassNumber, Entity, EntityNumber, EntityRef, SchoolNumber, StudentNumber,
};
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::{Numbered, Plan};
use homeroom_model::roster::Link;
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};

/// Schools by the numbers of classes and people.
pub(super) struct Places {
    /// Of a class, as stored; of a new one as planned.
    class: Vec<Option<SchoolNumber>>,
    /// Of a person: the school of their first class.
    teacher: Vec<Option<SchoolNumber>>,
    student: Vec<Option<SchoolNumber>>,
}

impl Places {
    pub(super) fn new(plan: &Plan, stored: &StoredRoster) -> Places {
        let mut class = no_schools(&stored.classes, &plan.classes.create);
        for new in &plan.classes.create {
            class[new.number.index()] = Some(new.values.school);
        }
        for old in &stored.classes {
            class[old.number.index()] = Some(old.values.school);
        }
        // A class that comes back may do so in another school.
        for new in &plan.classes.reactivate {
            class[new.number.index()] = Some(new.values.school);
        }
        let mut places = Places {
            class,
            teacher: no_schools(&stored.teachers, &plan.teachers.create),
            student: no_schools(&stored.students, &plan.students.create),
        };
        let Places { class, teacher, student } = &mut places;
        place_people(
            teacher,
            class,
            &stored.teachings,
            &[&plan.teachings.reactivate, &plan.teachings.create],
        );
        place_people(
            student,
            class,
            &stored.enrollments,
            &[&plan.enrollments.reactivate, &plan.enrollments.create],
        );
        places
    }

    pub(super) fn of_class(&self, number: ClassNumber) -> Option<SchoolNumber> {
        at(&self.class, number.0)
    }

    pub(super) fn of_student(&self, number: StudentNumber) -> Option<SchoolNumber> {
        at(&self.student, number.0)
    }

    pub(super) fn of(&self, entity: impl Into<EntityRef>) -> Option<SchoolNumber> {
        let EntityRef { kind, number } = entity.into();
        match kind {
            EntityKind::Teacher => at(&self.teacher, number),
            EntityKind::Student => at(&self.student, number),
            EntityKind::School => Some(SchoolNumber(number)),
            EntityKind::Class => at(&self.class, number),
        }
    }
}

fn at(schools: &[Option<SchoolNumber>], number: u32) -> Option<SchoolNumber> {
    schools.get(number as usize).copied().flatten()
}

/// A table for all numbers of a kind, still empty.
fn no_schools<V: Entity>(stored: &[Stored<V>], new: &[Numbered<V>]) -> Vec<Option<SchoolNumber>> {
    let last_stored = stored.last().map(|old| old.number);
    let last = last_stored.into_iter().chain(new.last().map(|new| new.number)).max();
    vec![None; last.map_or(0, V::Number::index) + 1]
}

/// Places each person in the school of the first class that they are in, else of the first one that they get.
fn place_people<P: EntityNumber>(
    places: &mut [Option<SchoolNumber>],
    class: &[Option<SchoolNumber>],
    stored: &[StoredLink<P>],
    new: &[&Vec<Link<P>>],
) {
    let links = stored.iter().filter(|link| link.active).map(|link| &link.link);
    for link in links.chain(new.iter().copied().flatten()) {
        let place = &mut places[link.person.index()];
        if place.is_none() {
            *place = at(class, link.class.0);
        }
    }
}

/// All schools, stored and new, and `None` for what belongs to none.
pub(super) fn all_schools<'p>(
    stored: &'p StoredRoster,
    plan: &'p Plan,
) -> impl Iterator<Item = Option<SchoolNumber>> + 'p {
    let stored = stored.schools.iter().map(|school| school.number);
    let new = plan.schools.create.iter().map(|school| school.number);
    std::iter::once(None).chain(stored.chain(new).map(Some))
}

/// Names and keys of schools, stored or new.
pub(super) struct SchoolNames<'p> {
    plan: &'p Plan,
    stored: &'p StoredRoster,
}

impl<'p> SchoolNames<'p> {
    pub(super) fn new(plan: &'p Plan, stored: &'p StoredRoster) -> Self {
        SchoolNames { plan, stored }
    }

    /// `school_id`; empty for no school.
    pub(super) fn key(&self, number: Option<SchoolNumber>) -> &'p str {
        self.find(number).map_or("", |(key, _)| key)
    }

    /// The name, or else the `school_id`.
    pub(super) fn name(&self, number: Option<SchoolNumber>) -> &'p str {
        match self.find(number) {
            Some((key, "")) => key,
            Some((_, name)) => name,
            None => "no school",
        }
    }

    fn find(&self, number: Option<SchoolNumber>) -> Option<(&'p str, &'p str)> {
        let number = number?;
        if let Some(Stored { values: school, .. }) = self.stored.schools.by_number(number) {
            return Some((self.stored.texts.get(school.key), self.stored.texts.get(school.name)));
        }
        // New numbers are given in the order of the plan.
        let created = &self.plan.schools.create;
        let new = &created[created.binary_search_by_key(&number, |new| new.number).ok()?];
        Some((self.plan.texts.get(new.values.key), self.plan.texts.get(new.values.name)))
    }
}
