//! A whole district as a file describes it: schools, classes, teachers, students, teachings, enrollments.
//!
//! Entities are parallel lists with their text in one [`StringArena`]. A roster has no numbers: its classes refer to their school, and
//! its links their ends, by position in those lists.

use crate::column::Column;
use crate::entity::{ClassNumber, Entity, Named, SchoolNumber, StudentNumber, TeacherNumber};
use crate::grade::Grade;
use crate::ids::EntityKind;
use crate::per_kind::PerKind;
use crate::string_arena::{StrId, StringArena};

/// A school.
#[derive(Clone, Copy, Debug, Default)]
pub struct School {
    /// `school_id`.
    pub key: StrId,
    /// `school_name`.
    pub name: StrId,
}

impl Named for School {
    fn key(&self) -> StrId {
        self.key
    }

    fn full_name(&self, texts: &StringArena) -> String {
        texts.get(self.name).to_owned()
    }
}

impl Entity for School {
    type Number = SchoolNumber;
}

/// A class of one school, which `S` names.
#[derive(Clone, Copy, Debug, Default)]
pub struct Class<S = SchoolNumber> {
    /// `class_id`.
    pub key: StrId,
    /// `class_name`.
    pub name: StrId,
    /// Its school.
    pub school: S,
}

/// A class as a [`Roster`] has it: its school is a position in the roster's `schools`.
pub type RosterClass = Class<u32>;

impl<S: Copy> Named for Class<S> {
    fn key(&self) -> StrId {
        self.key
    }

    fn full_name(&self, texts: &StringArena) -> String {
        texts.get(self.name).to_owned()
    }
}

impl Entity for Class {
    type Number = ClassNumber;
}

impl<S> Class<S> {
    /// The same class, with its school named otherwise.
    pub fn in_school<T>(self, school: T) -> Class<T> {
        Class { key: self.key, name: self.name, school }
    }
}

/// What teachers and students have in common.
#[derive(Clone, Copy, Debug, Default)]
pub struct Person {
    /// The SIS id (`teacher_id`, `student_id`); empty when not given. Preferred to `email` as key.
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
    /// The key by which a file names this person: the SIS id, else the address.
    pub fn key(&self) -> StrId {
        if self.sis_id.is_empty() { self.email } else { self.sis_id }
    }

    /// "Ann Lee"
    pub fn full_name(&self, texts: &StringArena) -> String {
        format!("{} {}", texts.get(self.first_name), texts.get(self.last_name)).trim().to_owned()
    }

    /// The same person with each text replaced.
    pub fn map_texts(self, mut map: impl FnMut(StrId) -> StrId) -> Person {
        Person {
            sis_id: map(self.sis_id),
            email: map(self.email),
            first_name: map(self.first_name),
            last_name: map(self.last_name),
            clever_id: map(self.clever_id),
        }
    }
}

/// A teacher.
#[derive(Clone, Copy, Debug, Default)]
pub struct Teacher {
    /// Names and keys.
    pub person: Person,
}

impl Named for Teacher {
    fn key(&self) -> StrId {
        self.person.key()
    }

    fn full_name(&self, texts: &StringArena) -> String {
        self.person.full_name(texts)
    }
}

impl Entity for Teacher {
    type Number = TeacherNumber;
}

impl Teacher {
    /// The same teacher with each text replaced.
    pub fn map_texts(self, map: impl FnMut(StrId) -> StrId) -> Teacher {
        Teacher { person: self.person.map_texts(map) }
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

impl Named for Student {
    fn key(&self) -> StrId {
        self.person.key()
    }

    fn full_name(&self, texts: &StringArena) -> String {
        self.person.full_name(texts)
    }
}

impl Entity for Student {
    type Number = StudentNumber;
}

impl Student {
    /// The same student with each text replaced.
    pub fn map_texts(self, mut map: impl FnMut(StrId) -> StrId) -> Student {
        Student { person: self.person.map_texts(&mut map), username: map(self.username), grade: self.grade }
    }
}

/// A class and one of its people, by position in a roster's lists. Ordered by class, then person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RosterLink {
    /// Position of the class.
    pub class: u32,
    /// Position of the teacher or student.
    pub person: u32,
}

/// A class and one of its people, by number. Ordered by class, then person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link<P> {
    /// The class.
    pub class: ClassNumber,
    /// The teacher or student.
    pub person: P,
}

/// A teacher teaches a class.
pub type TeachingLink = Link<TeacherNumber>;

/// A student is in a class.
pub type EnrollmentLink = Link<StudentNumber>;

/// Which optional columns the file has. An absent column leaves the stored values as they are; an empty
/// value in a present column clears them.
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

/// A value of a roster that cannot be relied on: the file contradicts itself there, or what it has could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubt {
    /// Whose value it is.
    pub kind: EntityKind,
    /// The position in the list of its kind.
    pub position: u32,
    /// The column of the value.
    pub column: Column,
}

/// Where in a file a roster comes from. Empty for a roster that was not read from a single file.
#[derive(Clone, Debug, Default)]
pub struct RosterOrigin {
    /// For each entity the line in which it is first; the header is line 1.
    pub lines: PerKind<Vec<u32>>,
    /// Values in doubt, sorted.
    pub doubts: Vec<Doubt>,
}

/// A roster as a file describes it. Lists are sorted by key, each key once; links are sorted and distinct.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// The text of everything below.
    pub texts: StringArena,
    /// Sorted by key.
    pub schools: Vec<School>,
    /// Sorted by key.
    pub classes: Vec<RosterClass>,
    /// Sorted by [`Person::key`].
    pub teachers: Vec<Teacher>,
    /// Sorted by [`Person::key`].
    pub students: Vec<Student>,
    /// Which teacher teaches which class.
    pub teachings: Vec<RosterLink>,
    /// Which student is in which class.
    pub enrollments: Vec<RosterLink>,
    /// Which optional columns the file has.
    pub columns: OptionalColumns,
    /// Where in the file it comes from.
    pub origin: RosterOrigin,
}

impl Roster {
    /// How many there are of a kind.
    pub fn count(&self, kind: EntityKind) -> usize {
        self.lists().get(kind).len()
    }

    /// The key of the entity at a position of its list.
    pub fn key(&self, kind: EntityKind, position: usize) -> &str {
        self.texts.get(self.lists().get(kind).key(position))
    }

    /// The name of the entity at a position of its list.
    pub fn name(&self, kind: EntityKind, position: usize) -> String {
        self.lists().get(kind).name(position, &self.texts)
    }

    /// The address of the person at a position of their list; empty for a place.
    pub fn email(&self, kind: EntityKind, position: usize) -> &str {
        match kind {
            EntityKind::School | EntityKind::Class => "",
            EntityKind::Teacher => self.texts.get(self.teachers[position].person.email),
            EntityKind::Student => self.texts.get(self.students[position].person.email),
        }
    }

    fn lists(&self) -> PerKind<&dyn NamedList> {
        PerKind {
            schools: &self.schools,
            classes: &self.classes,
            teachers: &self.teachers,
            students: &self.students,
        }
    }
}

/// A list of a roster, whatever the kind.
trait NamedList {
    fn len(&self) -> usize;
    fn key(&self, position: usize) -> StrId;
    fn name(&self, position: usize, texts: &StringArena) -> String;
}

impl<V: Named> NamedList for Vec<V> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn key(&self, position: usize) -> StrId {
        self[position].key()
    }

    fn name(&self, position: usize, texts: &StringArena) -> String {
        self[position].full_name(texts)
    }
}
