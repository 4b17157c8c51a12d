//! Pins over the file: what was set by hand wins.

use hashbrown::HashSet;
use homeroom_model::Grade;
use homeroom_model::entity::{ByNumber, Entity, EntityRef, StudentNumber, TeacherNumber};
use homeroom_model::name::{Likeness, likeness, same_first_name};
use homeroom_model::pin::{Pin, PinWhat, PinnedPerson};
use homeroom_model::roster::{Person, Roster, RosterLink, Student, Teacher};
use homeroom_model::run::PinShown;
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::{StrId, StringArena};

/// Numbers of stored people who are left out by hand.
#[derive(Debug, Default)]
pub(crate) struct LeftOut {
    pub(crate) teachers: HashSet<TeacherNumber>,
    pub(crate) students: HashSet<StudentNumber>,
}

/// Puts pins into a wanted roster, and says of each what it does.
pub(crate) fn put(wanted: &mut Roster, stored: &StoredRoster, pins: &[Pin]) -> (Vec<PinShown>, LeftOut) {
    let mut left_out = LeftOut::default();
    let shown = pins
        .iter()
        .map(|pin| {
            let effect = match &pin.what {
                PinWhat::ExtraStudent { class, student, grade } => class_at(wanted, class)
                    .and_then(|class| {
                        Ok(RosterLink { class, person: student_at(wanted, stored, student, *grade)? })
                    })
                    .map_or_else(|why| why, |link| add(&mut wanted.enrollments, link)),
                PinWhat::CoTeacher { class, teacher } => class_at(wanted, class)
                    .and_then(|class| Ok(RosterLink { class, person: teacher_at(wanted, stored, teacher)? }))
                    .map_or_else(|why| why, |link| add(&mut wanted.teachings, link)),
                PinWhat::ClassName { class, name } => match class_at(wanted, class) {
                    Err(why) => why,
                    Ok(class) if wanted.texts.get(wanted.classes[class as usize].name) == name => SAME,
                    Ok(class) => {
                        wanted.classes[class as usize].name = wanted.texts.push(name);
                        OTHER
                    }
                },
                PinWhat::Excluded { person } => leave_out(wanted, stored, person, &mut left_out),
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
    (shown, left_out)
}

const OTHER: &str = "differs from the file";
const SAME: &str = "the file says so, too";
const NO_CLASS: &str = "without effect: the class is not in the file";
const SEVERAL_CLASSES: &str =
    "without effect: several schools use this class_id; write it after the school's, as S1/C1";
const NOBODY: &str = "without effect: nobody has this address or number, and the pin gives no name";
const PASSED_ON: &str = "without effect: the address belongs to someone else now";
const IN_BOTH: &str =
    "without effect: the address is a teacher's and cannot be a student's, or the other way round";

fn is(texts: &StringArena, person: &Person, key: &str) -> bool {
    !key.is_empty() && (texts.get(person.email) == key || texts.get(person.sis_id) == key)
}

/// The class with this id; where schools use the same ids, it is written after the school's, and may be left out while only one has it.
fn class_at(wanted: &Roster, key: &str) -> Result<u32, &'static str> {
    let keys = || wanted.classes.iter().map(|class| wanted.texts.get(class.key));
    if let Some(at) = keys().position(|one| one == key) {
        return Ok(at as u32);
    }
    let mut alike = keys().zip(0..).filter(|(one, _)| one.rsplit_once('/').is_some_and(|(_, id)| id == key));
    match (alike.next(), alike.next()) {
        (Some((_, at)), None) => Ok(at),
        (Some(_), Some(_)) => Err(SEVERAL_CLASSES),
        (None, _) => Err(NO_CLASS),
    }
}

fn add(links: &mut Vec<RosterLink>, link: RosterLink) -> &'static str {
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
    grade: Option<Grade>,
) -> Result<u32, &'static str> {
    let known = known(stored, &stored.students, |student| &student.person, &who.key);
    let people = wanted.students.iter().map(|student| student.person).collect::<Vec<_>>();
    let student = match find(wanted, &people, stored, known.map(|known| known.person), who)? {
        Found::At(at) => return Ok(at),
        Found::Stored(person) => {
            let student = known.unwrap_or_default();
            Student { person, ..student }.map_texts(|text| wanted.texts.push_from(&stored.texts, text))
        }
        Found::New => Student { person: described(&mut wanted.texts, who)?, grade, ..Student::default() },
    };
    let email = wanted.texts.get(student.person.email);
    if !email.is_empty() && wanted.teachers.iter().any(|one| wanted.texts.get(one.person.email) == email) {
        return Err(IN_BOTH);
    }
    wanted.students.push(student);
    Ok(wanted.students.len() as u32 - 1)
}

fn teacher_at(wanted: &mut Roster, stored: &StoredRoster, who: &PinnedPerson) -> Result<u32, &'static str> {
    let known = known(stored, &stored.teachers, |teacher| &teacher.person, &who.key);
    let people = wanted.teachers.iter().map(|teacher| teacher.person).collect::<Vec<_>>();
    let person = match find(wanted, &people, stored, known.map(|known| known.person), who)? {
        Found::At(at) => return Ok(at),
        Found::Stored(person) => person.map_texts(|text| wanted.texts.push_from(&stored.texts, text)),
        Found::New => described(&mut wanted.texts, who)?,
    };
    let email = wanted.texts.get(person.email);
    if wanted.students.iter().any(|one| wanted.texts.get(one.person.email) == email) {
        return Err(IN_BOTH);
    }
    wanted.teachers.push(Teacher { person });
    Ok(wanted.teachers.len() as u32 - 1)
}

