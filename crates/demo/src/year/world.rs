//! The truth: who is in which class today. Files and expectations are derived from it.

use std::collections::BTreeSet;

use homeroom_model::Random;

use super::dice::Dice;
use super::names::{address_of, pools};
use super::schools::School;

/// The domain of the teachers' addresses.
const TEACHER_DOMAIN: &str = "lincoln.example.org";
/// The domain of the students' addresses when the year begins.
const STUDENT_DOMAIN: &str = "students.lincoln.example.org";

/// The district. Nothing is removed from the lists: people who have left are inactive.
pub(super) struct World {
    pub(super) classes: Vec<Class>,
    pub(super) teachers: Vec<Person>,
    pub(super) students: Vec<Student>,
    /// Students who left during the year, in the order in which they left.
    pub(super) leavers: Vec<usize>,
    pub(super) student_domain: &'static str,
    pub(super) dice: Dice,
    first_names: Vec<&'static str>,
    last_names: Vec<&'static str>,
    /// Every local part that was ever in use.
    used_local_parts: BTreeSet<String>,
}

pub(super) struct Person {
    /// The SIS id, with leading zeros; it never changes.
    pub(super) sis_id: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    /// The part of the address before the `@`.
    pub(super) local_part: String,
    pub(super) active: bool,
}

pub(super) struct Student {
    pub(super) person: Person,
    pub(super) grade: u8,
    /// Their classes, by position; unchanged when they leave.
    pub(super) classes: BTreeSet<usize>,
}

pub(super) struct Class {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) school: School,
    pub(super) grade: u8,
    /// Which of the school's subjects.
    pub(super) subject: usize,
    pub(super) teacher: usize,
    /// Whether it takes place this term.
    pub(super) open: bool,
}

impl World {
    /// The district at the beginning of the year.
    pub(super) fn new(random: Random) -> World {
        let (first_names, last_names) = pools();
        let mut world = World {
            classes: vec![],
            teachers: vec![],
            students: vec![],
            leavers: vec![],
            student_domain: STUDENT_DOMAIN,
            dice: Dice::new(random),
            first_names,
            last_names,
            used_local_parts: BTreeSet::new(),
        };
        for school in School::ALL {
            let first_teacher = world.teachers.len();
            (0..school.staff()).for_each(|_| _ = world.hire());
            for (grade, size) in school.grades().zip(school.grade_sizes()) {
                for _ in 0..*size {
                    let student = world.newcomer(grade);
                    world.students.push(student);
                }
            }
            let staff = (first_teacher..world.teachers.len()).collect::<Vec<_>>();
            world.open_classes(school, &staff);
        }
        world
    }

    /// The address in today's file.
    pub(super) fn student_email(&self, student: &Student) -> String {
        format!("{}@{}", student.person.local_part, self.student_domain)
    }

    pub(super) fn teacher_email(&self, teacher: &Person) -> String {
        format!("{}@{TEACHER_DOMAIN}", teacher.local_part)
    }

    /// The students of today, by position.
    pub(super) fn active_students(&self) -> Vec<usize> {
        (0..self.students.len()).filter(|at| self.students[*at].person.active).collect()
    }

    /// Adds a teacher; their position.
    pub(super) fn hire(&mut self) -> usize {
        let sis_id = format!("{:05}", 417 + 3 * self.teachers.len());
        let teacher = self.new_person(sis_id);
        self.teachers.push(teacher);
        self.teachers.len() - 1
    }

    /// A new student of a grade, without classes yet.
    pub(super) fn newcomer(&mut self, grade: u8) -> Student {
        let person = self.new_person(format!("{:07}", 12_345 + 7 * self.students.len()));
        Student { person, grade, classes: BTreeSet::new() }
    }

    fn new_person(&mut self, sis_id: String) -> Person {
        let first_name = self.dice.pick(&self.first_names).to_string();
        let last_name = self.other_last_name("");
        let local_part = self.new_address(&first_name, &last_name);
        Person { sis_id, first_name, last_name, local_part, active: true }
    }

    /// A last name other than this one.
    pub(super) fn other_last_name(&self, old: &str) -> String {
        loop {
            let name = *self.dice.pick(&self.last_names);
            if name != old {
                return name.to_owned();
            }
        }
    }

    /// `first.last`, with a number if it was ever in use.
    pub(super) fn new_address(&mut self, first: &str, last: &str) -> String {
        let plain = address_of(first, last);
        let mut address = plain.clone();
        for number in 2.. {
            if self.used_local_parts.insert(address.clone()) {
                break;
            }
            address = format!("{plain}{number}");
        }
        address
    }

    /// Opens the classes of a new term, with new ids, and gives every student of the school a timetable.
    pub(super) fn open_classes(&mut self, school: School, staff: &[usize]) {
        for grade in school.grades() {
            let students = self
                .students
                .iter()
                .filter(|student| student.person.active && student.grade == grade)
                .count();
            let sections = students.div_ceil(school.class_size());
            for (subject, name) in school.subjects().iter().enumerate() {
                for _ in 0..sections {
                    let teacher = staff[self.classes.len() % staff.len()];
                    let name = format!("{name} {}", grade_word(grade));
                    let id = self.new_class_id();
                    self.classes.push(Class { id, name, school, grade, subject, teacher, open: true });
                }
            }
        }
        for at in self.active_students() {
            if School::of_grade(self.students[at].grade) == school {
                self.give_timetable(at);
            }
        }
    }

    pub(super) fn new_class_id(&self) -> String {
        format!("{:06}", 10_401 + 3 * self.classes.len())
    }

    /// Closes the classes of a school.
    pub(super) fn close_classes(&mut self, school: School) {
        self.classes.iter_mut().filter(|class| class.school == school).for_each(|class| class.open = false);
    }

    /// Puts a student into a class of each of their subjects.
    pub(super) fn give_timetable(&mut self, student: usize) {
        let grade = self.students[student].grade;
        let school = School::of_grade(grade);
        let count = school.subjects().len();
        let dropped = self.dice.below(count - school.fewest_subjects() + 1);
        let mut subjects = (0..count).collect::<Vec<_>>();
        for _ in 0..dropped {
            // Every student takes the first subject.
            subjects.remove(1 + self.dice.below(subjects.len() - 1));
        }
        let classes = subjects.into_iter().map(|subject| *self.dice.pick(&self.sections(grade, subject)));
        self.students[student].classes = classes.collect();
    }

    /// The open classes of a grade in a subject.
    pub(super) fn sections(&self, grade: u8, subject: usize) -> Vec<usize> {
        let is_section = |class: &Class| class.open && class.grade == grade && class.subject == subject;
        (0..self.classes.len()).filter(|at| is_section(&self.classes[*at])).collect()
    }

    /// The teachers who have an open class in a school.
    pub(super) fn staff(&self, school: School) -> Vec<usize> {
        let open = self.classes.iter().filter(|class| class.open && class.school == school);
        open.map(|class| class.teacher).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// `K`, `1` … `12`: a grade as it is written in the file.
pub(super) fn grade_word(grade: u8) -> String {
    if grade == 0 { "K".into() } else { grade.to_string() }
}
