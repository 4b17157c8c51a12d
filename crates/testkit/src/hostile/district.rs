//! A small district of permanent people: who is who is known, whatever its files say.

use std::collections::BTreeSet;

use homeroom_model::Column;

use super::column::{STUDENT, Style, TEACHER};
use super::names::{FIRST, LAST};
use super::sheet::{PersonId, Role, Row, Sheet};

/// A person, with the keys that they have now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Teacher or student.
    pub role: Role,
    /// First name.
    pub first: String,
    /// Last name.
    pub last: String,
    /// Number in the SIS.
    pub sis_id: String,
    /// Address.
    pub email: String,
    /// Clever id.
    pub clever: String,
    /// User name; empty for teachers.
    pub username: String,
    /// Grade; 0 for teachers.
    pub grade: u8,
    /// Whether they are in the district today.
    pub here: bool,
}

/// A class with its teachers and students.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its school: 1 or 2.
    pub school: u8,
    /// Its id.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its teachers.
    pub teachers: BTreeSet<PersonId>,
    /// Its students.
    pub students: BTreeSet<PersonId>,
}

/// A district.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct District {
    /// Which columns its files have.
    pub style: Style,
    /// Everybody who is or was in it.
    pub people: Vec<Person>,
    /// Its classes.
    pub classes: Vec<Class>,
    /// Every address that somebody has or had.
    addresses: BTreeSet<String>,
}

/// A student to begin with; the numbers choose from lists that repeat themselves, each student beginning one further on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pupil {
    /// First name.
    pub first: u8,
    /// Last name.
    pub last: u8,
    /// An earlier student with whom they share the last name, or the whole name.
    pub like: Option<(u8, Likeness)>,
    /// Class, which gives school and grade.
    pub class: u8,
    /// A second class of the same school.
    pub second: Option<u8>,
}

/// What two students have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// The whole name.
    Namesake,
    /// The last name and the class.
    Twin,
}

impl District {
    /// A district of so many classes, two or three of each teacher.
    pub fn new(style: Style, classes: u8, pupils: &[Pupil]) -> District {
        let mut district = District { style, people: vec![], classes: vec![], addresses: BTreeSet::new() };
        for class in 0..classes.max(2) {
            // The second half of the classes is a second school.
            let school = if class * 2 < classes.max(2) || classes < 4 { 1 } else { 2 };
            let teacher = match class % 3 {
                0 | 1 => district.add_teacher((class * 5 + 3, class * 7 + 2)),
                _ => district.people.len() - 1,
            };
            district.add_class(school, teacher);
        }
        pupils.iter().zip(0..).for_each(|(pupil, at)| district.add_pupil(pupil, at));
        district
    }

    fn add_pupil(&mut self, pupil: &Pupil, at: u8) {
        let mut class = usize::from(pupil.class) % self.classes.len();
        let names = (pupil.first.wrapping_add(at), pupil.last.wrapping_add(at.wrapping_mul(3)));
        let id = self.add_person(Role::Student, names, 0);
        let before =
            self.people.iter().position(|person| person.role == Role::Student).filter(|first| *first < id);
        if let (Some((who, likeness)), Some(first)) = (pupil.like, before) {
            let like = first + usize::from(who) % (id - first);
            self.people[id].last = self.people[like].last.clone();
            match likeness {
                Likeness::Namesake => self.people[id].first = self.people[like].first.clone(),
                Likeness::Twin => class = self.classes_with(like)[0],
            }
        }
        self.people[id].grade = self.grade_of(class);
        self.classes[class].students.insert(id);
        if let Some(second) = pupil.second {
            let of_school = self.classes_of(self.classes[class].school);
            let second = of_school[usize::from(second) % of_school.len()];
            self.classes[second].students.insert(id);
        }
    }

    fn grade_of(&self, class: usize) -> u8 {
        (class / 2 % 12 + 1) as u8
    }

    /// The classes of a school, by position.
    pub fn classes_of(&self, school: u8) -> Vec<usize> {
        (0..self.classes.len()).filter(|class| self.classes[*class].school == school).collect()
    }

    /// Adds a person whose names are chosen by two numbers.
    pub fn add_person(&mut self, role: Role, (first, last): (u8, u8), grade: u8) -> PersonId {
        let (first, last) = (FIRST[usize::from(first) % FIRST.len()], LAST[usize::from(last) % LAST.len()]);
        let id = self.people.len();
        let (sis, domain) = match role {
            Role::Teacher => (format!("T{:03}", 100 + id), "oak.org"),
            Role::Student => (format!("{:06}", 1_200 + id * 7), "stu.oak.org"),
        };
        let email = self.free_address(first, last, domain);
        self.people.push(Person {
            role,
            first: first.to_owned(),
            last: last.to_owned(),
            sis_id: sis,
            username: if role == Role::Student { local(&email) } else { String::new() },
            email,
            clever: format!("5b{:022x}", 0x00C0_FFEE_0000 + id * 3_571),
            grade,
            here: true,
        });
        id
    }

