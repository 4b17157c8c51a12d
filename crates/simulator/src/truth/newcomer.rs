//! People who are new: a name, an address by the district's rule, and numbers.

use homeroom_demo::address_of;

use super::names::{Name, any_latin_first, any_name};
use super::person::{Person, PersonId, Role};
use super::world::World;
use crate::style::Style;

impl World {
    /// Adds a teacher of a school.
    pub(crate) fn hire(&mut self, school: usize) -> PersonId {
        let name = any_name(&self.dice);
        self.add(Role::Teacher, school, 0, name)
    }

    /// Adds a student with classes: sometimes a sibling or a twin of another, or a namesake.
    pub(crate) fn enroll(&mut self, grade: u8) -> PersonId {
        let students = self.students();
        if students.len() > 10 {
            let other = *self.dice.pick(&students);
            if self.dice.one_in(7) {
                let last = self.last_name(other);
                return self.enroll_as(grade, (any_latin_first(&self.dice), last));
            }
            if self.dice.one_in(80) {
                return self.enroll_as(grade, (self.first_name(other), self.last_name(other)));
            }
        }
        let name = any_name(&self.dice);
        let student = self.enroll_as(grade, name);
        if self.dice.one_in(60) {
            let twin = self.enroll_as(grade, (any_latin_first(&self.dice), self.last_name(student)));
            (self.people[twin].twin, self.people[student].twin) = (Some(student), Some(twin));
            self.people[twin].classes = self.people[student].classes.clone();
        }
        student
    }

    /// Adds a student of this name, with classes.
    pub(crate) fn enroll_as(&mut self, grade: u8, name: (Name, Name)) -> PersonId {
        let school = self.school_of(grade);
        let student = self.add(Role::Student, school, grade, name);
        self.assign_classes(student);
        student
    }

    fn add(&mut self, role: Role, school: usize, grade: u8, (first, last): (Name, Name)) -> PersonId {
        let id = self.people.len();
        let latin = (first.latin, last.latin);
        let (first, last) = if self.latin_only { latin.clone() } else { (first.written, last.written) };
        let (sis_id, clever_id, username) = self.numbers(role, id, &latin);
        let email = self.new_address(role, &latin);
        let mut person = Person {
            role,
            first,
            last,
            latin,
            sis_id,
            email,
            clever_id,
            username,
            grade,
            school,
            classes: Default::default(),
            here: true,
            twin: None,
            names_ever: Default::default(),
            keys_ever: Default::default(),
        };
        person.remember();
        self.people.push(person);
        id
    }

    fn numbers(&self, role: Role, id: PersonId, latin: &(String, String)) -> (String, String, String) {
        let sis_id = match (self.style.has_ids(), role) {
            (false, _) => String::new(),
            (true, Role::Teacher) => self.padded(self.first_id / 10 + 3 * id),
            (true, Role::Student) => self.padded(self.first_id * 10 + 7 * id),
        };
        if !self.style.has_clever() {
            return (sis_id, String::new(), String::new());
        }
        let local = address_of(&latin.0, &latin.1).replace('.', "");
        let username = if role == Role::Student { format!("{local}{id}") } else { String::new() };
        (sis_id, format!("5787451bd72145af{:08x}", 0x0700_0000 + id), username)
    }

    pub(crate) fn padded(&self, number: usize) -> String {
        format!("{number:0width$}", width = self.id_width)
    }

    /// An address for a name by the district's rule.
    pub(crate) fn new_address(&self, role: Role, latin: &(String, String)) -> String {
        let domain = if role == Role::Teacher { &self.domains.0 } else { &self.domains.1 };
        let local = address_of(&latin.0, &latin.1);
        // Of a namesake who has left, nobody could tell a newcomer with the same address.
        let is_namesakes = |email: &str| {
            self.people.iter().any(|person| person.latin == *latin && person.keys_ever.contains(email))
        };
        let was_given = |email: &str| match self.style {
            Style::Names => self.is_taken(email) || is_namesakes(email),
            _ => self.people.iter().any(|person| person.keys_ever.contains(email)),
        };
        let numbered = (2..).map(|number| format!("{local}{number}@{domain}"));
        let plain = std::iter::once(format!("{local}@{domain}"));
        plain.chain(numbered).find(|email| !was_given(email)).expect("numbers do not end")
    }

    /// Puts a student into a class of each of most subjects of the grade.
    pub(crate) fn assign_classes(&mut self, student: PersonId) {
        let Person { school, grade, .. } = self.people[student];
        let subjects = self.classes_of(school, grade);
        let mut classes = Vec::new();
        for (subject, sections) in subjects {
            if subject < 3 || !self.dice.one_in(4) {
                classes.push(*self.dice.pick(&sections));
            }
        }
        self.people[student].classes = classes.into_iter().collect();
    }

    pub(crate) fn first_name(&self, of: PersonId) -> Name {
        let person = &self.people[of];
        Name { written: person.first.clone(), latin: person.latin.0.clone() }
    }

    pub(crate) fn last_name(&self, of: PersonId) -> Name {
        let person = &self.people[of];
        Name { written: person.last.clone(), latin: person.latin.1.clone() }
    }
}
