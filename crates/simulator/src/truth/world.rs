//! The district as it is tonight.

use std::collections::BTreeMap;

use homeroom_demo::Dice;
use homeroom_model::Random;

use super::person::{Person, PersonId, Role};
use crate::style::Style;

#[derive(Clone, Debug)]
pub(crate) struct School {
    pub(crate) key: String,
    pub(crate) name: String,
    /// The lowest and the highest grade; kindergarten is 0.
    pub(crate) grades: (u8, u8),
}

#[derive(Clone, Debug)]
pub(crate) struct Class {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) school: usize,
    pub(crate) grade: u8,
    /// Which of the grade's subjects; 0 is the homeroom.
    pub(crate) subject: usize,
    pub(crate) teachers: Vec<PersonId>,
    pub(crate) open: bool,
}

/// The truth. Nothing is removed from the lists.
pub(crate) struct World {
    pub(crate) style: Style,
    pub(crate) schools: Vec<School>,
    pub(crate) classes: Vec<Class>,
    pub(crate) people: Vec<Person>,
    pub(crate) dice: Dice,
    /// The domains of teachers and students.
    pub(crate) domains: (String, String),
    pub(crate) students_wanted: usize,
    /// The first number of the district's ids.
    pub(crate) first_id: usize,
    /// How many school years have begun; it is in the ids of classes.
    pub(crate) year: usize,
    /// How wide numbers are padded with zeros.
    pub(crate) id_width: usize,
    /// Whether the SIS writes Latin letters only.
    pub(crate) latin_only: bool,
}

impl World {
    /// An empty district of a style.
    pub(super) fn empty(seed: u64, style: Style, students: usize) -> World {
        World {
            style,
            schools: vec![],
            classes: vec![],
            people: vec![],
            dice: Dice::new(Random::seeded(seed)),
            domains: ("lincoln.example.org".into(), "students.lincoln.example.org".into()),
            students_wanted: students,
            first_id: 10_001,
            year: 0,
            id_width: if style == Style::Zeros { 8 } else { 6 },
            // One SIS of three has no other letters.
            latin_only: seed.is_multiple_of(3),
        }
    }

    /// The students of tonight.
    pub(crate) fn students(&self) -> Vec<PersonId> {
        self.here(Role::Student)
    }

    /// The teachers of tonight.
    pub(crate) fn teachers(&self) -> Vec<PersonId> {
        self.here(Role::Teacher)
    }

    fn here(&self, role: Role) -> Vec<PersonId> {
        let is_one = |id: &PersonId| self.people[*id].here && self.people[*id].role == role;
        (0..self.people.len()).filter(is_one).collect()
    }

    /// A student of tonight, by chance.
    pub(crate) fn any_student(&self) -> PersonId {
        *self.dice.pick(&self.students())
    }

    /// Students who have left, those who left last at the end.
    pub(crate) fn leavers(&self) -> Vec<PersonId> {
        let has_left = |id: &PersonId| {
            let person = &self.people[*id];
            !person.here && person.role == Role::Student && !person.classes.is_empty()
        };
        (0..self.people.len()).filter(has_left).collect()
    }

    /// Whether nobody who is here has a key of somebody who has left.
    pub(crate) fn keys_are_free(&self, leaver: PersonId) -> bool {
        let mut here = self.people.iter().filter(|person| person.here);
        !here.any(|other| other.keys().any(|key| self.people[leaver].keys().any(|own| own == key)))
    }

    /// The open classes of a grade in a school, by subject.
    pub(crate) fn classes_of(&self, school: usize, grade: u8) -> BTreeMap<usize, Vec<usize>> {
        let mut by_subject = BTreeMap::<usize, Vec<usize>>::new();
        for (at, class) in self.classes.iter().enumerate() {
            if class.open && class.school == school && class.grade == grade {
                by_subject.entry(class.subject).or_default().push(at);
            }
        }
        by_subject
    }

    /// The school of a grade.
    pub(crate) fn school_of(&self, grade: u8) -> usize {
        let has = |at: &usize| (self.schools[*at].grades.0..=self.schools[*at].grades.1).contains(&grade);
        let schools = (0..self.schools.len()).filter(has).collect::<Vec<_>>();
        *self.dice.pick(&schools)
    }

    /// Whether somebody of tonight has this address.
    pub(crate) fn is_taken(&self, email: &str) -> bool {
        self.people.iter().any(|person| person.here && person.email == email)
    }

    /// Adds everybody's names and keys of tonight to those that ever were.
    pub(crate) fn remember(&mut self) {
        self.people.iter_mut().filter(|person| person.here).for_each(Person::remember);
    }
}