    /// Adds a teacher of another first name than all others.
    pub fn add_teacher(&mut self, (first, last): (u8, u8)) -> PersonId {
        let first = self.first_name_of_no_teacher(first);
        self.add_person(Role::Teacher, (first, last), 0)
    }

    /// This first name, or the next that no teacher has.
    pub(super) fn first_name_of_no_teacher(&self, mut first: u8) -> u8 {
        let is_taken = |first: u8| {
            let name = FIRST[usize::from(first) % FIRST.len()];
            self.people.iter().any(|person| person.role == Role::Teacher && person.first == name)
        };
        while is_taken(first) {
            first = first.wrapping_add(1);
        }
        first
    }

    /// An address of this name that nobody has or had.
    pub fn free_address(&mut self, first: &str, last: &str, domain: &str) -> String {
        let plain = |name: &str| {
            let letters = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
            if letters.is_empty() { format!("x{}", name.len()) } else { letters.to_lowercase() }
        };
        let stem = format!("{}.{}", plain(first), plain(last));
        let mut address = format!("{stem}@{domain}");
        let mut number = 2;
        while !self.addresses.insert(address.clone()) {
            address = format!("{stem}{number}@{domain}");
            number += 1;
        }
        address
    }

    /// Adds an empty class with a teacher.
    pub fn add_class(&mut self, school: u8, teacher: PersonId) -> usize {
        let number = self.classes.len();
        let subject = ["Art", "Reading", "Math", "Music", "Science"][number % 5];
        let class = Class {
            school,
            key: format!("C{}", 501 + number),
            name: format!("{subject} {}", number / 5 + 1),
            teachers: [teacher].into(),
            students: BTreeSet::new(),
        };
        self.classes.push(class);
        number
    }

    /// The people of a role who are here.
    pub fn here(&self, role: Role) -> Vec<PersonId> {
        let people = self.people.iter().enumerate();
        people.filter(|(_, person)| person.here && person.role == role).map(|(id, _)| id).collect()
    }

    /// The teachers of classes.
    pub fn teaching(&self) -> Vec<PersonId> {
        let teachers = self.classes.iter().flat_map(|class| class.teachers.iter().copied());
        teachers.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The classes of a student, by position.
    pub fn classes_with(&self, student: PersonId) -> Vec<usize> {
        (0..self.classes.len()).filter(|class| self.classes[*class].students.contains(&student)).collect()
    }

    /// Whether each class of a student has others who stay, so that neither a class nor a school ends without them.
    pub(super) fn is_spared(&self, student: PersonId) -> bool {
        let here = |class: &usize| {
            self.classes[*class].students.iter().filter(|student| self.people[**student].here).count()
        };
        self.classes_with(student).iter().all(|class| here(class) > 3)
    }

    /// The file as it should be.
    pub fn export(&self) -> Sheet {
        let mut rows = Vec::new();
        for class in &self.classes {
            for student in class.students.iter().filter(|student| self.people[**student].here) {
                for teacher in &class.teachers {
                    rows.push(self.row(class, *teacher, *student));
                }
            }
        }
        Sheet { style: self.style, rows }
    }

    /// A row as it should be.
    pub fn row(&self, class: &Class, teacher: PersonId, student: PersonId) -> Row {
        let mut row = Row { student, teacher, cells: Default::default(), raw: None };
        row.set(Column::SchoolId, format!("S{}", class.school));
        row.set(Column::SchoolName, if class.school == 1 { "Oak Hill" } else { "Elm Street" });
        row.set(Column::ClassId, &class.key);
        row.set(Column::ClassName, &class.name);
        for column in TEACHER {
            row.set(column, self.people[teacher].value(column));
        }
        for column in STUDENT {
            row.set(column, self.people[student].value(column));
        }
        row
    }
}

impl Person {
    /// What a file says of them in a column.
    pub fn value(&self, column: Column) -> String {
        match column {
            Column::TeacherId | Column::StudentId => self.sis_id.clone(),
            Column::TeacherEmail | Column::StudentEmail => self.email.clone(),
            Column::TeacherCleverId | Column::StudentCleverId => self.clever.clone(),
            Column::TeacherFirstName | Column::StudentFirstName => self.first.clone(),
            Column::TeacherLastName | Column::StudentLastName => self.last.clone(),
            Column::StudentUsername => self.username.clone(),
            Column::StudentGradeLevel => format!("{:02}", self.grade),
            _ => String::new(),
        }
    }
}

/// The part of an address before the `@`.
pub(super) fn local(address: &str) -> String {
    address.split('@').next().unwrap_or_default().to_owned()
}
