//! The people of a stored roster, in words.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::entity::{ClassNumber, EntityRef};
use homeroom_model::roster::Person;
use homeroom_model::stored::StoredRoster;

use crate::truth::Role;

/// A stored student or teacher.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Account {
    pub(crate) entity: EntityRef,
    pub(crate) role: Role,
    pub(crate) active: bool,
    pub(crate) sis_id: String,
    pub(crate) email: String,
    pub(crate) clever_id: String,
    pub(crate) username: String,
    pub(crate) first: String,
    pub(crate) last: String,
    /// The code of a student's grade.
    pub(crate) grade: String,
}

impl Account {
    pub(crate) fn name(&self) -> (String, String) {
        (self.first.clone(), self.last.clone())
    }

    /// Its keys by the words for them.
    pub(crate) fn keys(&self) -> [(&'static str, &str); 4] {
        [
            ("number", &self.sis_id),
            ("address", &self.email),
            ("Clever id", &self.clever_id),
            ("user name", &self.username),
        ]
    }
}

/// All accounts, and who sees whom: the active teachers and students of each active class.
#[derive(Clone, Debug, Default)]
pub(crate) struct Accounts {
    pub(crate) all: BTreeMap<EntityRef, Account>,
    pub(crate) pairs: BTreeSet<(EntityRef, EntityRef)>,
}

impl Accounts {
    pub(crate) fn of(stored: &StoredRoster) -> Accounts {
        let text = |text| stored.texts.get(text).to_owned();
        let account = |entity: EntityRef, role, active, person: &Person| Account {
            entity,
            role,
            active,
            sis_id: text(person.sis_id),
            email: text(person.email),
            clever_id: text(person.clever_id),
            username: String::new(),
            first: text(person.first_name),
            last: text(person.last_name),
            grade: String::new(),
        };
        let teachers = stored.teachers.iter().map(|teacher| {
            account(teacher.number.into(), Role::Teacher, teacher.active, &teacher.values.person)
        });
        let students = stored.students.iter().map(|student| Account {
            username: text(student.values.username),
            grade: student.values.grade.map_or("", |grade| grade.code()).to_owned(),
            ..account(student.number.into(), Role::Student, student.active, &student.values.person)
        });
        let all =
            teachers.chain(students).map(|account| (account.entity, account)).collect::<BTreeMap<_, _>>();
        let pairs = pairs(stored, &all);
        Accounts { all, pairs }
    }

    /// Who sees this account, or whom it sees.
    pub(super) fn pairs_of(&self, account: EntityRef) -> Vec<&(EntityRef, EntityRef)> {
        self.pairs.iter().filter(|(one, other)| [*one, *other].contains(&account)).collect()
    }
}

fn pairs(stored: &StoredRoster, all: &BTreeMap<EntityRef, Account>) -> BTreeSet<(EntityRef, EntityRef)> {
    let open = stored.classes.iter().filter(|class| class.active).map(|class| class.number);
    let open = open.collect::<BTreeSet<ClassNumber>>();
    let is_active = |entity: &EntityRef| all.get(entity).is_some_and(|account| account.active);
    let mut teachers = BTreeMap::<ClassNumber, Vec<EntityRef>>::new();
    for teaching in
        stored.teachings.iter().filter(|stored| stored.active && open.contains(&stored.link.class))
    {
        teachers.entry(teaching.link.class).or_default().push(teaching.link.person.into());
    }
    let mut pairs = BTreeSet::new();
    for enrollment in stored.enrollments.iter().filter(|stored| stored.active) {
        let student = EntityRef::from(enrollment.link.person);
        for teacher in teachers.get(&enrollment.link.class).into_iter().flatten() {
            if is_active(teacher) && is_active(&student) {
                pairs.insert((*teacher, student));
            }
        }
    }
    pairs
}
