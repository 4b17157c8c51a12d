//! A whole district: schools, classes, teachers, students, teachings, enrollments.
//!
//! Things are parallel lists with their text in one [`StringArena`]; links are positions in those lists.

use crate::grade::Grade;
use crate::ids::EntityKind;
use crate::string_arena::{StrId, StringArena};

/// A school.
#[derive(Clone, Copy, Debug, Default)]
pub struct School {
    /// `school_id`.
    pub key: StrId,
    /// `school_name`.
    pub name: StrId,
}

/// A class of one school.
#[derive(Clone, Copy, Debug, Default)]
pub struct Class {
    /// `class_id`.
    pub key: StrId,
    /// `class_name`.
    pub name: StrId,
    /// Its school. In a [`Roster`] a position in `schools`; in a [`crate::Plan`] and a
    /// [`crate::StoredRoster`] the school's number.
    pub school: u32,
}

/// What teachers and students have in common.
#[derive(Clone, Copy, Debug, Default)]
pub struct Person {
    /// The SIS's own stable number (`teacher_id`, `student_id`); empty when not given. Wins over `email` as key.
    pub sis_id: StrId,
    /// Lower case; empty only for a student with a `sis_id`.
    pub email: StrId,
    /// First name.
    pub first_name: StrId,
    /// Last name.
    pub last_name: StrId,
    /// 24 hex digits; empty when not given.
    pub clever_id: StrId,
}

impl Person {
    /// What stands for this person in the file: the SIS's number, else the address.
    pub fn key(&self) -> StrId {
        if self.sis_id.is_empty() { self.email } else { self.sis_id }
    }

    /// "Ann Lee"
    pub fn full_name(&self, texts: &StringArena) -> String {
        format!("{} {}", texts.get(self.first_name), texts.get(self.last_name)).trim().to_owned()
    }

    /// The same person with each text replaced.
    pub fn map_texts(self, mut with: impl FnMut(StrId) -> StrId) -> Person {
        Person {
            sis_id: with(self.sis_id),
            email: with(self.email),
            first_name: with(self.first_name),
            last_name: with(self.last_name),
            clever_id: with(self.clever_id),
        }
    }
}

/// A student.
#[derive(Clone, Copy, Debug, Default)]
pub struct Student {
    /// Names and keys.
    pub person: Person,
    /// `student_username`; empty when not given.
    pub username: StrId,
    /// `None` when empty or unknown.
    pub grade: Option<Grade>,
}

impl Student {
    /// The same student with each text replaced.
    pub fn map_texts(self, mut with: impl FnMut(StrId) -> StrId) -> Student {
        Student { person: self.person.map_texts(&mut with), username: with(self.username), grade: self.grade }
    }
}

/// `left` is a class; `right` a teacher (teaching) or a student (enrollment). Ordered by class, then person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link {
    /// Position (in a roster) or number (in a plan) of the class.
    pub class: u32,
    /// Position (in a roster) or number (in a plan) of the person.
    pub person: u32,
}

/// Which optional columns the file has. An absent column leaves the stored values alone; a present
/// one with an empty value empties them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OptionalColumns {
    /// `teacher_id`
    pub teacher_id: bool,
    /// `student_id`
    pub student_id: bool,
    /// `teacher_clever_id`
    pub teacher_clever_id: bool,
    /// `student_clever_id`
    pub student_clever_id: bool,
    /// `student_username`
    pub student_username: bool,
}

/// A roster as a file wants it. Lists are sorted by key and hold each key once; links are sorted and distinct.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// The text of everything below.
    pub texts: StringArena,
    /// Sorted by key.
    pub schools: Vec<School>,
    /// Sorted by key.
    pub classes: Vec<Class>,
    /// Sorted by [`Person::key`].
    pub teachers: Vec<Person>,
    /// Sorted by [`Person::key`].
    pub students: Vec<Student>,
    /// Who teaches which class.
    pub teachings: Vec<Link>,
    /// Who is in which class.
    pub enrollments: Vec<Link>,
    /// Which optional columns were there.
    pub columns: OptionalColumns,
}

impl Roster {
    /// How many there are of a kind.
    pub fn count(&self, kind: EntityKind) -> usize {
        match kind {
            EntityKind::School => self.schools.len(),
            EntityKind::Class => self.classes.len(),
            EntityKind::Teacher => self.teachers.len(),
            EntityKind::Student => self.students.len(),
        }
    }
}
