//! Pins over the file: what was set by hand wins.

use std::collections::HashSet;

use homeroom_model::pin::{Pin, PinWhat, PinnedPerson};
use homeroom_model::roster::{Link, Person, Roster, Student};
use homeroom_model::run::PinShown;
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::texts::Texts;

/// Puts pins into a wanted roster, and says of each what it does.
pub(crate) fn put(wanted: &mut Roster, stored: &StoredRoster, pins: &[Pin]) -> Vec<PinShown> {
    let mut left_out = HashSet::new();
    let shown = pins
        .iter()
        .map(|pin| {
            let effect = match &pin.what {
                PinWhat::ExtraStudent { class, student, grade } => match class_at(wanted, class) {
                    None => NO_CLASS,
                    Some(class) => match student_at(wanted, stored, student, *grade) {
                        None => NOBODY,
                        Some(person) => add(&mut wanted.enrollments, Link { class, person }),
                    },
                },
                PinWhat::CoTeacher { class, teacher } => match class_at(wanted, class) {
                    None => NO_CLASS,
                    Some(class) => match teacher_at(wanted, stored, teacher) {
                        None => NOBODY,
                        Some(person) => add(&mut wanted.teachings, Link { class, person }),
                    },
                },
                PinWhat::ClassName { class, name } => match class_at(wanted, class) {
                    None => NO_CLASS,
                    Some(class) if wanted.texts.get(wanted.classes[class as usize].name) == name => SAME,
                    Some(class) => {
                        wanted.classes[class as usize].name = wanted.texts.keep(name);
                        OTHER
                    }
                },
                PinWhat::Excluded { person } => {
                    left_out.insert(person.as_str());
                    let named = |one: &Person| is(&wanted.texts, one, person);
                    let there = wanted.teachers.iter().any(named)
                        || wanted.students.iter().any(|student| named(&student.person));
                    if there { OTHER } else { SAME }
                }
            };
            PinShown {
                number: pin.number,
                what: pin.what.words(),
                effect: effect.into(),
                owner: pin.owner.clone(),
                until: pin.until,
            }
        })
        .collect();
    if !left_out.is_empty() {
        leave_out(wanted, &left_out);
    }
    shown
}

const OTHER: &str = "differs from the file";
const SAME: &str = "the file says so, too";
const NO_CLASS: &str = "without effect: the class is not in the file";
const NOBODY: &str = "without effect: nobody has this address or number, and the pin gives no name";

fn is(texts: &Texts, person: &Person, key: &str) -> bool {
    texts.get(person.email) == key || texts.get(person.sis_id) == key
}

fn class_at(wanted: &Roster, key: &str) -> Option<u32> {
    wanted.classes.iter().position(|class| wanted.texts.get(class.key) == key).map(|at| at as u32)
}

fn add(links: &mut Vec<Link>, link: Link) -> &'static str {
    match links.binary_search(&link) {
        Ok(_) => SAME,
        Err(at) => {
            links.insert(at, link);
            OTHER
        }
    }
}

/// The student in the wanted roster; put there as they are stored, or as the pin describes them.
fn student_at(
    wanted: &mut Roster,
    stored: &StoredRoster,
    who: &PinnedPerson,
    grade: Option<homeroom_model::Grade>,
) -> Option<u32> {
    let named = |student: &Student| is(&wanted.texts, &student.person, &who.key);
    if let Some(at) = wanted.students.iter().position(named) {
        return Some(at as u32);
    }
    let student = match known(stored, &stored.students, |student| &student.person, who) {
        Some(student) => student.map_texts(|text| wanted.texts.keep_of(&stored.texts, text)),
        None => Student { person: described(&mut wanted.texts, who)?, grade, ..Student::default() },
    };
    wanted.students.push(student);
    Some(wanted.students.len() as u32 - 1)
}

fn teacher_at(wanted: &mut Roster, stored: &StoredRoster, who: &PinnedPerson) -> Option<u32> {
    if let Some(at) = wanted.teachers.iter().position(|teacher| is(&wanted.texts, teacher, &who.key)) {
        return Some(at as u32);
    }
    let teacher = match known(stored, &stored.teachers, |teacher| teacher, who) {
        Some(teacher) => teacher.map_texts(|text| wanted.texts.keep_of(&stored.texts, text)),
        None => described(&mut wanted.texts, who)?,
    };
    wanted.teachers.push(teacher);
    Some(wanted.teachers.len() as u32 - 1)
}

/// Who is stored under the key; an active one before others.
fn known<V: Copy>(
    stored: &StoredRoster,
    list: &[Stored<V>],
    person: impl Fn(&V) -> &Person,
    who: &PinnedPerson,
) -> Option<V> {
    let named = || list.iter().filter(|one| is(&stored.texts, person(&one.values), &who.key));
    named().find(|one| one.active).or_else(|| named().next_back()).map(|one| one.values)
}

fn described(texts: &mut Texts, who: &PinnedPerson) -> Option<Person> {
    let complete = who.key.contains('@') && !who.first_name.is_empty() && !who.last_name.is_empty();
    complete.then(|| Person {
        email: texts.keep(&who.key),
        first_name: texts.keep(&who.first_name),
        last_name: texts.keep(&who.last_name),
        ..Person::default()
    })
}

/// Takes people out of a roster with their links.
fn leave_out(wanted: &mut Roster, keys: &HashSet<&str>) {
    let Roster { texts, teachers, students, teachings, enrollments, .. } = wanted;
    let out = |person: &Person| {
        keys.contains(texts.get(person.email))
            || (!person.sis_id.is_empty() && keys.contains(texts.get(person.sis_id)))
    };
    retain(teachers, teachings, |teacher| !out(teacher));
    retain(students, enrollments, |student| !out(&student.person));
}

fn retain<V>(list: &mut Vec<V>, links: &mut Vec<Link>, stays: impl Fn(&V) -> bool) {
    let mut next = 0;
    let places = list
        .iter()
        .map(|one| {
            let place = stays(one).then_some(next);
            next += u32::from(place.is_some());
            place
        })
        .collect::<Vec<_>>();
    list.retain(|one| stays(one));
    links.retain_mut(|link| match places[link.person as usize] {
        Some(place) => {
            link.person = place;
            true
        }
        None => false,
    });
}
