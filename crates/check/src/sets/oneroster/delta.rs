//! Completes a delta from the stored roster: what the delta does not mention stays.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{Entity, EntityNumber};
use homeroom_model::roster::{Link, School, Student, Teacher};
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};

use crate::row_parts::ClassPart;
use crate::sets::entities::{Entities, EntityRows};
use crate::sets::links::{Links, RowLink};
use crate::sets::oneroster::manifest::{Extent, Extents};

/// Keys that a delta deletes.
#[derive(Default)]
pub(super) struct DeletedKeys {
    pub(super) schools: HashSet<Box<str>>,
    pub(super) classes: HashSet<Box<str>>,
    pub(super) people: HashSet<Box<str>>,
}

/// Links that a delta ends: for each class key the keys of people.
pub(super) type EndedLinks = HashMap<Box<str>, HashSet<Box<str>>>;

/// Adds the stored entities of all files that are not whole.
pub(super) fn add_stored_entities(
    entities: &mut Entities,
    stored: &StoredRoster,
    extents: &Extents,
    deleted: &DeletedKeys,
) {
    if extents.orgs != Extent::Bulk {
        add_schools(&mut entities.schools, stored, deleted);
    }
    if extents.classes != Extent::Bulk {
        add_classes(&mut entities.classes, stored, deleted);
    }
    if extents.users != Extent::Bulk {
        add_people(entities, stored, deleted);
    }
}

fn add_schools(schools: &mut EntityRows<School>, stored: &StoredRoster, deleted: &DeletedKeys) {
    for school in active(&stored.schools) {
        let key = stored.texts.get(school.key);
        if !deleted.schools.contains(key) {
            schools.add_stored(key, |parts| School {
                key: parts.texts.push(key),
                name: parts.texts.push_from(&stored.texts, school.name),
            });
        }
    }
}

fn add_classes(classes: &mut EntityRows<ClassPart>, stored: &StoredRoster, deleted: &DeletedKeys) {
    let schools = stored.schools.iter();
    let school_keys = schools.map(|school| (school.number, stored.texts.get(school.values.key)));
    let school_keys = school_keys.collect::<HashMap<_, _>>();
    for class in active(&stored.classes) {
        let key = stored.texts.get(class.key);
        if !deleted.classes.contains(key) {
            classes.add_stored(key, |parts| ClassPart {
                school: parts.texts.push(school_keys.get(&class.school).copied().unwrap_or_default()),
                class: parts.texts.push(key),
                class_name: parts.texts.push_from(&stored.texts, class.name),
                ..ClassPart::default()
            });
        }
    }
}

fn add_people(entities: &mut Entities, stored: &StoredRoster, deleted: &DeletedKeys) {
    let Entities { teachers, students, .. } = entities;
    // A teacher whom the delta lists as a student is no longer a teacher, and vice versa.
    for teacher in active(&stored.teachers) {
        let key = stored.texts.get(teacher.person.key());
        if !deleted.people.contains(key) && students.get(key).is_none() {
            teachers.add_stored(key, |parts| {
                teacher.person.map_texts(|text| parts.texts.push_from(&stored.texts, text))
            });
        }
    }
    for student in active(&stored.students) {
        let key = stored.texts.get(student.person.key());
        if !deleted.people.contains(key) && teachers.get(key).is_none() {
            students.add_stored(key, |parts| {
                student.map_texts(|text| parts.texts.push_from(&stored.texts, text))
            });
        }
    }
}

/// Adds the stored links that nothing ends and whose class and person are both still there.
pub(super) fn add_stored_links(
    entities: &Entities,
    stored: &StoredRoster,
    ended: &EndedLinks,
    links: &mut Links,
) {
    let text = |text| stored.texts.get(text);
    let classes = keys(&stored.classes, |class| text(class.key));
    let teachers = keys(&stored.teachers, |teacher: &Teacher| text(teacher.person.key()));
    let students = keys(&stored.students, |student: &Student| text(student.person.key()));
    let remaining = |class: Option<&&str>, person: Option<&&str>, row_of: &dyn Fn(&str) -> Option<u32>| {
        let (class, person) = (*class?, *person?);
        if ended.get(class).is_some_and(|people| people.contains(person)) {
            return None;
        }
        Some(RowLink { class: entities.classes.get(class)?, person: row_of(person)?, line: 0 })
    };
    let row_of = |key: &str| entities.teachers.get(key);
    links.teachings.extend(
        in_force(&stored.teachings)
            .filter_map(|link| remaining(classes.get(&link.class), teachers.get(&link.person), &row_of)),
    );
    let row_of = |key: &str| entities.students.get(key);
    links.enrollments.extend(
        in_force(&stored.enrollments)
            .filter_map(|link| remaining(classes.get(&link.class), students.get(&link.person), &row_of)),
    );
}

fn active<V: Entity>(list: &[Stored<V>]) -> impl Iterator<Item = &V> {
    list.iter().filter(|entity| entity.active).map(|entity| &entity.values)
}

fn in_force<P: EntityNumber>(list: &[StoredLink<P>]) -> impl Iterator<Item = &Link<P>> {
    list.iter().filter(|stored| stored.active).map(|stored| &stored.link)
}

/// The keys of active entities by number.
fn keys<'s, V: Entity>(list: &'s [Stored<V>], key: impl Fn(&'s V) -> &'s str) -> HashMap<V::Number, &'s str> {
    let active = list.iter().filter(|entity| entity.active);
    active.map(|entity| (entity.number, key(&entity.values))).collect()
}
