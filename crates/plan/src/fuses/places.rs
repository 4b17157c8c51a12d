//! Which school things belong to, before and after a plan.

use homeroom_model::ids::EntityKind;
use homeroom_model::plan::Plan;
use homeroom_model::roster::Link;
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};

/// School numbers by the numbers of classes and people; 0 where there is none.
pub(super) struct Places {
    /// Of a class, as stored; of a new one as planned.
    class: Vec<u32>,
    /// Of a person: the school of their first class.
    teacher: Vec<u32>,
    student: Vec<u32>,
}

impl Places {
    pub(super) fn new(plan: &Plan, stored: &StoredRoster) -> Places {
        let mut class = sized(&stored.classes, &plan.classes.create);
        for one in &plan.classes.create {
            class[one.number as usize] = one.values.school;
        }
        for one in &stored.classes {
            class[one.number as usize] = one.values.school;
        }
        // A class that was inactive is where it comes back to.
        for one in &plan.classes.reactivate {
            class[one.number as usize] = one.values.school;
        }
        let mut places = Places {
            class,
            teacher: sized(&stored.teachers, &plan.teachers.create),
            student: sized(&stored.students, &plan.students.create),
        };
        let Places { class, teacher, student } = &mut places;
        settle(teacher, class, &stored.teachings, &[&plan.teachings.reactivate, &plan.teachings.create]);
        settle(
            student,
            class,
            &stored.enrollments,
            &[&plan.enrollments.reactivate, &plan.enrollments.create],
        );
        places
    }

    pub(super) fn of_class(&self, number: u32) -> u32 {
        at(&self.class, number)
    }

    pub(super) fn of_student(&self, number: u32) -> u32 {
        at(&self.student, number)
    }

    pub(super) fn of(&self, kind: EntityKind, number: u32) -> u32 {
        match kind {
            EntityKind::Teacher => at(&self.teacher, number),
            EntityKind::Student => at(&self.student, number),
            EntityKind::School => number,
            EntityKind::Class => at(&self.class, number),
        }
    }
}

fn at(numbers: &[u32], number: u32) -> u32 {
    numbers.get(number as usize).copied().unwrap_or(0)
}

fn sized<V>(stored: &[Stored<V>], new: &[homeroom_model::plan::Numbered<V>]) -> Vec<u32> {
    let last = stored.last().map(|one| one.number).into_iter().chain(new.last().map(|one| one.number)).max();
    vec![0; last.unwrap_or(0) as usize + 1]
}

/// The first class that a person is in decides; of those who have none, the first one that they get.
fn settle(places: &mut [u32], class: &[u32], stored: &[StoredLink], new: &[&Vec<Link>]) {
    let links = stored.iter().filter(|link| link.active).map(|link| &link.link);
    for link in links.chain(new.iter().copied().flatten()) {
        let place = &mut places[link.person as usize];
        if *place == 0 {
            *place = at(class, link.class);
        }
    }
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

    /// `school_id`; empty for number 0.
    pub(super) fn key(&self, number: u32) -> &'p str {
        self.find(number).map_or("", |(key, _)| key)
    }

    /// The name, or else the `school_id`.
    pub(super) fn name(&self, number: u32) -> &'p str {
        match self.find(number) {
            Some((key, "")) => key,
            Some((_, name)) => name,
            None => "no school",
        }
    }

    fn find(&self, number: u32) -> Option<(&'p str, &'p str)> {
        let known = self.stored.schools.binary_search_by_key(&number, |school| school.number);
        if let Ok(at) = known {
            let school = &self.stored.schools[at].values;
            return Some((self.stored.texts.get(school.key), self.stored.texts.get(school.name)));
        }
        let new = self.plan.schools.create.iter().find(|one| one.number == number)?;
        Some((self.plan.texts.get(new.values.key), self.plan.texts.get(new.values.name)))
    }
}
