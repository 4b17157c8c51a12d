//! The accounts of a stored roster, in words.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::entity::{ByNumber, ClassNumber, EntityRef};
use homeroom_model::roster::Person;
use homeroom_model::stored::StoredRoster;

use homeroom_model::Column;

use crate::hostile::{STUDENT, TEACHER};

use crate::hostile::Role;

/// What an account says, in the order in which [`FIELDS`] names it.
pub(super) const FIELDS: usize = 7;
/// The fields that are keys: number, address, Clever id, user name.
pub(super) const KEYS: std::ops::Range<usize> = 0..4;
/// First and last name.
pub(super) const NAMES: std::ops::Range<usize> = 4..6;
/// The grade.
pub(super) const GRADE: usize = 6;

/// The name of a field.
pub(super) fn field_name(field: usize) -> &'static str {
    ["number", "address", "Clever id", "user name", "first name", "last name", "grade"][field]
}

/// The column of a field.
pub(super) fn column_of(role: Role, field: usize) -> Option<Column> {
    match role {
        Role::Student => Some(STUDENT[field]),
        Role::Teacher => match field {
            0..=2 => Some(TEACHER[field]),
            4 => Some(Column::TeacherFirstName),
            5 => Some(Column::TeacherLastName),
            _ => None,
        },
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub entity: EntityRef,
    /// Whose it is: a student's or a teacher's.
    pub role: Role,
    /// Whether it is active.
    pub active: bool,
    /// Its values.
    pub values: [String; FIELDS],
    /// The classes of its links in force.
    pub classes: BTreeSet<u32>,
    /// The classes of all links that it has or had.
    pub ever_in: BTreeSet<u32>,
}

impl Account {
    /// "student-3 Ann Lee (001207, ann.lee@stu.oak.org)"
    pub fn in_words(&self) -> String {
        format!("{} [{}]{}", self.entity, self.values.join(" | "), if self.active { "" } else { " inactive" })
    }

    /// How much of what names somebody two accounts have in common: keys and names.
    pub fn shared(&self, other: &Account, fields: std::ops::Range<usize>) -> usize {
        fields
            .filter(|field| !self.values[*field].is_empty() && self.values[*field] == other.values[*field])
            .count()
    }
}

/// A class as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassSeen {
    /// Whether it is active.
    pub active: bool,
    /// `class_id`
    pub key: String,
    /// `class_name`
    pub name: String,
    /// `school_id`
    pub school: String,
}

/// All accounts and classes of a roster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// By number.
    pub all: BTreeMap<EntityRef, Account>,
    /// By number.
    pub classes: BTreeMap<u32, ClassSeen>,
}

impl Accounts {
    /// The accounts of a roster.
    pub fn of(stored: &StoredRoster) -> Accounts {
        let text = |id| stored.texts.get(id).to_owned();
        let person = |person: &Person| {
            let [sis, email, clever, first, last] =
                [person.sis_id, person.email, person.clever_id, person.first_name, person.last_name]
                    .map(text);
            [sis, email, clever, String::new(), first, last, String::new()]
        };
        let mut all = BTreeMap::new();
        let mut add = |entity: EntityRef, role, active, values| {
            all.insert(
                entity,
                Account { entity, role, active, values, classes: BTreeSet::new(), ever_in: BTreeSet::new() },
            );
        };
        for teacher in &stored.teachers {
            add(teacher.number.into(), Role::Teacher, teacher.active, person(&teacher.values.person));
        }
        for student in &stored.students {
            let mut values = person(&student.values.person);
            values[3] = text(student.values.username);
            values[GRADE] = student.values.grade.map_or(String::new(), |grade| grade.code().to_owned());
            add(student.number.into(), Role::Student, student.active, values);
        }
        let teachings =
            stored.teachings.iter().map(|link| (link.link.class, link.link.person.into(), link.active));
        let enrollments =
            stored.enrollments.iter().map(|link| (link.link.class, link.link.person.into(), link.active));
        for (class, entity, active) in teachings.chain(enrollments) {
            let account: &mut Account = all.get_mut(&entity).expect("links lead to people");
            let class = EntityRef::from(class).number;
            account.ever_in.insert(class);
            if active {
                account.classes.insert(class);
            }
        }
        let school =
            |number| stored.schools.by_number(number).map_or(String::new(), |school| text(school.values.key));
        let classes = stored.classes.iter().map(|class| {
            let seen = ClassSeen {
                active: class.active,
                key: text(class.values.key),
                name: text(class.values.name),
                school: school(class.values.school),
            };
            (EntityRef::from(class.number as ClassNumber).number, seen)
        });
        Accounts { all, classes: classes.collect() }
    }

    /// The active accounts.
    pub fn active(&self) -> impl Iterator<Item = &Account> {
        self.all.values().filter(|account| account.active)
    }

    /// The active teachers and students who are in a class together.
    pub fn pairs(&self) -> BTreeSet<(EntityRef, EntityRef)> {
        let of = |role| self.active().filter(move |account| account.role == role);
        let pairs = of(Role::Teacher).flat_map(|teacher| {
            let shares = |student: &&Account| !teacher.classes.is_disjoint(&student.classes);
            of(Role::Student).filter(shares).map(|student| (teacher.entity, student.entity))
        });
        pairs.collect()
    }
}
