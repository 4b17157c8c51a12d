//! A plan applied in memory.

use homeroom_model::entity::{ByNumber, Entity, EntityNumber};
use homeroom_model::plan::{Changes, LinkChanges, Plan};
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};

/// The roster after a plan, as the database would have it.
pub(crate) fn applied(stored: &StoredRoster, plan: &Plan) -> StoredRoster {
    let mut after = stored.clone();
    let StoredRoster {
        texts, schools, classes, teachers, students, teachings, enrollments, former_keys, ..
    } = &mut after;
    entities(schools, &plan.schools, |mut school| {
        school.key = texts.push_from(&plan.texts, school.key);
        school.name = texts.push_from(&plan.texts, school.name);
        school
    });
    entities(classes, &plan.classes, |mut class| {
        class.key = texts.push_from(&plan.texts, class.key);
        class.name = texts.push_from(&plan.texts, class.name);
        class
    });
    entities(teachers, &plan.teachers, |teacher| {
        teacher.map_texts(|text| texts.push_from(&plan.texts, text))
    });
    entities(students, &plan.students, |student| {
        student.map_texts(|text| texts.push_from(&plan.texts, text))
    });
    links(teachings, &plan.teachings);
    links(enrollments, &plan.enrollments);
    for former in &plan.former_keys {
        former_keys.push(homeroom_model::stored::FormerKey {
            key: texts.push_from(&plan.texts, former.key),
            ..*former
        });
    }
    after.version = after.version.next();
    after
}

fn entities<V: Entity>(list: &mut Vec<Stored<V>>, changes: &Changes<V>, mut push_texts: impl FnMut(V) -> V) {
    for number in &changes.deactivate {
        let at = list.position_of(*number).unwrap();
        assert!(list[at].active, "only what is active is deactivated");
        list[at].active = false;
    }
    for new in changes.update.iter().chain(&changes.reactivate).chain(&changes.rekey) {
        let at = list.position_of(new.number).unwrap();
        list[at].values = push_texts(new.values);
        list[at].active = true;
    }
    for new in &changes.create {
        list.push(Stored { number: new.number, active: true, values: push_texts(new.values) });
    }
    list.sort_by_key(|stored| stored.number);
    assert!(list.windows(2).all(|two| two[0].number < two[1].number), "a number is given once");
}

fn links<P: EntityNumber>(list: &mut Vec<StoredLink<P>>, changes: &LinkChanges<P>) {
    for (links, active) in [(&changes.deactivate, false), (&changes.reactivate, true)] {
        for link in links {
            let at = list.binary_search_by_key(link, |stored| stored.link).unwrap();
            assert_ne!(list[at].active, active);
            list[at].active = active;
        }
    }
    list.extend(changes.create.iter().map(|link| StoredLink { link: *link, active: true }));
    list.sort_by_key(|stored| stored.link);
}