/// Whom a pin names.
enum Found {
    /// Someone whom the file has.
    At(u32),
    /// Someone whom it does not have, as stored.
    Stored(Person),
    /// Someone who is not known.
    New,
}

/// Looks for whom a pin names: in the file under the key, or as the stored person under whatever key they have there now.
fn find(
    wanted: &Roster,
    people: &[Person],
    stored: &StoredRoster,
    known: Option<Person>,
    who: &PinnedPerson,
) -> Result<Found, &'static str> {
    let texts = &wanted.texts;
    let at = |fits: &dyn Fn(&Person) -> bool| people.iter().position(fits).map(|at| at as u32);
    let name = |texts: &'_ StringArena, one: &Person| {
        (texts.get(one.first_name).to_owned(), texts.get(one.last_name).to_owned())
    };
    let Some(known) = known else {
        return Ok(at(&|one| is(texts, one, &who.key)).map_or(Found::New, Found::At));
    };
    let (first_name, last_name) = name(&stored.texts, &known);
    let is_them = |one: &Person| {
        let (first, last) = name(texts, one);
        same_first_name(&first, &first_name)
            || likeness(&first, &last, &first_name, &last_name) != Likeness::Different
    };
    let same = |had: StrId, has: StrId| !had.is_empty() && stored.texts.get(had) == texts.get(has);
    if let Some(at) = at(&|one| same(known.sis_id, one.sis_id) || same(known.clever_id, one.clever_id)) {
        return Ok(Found::At(at));
    }
    if let Some(at) = at(&|one| is(texts, one, &who.key) || same(known.email, one.email)) {
        return if is_them(&people[at as usize]) { Ok(Found::At(at)) } else { Err(PASSED_ON) };
    }
    // Someone with another address and the very name, and no one else: that is what a re-key is about.
    let full = known.full_name(&stored.texts);
    let mut namesakes = (0..people.len()).filter(|at| people[*at].full_name(texts) == full);
    match (namesakes.next(), namesakes.next()) {
        (Some(at), None) => Ok(Found::At(at as u32)),
        _ => Ok(Found::Stored(known)),
    }
}

/// Who is stored under the key, present or former; an active one before others.
fn known<V: Entity>(
    stored: &StoredRoster,
    list: &[Stored<V>],
    person: impl Fn(&V) -> &Person,
    key: &str,
) -> Option<V> {
    let named = || list.iter().filter(|one| is(&stored.texts, person(&one.values), key));
    let former = || {
        let mut keys = stored.former_keys.iter().rev();
        let former = keys.find(|one| one.entity.kind == V::KIND && stored.texts.get(one.key) == key)?;
        list.by_number(former.entity.number_as()?)
    };
    let found = named().find(|one| one.active).or_else(|| named().next_back()).or_else(former);
    found.map(|one| one.values)
}

fn described(texts: &mut StringArena, who: &PinnedPerson) -> Result<Person, &'static str> {
    if !who.key.contains('@') || who.first_name.is_empty() || who.last_name.is_empty() {
        return Err(NOBODY);
    }
    Ok(Person {
        email: texts.push(&who.key),
        first_name: texts.push(&who.first_name),
        last_name: texts.push(&who.last_name),
        ..Person::default()
    })
}

/// Takes a person out of a roster with their links, under any key that they have or had.
fn leave_out(wanted: &mut Roster, stored: &StoredRoster, key: &str, left_out: &mut LeftOut) -> &'static str {
    let mut keys = vec![key.to_owned()];
    // Who had the key before is meant when nobody has it now.
    let has_it = |person: &Person| is(&stored.texts, person, key);
    let taken = stored.teachers.iter().any(|one| one.active && has_it(&one.values.person))
        || stored.students.iter().any(|one| one.active && has_it(&one.values.person));
    let with_former = stored.former_keys.iter().filter(|one| !taken && stored.texts.get(one.key) == key);
    let with_former = with_former.map(|one| one.entity).collect::<HashSet<_>>();
    let mut is_left_out = |entity: EntityRef, person: &Person| {
        let is_meant = is(&stored.texts, person, key) || with_former.contains(&entity);
        if is_meant {
            let present = [person.email, person.sis_id].map(|key| stored.texts.get(key).to_owned());
            keys.extend(present.into_iter().filter(|key| !key.is_empty()));
        }
        is_meant
    };
    for teacher in &stored.teachers {
        if is_left_out(teacher.number.into(), &teacher.values.person) {
            left_out.teachers.insert(teacher.number);
        }
    }
    for student in &stored.students {
        if is_left_out(student.number.into(), &student.values.person) {
            left_out.students.insert(student.number);
        }
    }
    let Roster { texts, teachers, students, teachings, enrollments, .. } = wanted;
    let out = |person: &Person| keys.iter().any(|key| is(texts, person, key));
    let before = teachers.len() + students.len();
    retain(teachers, teachings, |teacher| !out(&teacher.person));
    retain(students, enrollments, |student| !out(&student.person));
    if teachers.len() + students.len() < before { OTHER } else { SAME }
}

fn retain<V>(list: &mut Vec<V>, links: &mut Vec<RosterLink>, stays: impl Fn(&V) -> bool) {
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
