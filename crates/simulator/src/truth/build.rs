//! A district at the end of the school year before the first one that is played.

use super::person::PersonId;
use super::world::{Class, School, World};
use crate::style::Style;

/// Students in a class, at most about.
const CLASS_SIZE: usize = 24;
const SUBJECTS: [&str; 5] = ["Homeroom", "Mathematics", "English", "Science", "Art"];
const NAMES: [&str; 6] = [
    "Valley Elementary School",
    "Oak Hill Middle School",
    "Lincoln High School",
    "River Bend Elementary School",
    "Maple Grove Middle School",
    "Washington High School",
];

impl World {
    /// A district in its second school year; that of the first is behind it.
    pub(crate) fn new(seed: u64, style: Style, students: usize) -> World {
        let mut world = World::empty(seed, style, students);
        let schools = if students >= 1_500 { 6 } else { 3 };
        let grades = [(0, 5), (6, 8), (9, 12)];
        for at in 0..schools {
            let key = format!("{}", 101 + at);
            world.schools.push(School { key, name: NAMES[at].into(), grades: grades[at % 3] });
        }
        world.open_classes();
        for at in 0..students {
            let grade = u8::try_from(at % 13).expect("there are 13 grades");
            world.enroll(grade);
            if world.students().len() >= students {
                break;
            }
        }
        world.mix_up_twins();
        world.remember();
        world
    }

    /// Opens the classes of the year in all schools, and gives them teachers of the school.
    pub(crate) fn open_classes(&mut self) {
        for school in 0..self.schools.len() {
            let (low, high) = self.schools[school].grades;
            let same_grades = self.schools.iter().filter(|other| other.grades.0 == low).count();
            let sections = (self.students_wanted / 13 / same_grades).div_ceil(CLASS_SIZE);
            let mut staff = self.staff_of(school);
            let needed = (usize::from(high - low + 1) * sections * SUBJECTS.len()).div_ceil(4);
            while staff.len() < needed {
                staff.push(self.hire(school));
            }
            let mut opened = 0;
            for grade in low..=high {
                for subject in 0..SUBJECTS.len() {
                    for section in 1..=sections {
                        let teacher = staff[opened % staff.len()];
                        self.open_class(school, grade, (subject, section), teacher);
                        opened += 1;
                    }
                }
            }
        }
    }

    fn open_class(
        &mut self,
        school: usize,
        grade: u8,
        (subject, section): (usize, usize),
        teacher: PersonId,
    ) {
        let year = if self.style == Style::Classes { String::new() } else { format!("{}-", 26 + self.year) };
        let key = format!("{}-{year}{grade}{}{section}", self.schools[school].key, subject + 1);
        let name = format!("{} {grade}-{section}", SUBJECTS[subject]);
        self.classes.push(Class { key, name, school, grade, subject, teachers: vec![teacher], open: true });
    }

    fn staff_of(&self, school: usize) -> Vec<PersonId> {
        self.teachers().into_iter().filter(|id| self.people[*id].school == school).collect()
    }

    /// The addresses of one pair of twins are exchanged; some night somebody puts that right.
    fn mix_up_twins(&mut self) {
        let twins = self.students().into_iter().find_map(|id| Some((id, self.people[id].twin?)));
        let Some((one, other)) = twins else { return };
        let exchanged = (self.people[other].email.clone(), self.people[one].email.clone());
        (self.people[one].email, self.people[other].email) = exchanged;
        // Both keys were theirs: whichever of the two has one is no stranger to it.
        for id in [one, other] {
            self.people[id].remember();
        }
    }
}
