//! The simulated district, and how it changes.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use proptest::prelude::{Strategy, any};

use super::change::WorldChange;
use super::names::{FIRST, LAST};
use super::student::Student;

/// A district with its students, classes and schools.
#[derive(Clone, Debug)]
pub struct World {
    pub(super) students: Vec<Student>,
    /// Identities by every name that a student ever had.
    known: HashMap<String, usize>,
    /// The first and last names and the grades of those who had an address that was passed on.
    holders: HashMap<String, Vec<(usize, usize, u8)>>,
    next: usize,
    schools: u8,
    classes: u8,
    pub(super) with_numbers: bool,
    pub(super) domain: u32,
    pub(super) class_ids: u32,
    pub(super) zeros: bool,
    pub(super) renumbered: u32,
    missing: Option<u8>,
    /// How often the teacher of a class has changed.
    teachers: BTreeMap<u8, u32>,
    /// How often the id of a school has changed.
    school_ids: BTreeMap<u8, u32>,
}

/// Districts of up to 39 students, 3 schools and 8 classes.
pub fn worlds() -> impl Strategy<Value = World> {
    (1..40_usize, 1..4_u8, 1..9_u8, any::<bool>(), 0..1_000_usize).prop_map(
        |(students, schools, classes, with_numbers, salt)| {
            let mut world = World::empty(schools, classes.max(schools), salt);
            world.with_numbers = with_numbers;
            for at in 0..students {
                let class = (at * 7 + salt) as u8;
                world.join(class);
            }
            world
        },
    )
}

impl World {
    fn empty(schools: u8, classes: u8, salt: usize) -> World {
        World {
            students: vec![],
            known: HashMap::new(),
            holders: HashMap::new(),
            next: salt,
            schools,
            classes,
            with_numbers: false,
            domain: 0,
            class_ids: 0,
            zeros: true,
            renumbered: 0,
            missing: None,
            teachers: BTreeMap::new(),
            school_ids: BTreeMap::new(),
        }
    }

    /// A district of so many students, some with the same name.
    pub fn large(students: usize) -> World {
        let mut world = World::empty(3, 200, 0);
        for at in 0..students {
            let mut student = world.new_student((at % 200) as u8);
            student.classes.insert((at * 13 % 200) as u8);
            world.students.push(student);
        }
        world
    }

    /// A student who was never in the district before.
    fn new_student(&mut self, class: u8) -> Student {
        let identity = self.next;
        self.next += 1;
        let (first, last) = self.unused_name(identity, identity % FIRST.len());
        let mut classes = BTreeSet::from([class % self.classes]);
        if identity.is_multiple_of(3) {
            classes.insert((class as usize * 5 + identity) as u8 % self.classes);
        }
        Student {
            identity,
            first,
            last,
            local: Student::local_part(identity, first, last),
            number: identity as u32 * 17 + 100,
            grade: (identity % 12) as u8 + 1,
            classes,
        }
    }

    fn join(&mut self, class: u8) {
        let student = self.new_student(class);
        self.students.push(student);
    }

    /// A name that nobody had, while there are any.
    fn unused_name(&mut self, identity: usize, first: usize) -> (usize, usize) {
        for at in 0..LAST.len() {
            let last = (identity * 5 + at) % LAST.len();
            if let Entry::Vacant(name) = self.known.entry(format!("{} {}", FIRST[first], LAST[last])) {
                name.insert(identity);
                return (first, last);
            }
        }
        (first, identity % LAST.len())
    }

    /// The identity of the student who has or had this name.
    pub fn identity_of(&self, name: &str) -> Option<usize> {
        self.known.get(name).copied()
    }

    /// Makes changes. A school that was missing is back unless it is missing again.
    pub fn change(&mut self, changes: &[WorldChange]) {
        self.missing = None;
        for change in changes {
            self.change_one(change);
        }
    }

    fn change_one(&mut self, change: &WorldChange) {
        match change {
            WorldChange::Leave(student) => self.leave(*student),
            WorldChange::Join(class) => self.join(*class),
            WorldChange::Marry(student) => self.marry(*student),
            WorldChange::Address(student) => {
                if let Some(student) = self.student_mut(*student) {
                    student.local.push('x');
                }
            }
            WorldChange::Move(student, class) => {
                let class = class % self.classes;
                if let Some(student) = self.student_mut(*student) {
                    student.move_to(class);
                }
            }
            WorldChange::Domain => self.domain += 1,
            WorldChange::ClassIds => self.class_ids += 1,
            WorldChange::Zeros => self.zeros = !self.zeros,
            WorldChange::Numbers => self.renumbered += 1,
            WorldChange::SchoolMissing(school) => self.missing = Some(school % self.schools),
            WorldChange::TurnOver(class) => self.turn_over(class % self.classes),
            WorldChange::Grades => {
                self.students.iter_mut().for_each(|student| student.grade = student.grade % 12 + 1);
            }
            WorldChange::PassOn(student) => self.pass_on(*student),
            WorldChange::Teacher(class) => *self.teachers.entry(class % self.classes).or_default() += 1,
            WorldChange::SchoolId(school) => *self.school_ids.entry(school % self.schools).or_default() += 1,
        }
    }

