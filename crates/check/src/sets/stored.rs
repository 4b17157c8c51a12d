//! A delta is completed by the stored roster: what it does not speak of stays.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{Entity, EntityNumber};
use homeroom_model::roster::{Link, Person, RosterLink, School, Student, Teacher};
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};

use crate::halves::ClassHalf;
use crate::sets::links::{Links, RowLink};
use crate::sets::oneroster::{Extent, Extents};
use crate::sets::parts::{Parts, Rows};

/// Keys that a delta says are gone.
#[derive(Default)]
pub(super) struct Gone {
    pub(super) schools: HashSet<Box<str>>,
    pub(super) classes: HashSet<Box<str>>,
    pub(super) people: HashSet<Box<str>>,
}

/// Links that a delta ends: for each class key the keys of people.
pub(super) type Ended = HashMap<Box<str>, HashSet<Box<str>>>;

/// Adds the stored things of all files that are no whole ones.
pub(super) fn add_stored(parts: &mut Parts, stored: &StoredRoster, extents: &Extents, gone: &Gone) {
    let text = |text| stored.texts.get(text);
    let school_keys = stored
        .schools
        .iter()
        .map(|school| (school.number, text(school.values.key)))
        .collect::<HashMap<_, _>>();
    if extents.orgs != Extent::Bulk {
        for school in active(&stored.schools).filter(|school| !gone.schools.contains(text(school.key))) {
            parts.schools.add_stored(text(school.key), |halves| {
                let mut copy = |one| halves.texts.push_from(&stored.texts, one);
                School { key: copy(school.key), name: copy(school.name) }
            });
        }
    }
    if extents.classes != Extent::Bulk {
        for class in active(&stored.classes).filter(|class| !gone.classes.contains(text(class.key))) {
            parts.classes.add_stored(text(class.key), |halves| ClassHalf {
                school: halves.texts.push(school_keys.get(&class.school).copied().unwrap_or_default()),
                class: halves.texts.push_from(&stored.texts, class.key),
                class_name: halves.texts.push_from(&stored.texts, class.name),
                ..ClassHalf::default()
            });
        }
    }
    if extents.users != Extent::Bulk {
        let here = |person: &Person| {
            let key = text(person.key());
            (!gone.people.contains(key)).then_some(key)
        };
        // Whoever became a student is no teacher any more, and the other way round.
        let is_of_file = |rows: &Rows<Student>, key: &str| rows.get(key).is_some();
        for teacher in active(&stored.teachers) {
            let Some(key) = here(&teacher.person).filter(|key| !is_of_file(&parts.students, key)) else {
                continue;
            };
            parts.teachers.add_stored(key, |halves| {
                teacher.person.map_texts(|one| halves.texts.push_from(&stored.texts, one))
            });
        }
        for student in active(&stored.students) {
            let Some(key) = here(&student.person).filter(|key| parts.teachers.get(key).is_none()) else {
                continue;
            };
            parts.students.add_stored(key, |halves| {
                student.map_texts(|one| halves.texts.push_from(&stored.texts, one))
            });
        }
    }
}

/// Adds the stored links that nothing ends and whose both ends are still there.
pub(super) fn add_links(parts: &Parts, stored: &StoredRoster, ended: &Ended, links: &mut Links) {
    let text = |text| stored.texts.get(text);
    let classes = keys(&stored.classes, |class| text(class.key));
    let teachers = keys(&stored.teachers, |teacher: &Teacher| text(teacher.person.key()));
    let students = keys(&stored.students, |student: &Student| text(student.person.key()));
    let stays = |class: Option<&&str>, person: Option<&&str>, row: &dyn Fn(&str) -> Option<u32>| {
        let (class, person) = (*class?, *person?);
        if ended.get(class).is_some_and(|people| people.contains(person)) {
            return None;
        }
        Some(RowLink { link: RosterLink { class: parts.classes.get(class)?, person: row(person)? }, line: 0 })
    };
    let row_of = |key: &str| parts.teachers.get(key);
    let teachings = in_force(&stored.teachings);
    links.teachings.extend(
        teachings.filter_map(|link| stays(classes.get(&link.class), teachers.get(&link.person), &row_of)),
    );
    let row_of = |key: &str| parts.students.get(key);
    let enrollments = in_force(&stored.enrollments);
    links.enrollments.extend(
        enrollments.filter_map(|link| stays(classes.get(&link.class), students.get(&link.person), &row_of)),
    );
}

fn in_force<P: EntityNumber>(list: &[StoredLink<P>]) -> impl Iterator<Item = &Link<P>> {
    list.iter().filter(|stored| stored.active).map(|stored| &stored.link)
}

fn active<V: Entity>(list: &[Stored<V>]) -> impl Iterator<Item = &V> {
    list.iter().filter(|one| one.active).map(|one| &one.values)
}

fn keys<'s, V: Entity>(list: &'s [Stored<V>], key: impl Fn(&'s V) -> &'s str) -> HashMap<V::Number, &'s str> {
    list.iter().filter(|one| one.active).map(|one| (one.number, key(&one.values))).collect()
}
