//! Puts kept values into a roster. Its lists stay sorted by key, and its links keep their ends.

use homeroom_model::StringArena;
use homeroom_model::ids::EntityKind;
use homeroom_model::roster::{Roster, RosterLink};
use homeroom_model::stored::StoredRoster;

use crate::kept::{Kept, KeptValue};
use crate::member::Member;
use crate::places::KeptName;

/// Puts what is kept of students and teachers into the roster.
pub(crate) fn put_kept(stored: &StoredRoster, wanted: &mut Roster, students: &[Kept], teachers: &[Kept]) {
    let Roster { texts, students: new_students, teachers: new_teachers, enrollments, teachings, .. } = wanted;
    let mut put = Put { texts, stored_texts: &stored.texts };
    let old_student = |at: u32| stored.students[at as usize].values;
    put.values(students, new_students, old_student);
    put.sort(new_students, enrollments);
    let old_teacher = |at: u32| stored.teachers[at as usize].values;
    put.values(teachers, new_teachers, old_teacher);
    put.sort(new_teachers, teachings);
}

/// Puts the kept names of schools and classes into the roster.
pub(crate) fn put_names(wanted: &mut Roster, names: &[KeptName]) {
    for KeptName { kind, wanted: at, name } in names {
        let name = wanted.texts.push(name);
        match kind {
            EntityKind::School => wanted.schools[*at as usize].name = name,
            _ => wanted.classes[*at as usize].name = name,
        }
    }
}

struct Put<'p> {
    texts: &'p mut StringArena,
    stored_texts: &'p StringArena,
}

impl Put<'_> {
    fn values<V: Member>(&mut self, kept: &[Kept], people: &mut [V], old: impl Fn(u32) -> V) {
        for Kept { wanted, value } in kept {
            let person = &mut people[*wanted as usize];
            match value {
                KeptValue::Text(attribute, stored) => {
                    let text = self.texts.push_from(self.stored_texts, old(*stored).text(*attribute));
                    person.set_text(*attribute, text);
                }
                KeptValue::Grade(grade) => person.set_grade(*grade),
            }
        }
    }

    /// Sorts people whose keys have changed.
    fn sort<V: Member>(&self, people: &mut Vec<V>, links: &mut [RosterLink]) {
        if people.is_sorted_by_key(|person| self.texts.get(person.key())) {
            return;
        }
        let order = self.texts.order(people.iter().map(|person| person.key()));
        let mut places = vec![0; people.len()];
        order.iter().zip(0_u32..).for_each(|(before, now)| places[*before as usize] = now);
        *people = order.iter().map(|before| people[*before as usize]).collect();
        links.iter_mut().for_each(|link| link.person = places[link.person as usize]);
        links.sort_unstable();
    }
}