    /// A position among the students; `None` when there are none.
    fn position(&self, number: usize) -> Option<usize> {
        number.checked_rem(self.students.len())
    }

    fn student_mut(&mut self, number: usize) -> Option<&mut Student> {
        let at = self.position(number)?;
        self.students.get_mut(at)
    }

    fn leave(&mut self, number: usize) {
        if let Some(at) = self.position(number).filter(|_| self.students.len() > 1) {
            self.students.remove(at);
        }
    }

    fn marry(&mut self, number: usize) {
        let Some(at) = self.position(number) else { return };
        let Student { identity, first, .. } = self.students[at];
        let (_, last) = self.unused_name(identity, first);
        self.students[at].rename(last);
    }

    fn turn_over(&mut self, class: u8) {
        let before = self.students.len();
        self.students.retain(|student| !student.classes.contains(&class));
        for _ in self.students.len()..before {
            self.join(class);
        }
    }

    fn pass_on(&mut self, number: usize) {
        let Some(at) = self.position(number) else { return };
        let gone = self.students.remove(at);
        let class = gone.classes.first().copied().unwrap_or(0);
        let mut student = self.new_student(class);
        // Who gets the address is in another grade: in the same one they would be the same child under another name.
        student.grade = (gone.grade + 4) % 12 + 1;
        // Names that are clearly different from those of all earlier holders: similar ones would be a correction.
        let holders = self.holders.entry(gone.local.clone()).or_default();
        holders.push((gone.first, gone.last, gone.grade));
        // Nor in a grade that an earlier one, who may still be the one that is stored, has reached since.
        let is_far = |grade: u8| (3..=9).contains(&((student.grade + 12 - grade) % 12));
        if holders
            .iter()
            .all(|(first, last, grade)| student.first != *first && student.last != *last && is_far(*grade))
        {
            student.local = gone.local;
        }
        self.students.push(student);
    }

    /// Adds students without numbers, no two of whom share a name.
    pub fn add_strangers(&mut self, count: usize) {
        self.with_numbers = false;
        for at in 0..count {
            self.join(at as u8);
        }
    }

    /// Gives the last students another address.
    pub fn give_other_addresses(&mut self, count: usize) {
        self.students.iter_mut().rev().take(count).for_each(|student| student.local.push('x'));
    }

    /// Removes the first `count` students, but none of the last `count`.
    pub fn remove_first(&mut self, count: usize) {
        let stay = self.students.len() - count;
        self.students.drain(..count.min(stay));
    }

    pub(super) fn school_of(&self, class: u8) -> u8 {
        class % self.schools
    }

    pub(super) fn school_id(&self, school: u8) -> String {
        let renamed = self.school_ids.get(&school).copied().unwrap_or(0);
        format!("S{school}{}", "-new".repeat(renamed as usize))
    }

    /// How often the teacher of a class has changed.
    pub(super) fn teacher_changes(&self, class: u8) -> u32 {
        self.teachers.get(&class).copied().unwrap_or(0)
    }

    /// A student's classes that are in the file.
    pub(super) fn classes_of<'s>(&'s self, student: &'s Student) -> impl Iterator<Item = u8> {
        let classes = student.classes.iter().copied();
        classes.filter(|class| Some(self.school_of(*class)) != self.missing)
    }

    /// The students of each class that is in the file, by identity; while classes keep their ids.
    pub fn students_of_classes(&self) -> BTreeMap<String, BTreeSet<usize>> {
        let mut classes = BTreeMap::<String, BTreeSet<usize>>::new();
        for student in &self.students {
            for class in self.classes_of(student) {
                classes.entry(format!("C{class}")).or_default().insert(student.identity);
            }
        }
        classes
    }

    /// The students of each school that is in the file, by identity.
    pub fn students_of_schools(&self) -> BTreeMap<String, BTreeSet<usize>> {
        let mut schools = BTreeMap::<String, BTreeSet<usize>>::new();
        for student in &self.students {
            for class in self.classes_of(student) {
                schools.entry(self.school_id(self.school_of(class))).or_default().insert(student.identity);
            }
        }
        if schools.is_empty() {
            // The row of a file that would have none.
            schools.insert(self.school_id(0), BTreeSet::from([usize::MAX]));
        }
        schools
    }

    /// The grade of each student, by identity.
    pub fn grades(&self) -> BTreeMap<usize, u8> {
        self.students.iter().map(|student| (student.identity, student.grade)).collect()
    }
}
