//! Applies pins to a wanted roster: what was set by hand wins over the file.

use hashbrown::HashSet;
use homeroom_model::Grade;
use homeroom_model::entity::{ByNumber, EntityRef, StudentNumber, TeacherNumber};
use homeroom_model::name::{Likeness, likeness, same_first_name};
use homeroom_model::pin::{Pin, PinChange, PinnedPerson};
use homeroom_model::roster::{Person, Roster, RosterLink, Student, Teacher};
use homeroom_model::run::PinShown;
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::{StrId, StringArena};

use crate::roster_person::RosterPerson;

/// Stored people whom pins leave out.
#[derive(Debug, Default)]
pub(crate) struct LeftOut {
    pub(crate) teachers: HashSet<TeacherNumber>,
    pub(crate) students: HashSet<StudentNumber>,
}

/// Applies pins to a wanted roster, and says of each what it does.
pub(crate) fn apply_pins(
    wanted: &mut Roster,
    stored: &StoredRoster,
    pins: &[Pin],
) -> (Vec<PinShown>, LeftOut) {
    let mut left_out = LeftOut::default();
    let show = |pin: &Pin| PinShown {
        number: pin.number,
        what: pin.change.in_words(),
        effect: apply_pin(wanted, stored, &pin.change, &mut left_out).into(),
        owner: pin.owner.clone(),
        until: pin.until,
    };
    (pins.iter().map(show).collect(), left_out)
}

const DIFFERS: &str = "differs from the file";
const SAME: &str = "same as the file";
const NO_CLASS: &str = "no effect: the class is not in the file";
const SEVERAL_CLASSES: &str =
    "no effect: several schools use this class_id; put the school_id in front, as in S1/C1";
const NOBODY: &str = "no effect: nobody has this address or SIS id, and the pin gives no name";
const PASSED_ON: &str = "no effect: the address belongs to someone else now";
const IN_BOTH: &str = "no effect: an address cannot belong to both a teacher and a student";

/// Applies one pin, and returns its effect in words.
fn apply_pin(
    wanted: &mut Roster,
    stored: &StoredRoster,
    what: &PinChange,
    left_out: &mut LeftOut,
) -> &'static str {
    let effect = match what {
        PinChange::ExtraStudent { class, student, grade } => class_at(wanted, class)
            .and_then(|class| Ok(RosterLink { class, person: student_at(wanted, stored, student, *grade)? }))
            .map(|link| add_link(&mut wanted.enrollments, link)),
        PinChange::CoTeacher { class, teacher } => class_at(wanted, class)
            .and_then(|class| Ok(RosterLink { class, person: teacher_at(wanted, stored, teacher)? }))
            .map(|link| add_link(&mut wanted.teachings, link)),
        PinChange::ClassName { class, name } => {
            class_at(wanted, class).map(|class| rename_class(wanted, class, name))
        }
        PinChange::Excluded { person } => Ok(leave_out(wanted, stored, person, left_out)),
    };
    effect.unwrap_or_else(|no_effect| no_effect)
}

fn has_key(texts: &StringArena, person: &Person, key: &str) -> bool {
    !key.is_empty() && (texts.get(person.email) == key || texts.get(person.sis_id) == key)
}

/// The class with this id. If schools use the same class ids, the key begins with the school's id, which may be left out while only one school has the class id.
fn class_at(wanted: &Roster, key: &str) -> Result<u32, &'static str> {
    let ids = || wanted.classes.iter().map(|class| wanted.texts.get(class.key));
    if let Some(at) = ids().position(|id| id == key) {
        return Ok(at as u32);
    }
    let has_suffix = |full: &str| full.rsplit_once('/').is_some_and(|(_, id)| id == key);
    let mut candidates = ids().zip(0..).filter(|(full, _)| has_suffix(full));
    match (candidates.next(), candidates.next()) {
        (Some((_, at)), None) => Ok(at),
        (Some(_), Some(_)) => Err(SEVERAL_CLASSES),
        (None, _) => Err(NO_CLASS),
    }
}

fn rename_class(wanted: &mut Roster, class: u32, name: &str) -> &'static str {
    let class = &mut wanted.classes[class as usize];
    if wanted.texts.get(class.name) == name {
        return SAME;
    }
    class.name = wanted.texts.push(name);
    DIFFERS
}

fn add_link(links: &mut Vec<RosterLink>, link: RosterLink) -> &'static str {
    match links.binary_search(&link) {
        Ok(_) => SAME,
        Err(at) => {
            links.insert(at, link);
            DIFFERS
        }
    }
}

/// The student's position in the wanted roster; added there as stored, or as the pin describes them.
fn student_at(
    wanted: &mut Roster,
    stored: &StoredRoster,
    pinned: &PinnedPerson,
    grade: Option<Grade>,
) -> Result<u32, &'static str> {
    let old = find_stored(stored, &stored.students, &pinned.key);
    let people = wanted.students.iter().map(|student| student.person).collect::<Vec<_>>();
    let student = match find(wanted, &people, stored, old.map(|student| student.person), pinned)? {
        Found::InFile(at) => return Ok(at),
        Found::Stored(person) => {
            let student = old.unwrap_or_default();
            Student { person, ..student }.map_texts(|text| wanted.texts.push_from(&stored.texts, text))
        }
        Found::Unknown => {
            Student { person: described(&mut wanted.texts, pinned)?, grade, ..Student::default() }
        }
    };
    let email = wanted.texts.get(student.person.email);
    if !email.is_empty()
        && wanted.teachers.iter().any(|teacher| wanted.texts.get(teacher.person.email) == email)
    {
        return Err(IN_BOTH);
    }
    wanted.students.push(student);
    Ok(wanted.students.len() as u32 - 1)
}

/// The same for a teacher.
fn teacher_at(
    wanted: &mut Roster,
    stored: &StoredRoster,
    pinned: &PinnedPerson,
) -> Result<u32, &'static str> {
    let old = find_stored(stored, &stored.teachers, &pinned.key);
    let people = wanted.teachers.iter().map(|teacher| teacher.person).collect::<Vec<_>>();
    let person = match find(wanted, &people, stored, old.map(|teacher| teacher.person), pinned)? {
        Found::InFile(at) => return Ok(at),
        Found::Stored(person) => person.map_texts(|text| wanted.texts.push_from(&stored.texts, text)),
        Found::Unknown => described(&mut wanted.texts, pinned)?,
    };
    let email = wanted.texts.get(person.email);
    if wanted.students.iter().any(|student| wanted.texts.get(student.person.email) == email) {
        return Err(IN_BOTH);
    }
    wanted.teachers.push(Teacher { person });
    Ok(wanted.teachers.len() as u32 - 1)
}

/// The person that a pin is about.
enum Found {
    /// In the file, at a position.
    InFile(u32),
    /// Stored, but not in the file.
    Stored(Person),
    /// Neither.
    Unknown,
}

/// Finds the person that a pin is about: in the file under the key, or the stored one under whatever key the file has them now.
fn find(
    wanted: &Roster,
    people: &[Person],
    stored: &StoredRoster,
    old: Option<Person>,
    pinned: &PinnedPerson,
) -> Result<Found, &'static str> {
    let texts = &wanted.texts;
    let position = |fits: &dyn Fn(&Person) -> bool| people.iter().position(fits).map(|at| at as u32);
    let name = |texts: &'_ StringArena, person: &Person| {
        (texts.get(person.first_name).to_owned(), texts.get(person.last_name).to_owned())
    };
    let Some(old) = old else {
        let at = position(&|person| has_key(texts, person, &pinned.key));
        return Ok(at.map_or(Found::Unknown, Found::InFile));
    };
    let (old_first, old_last) = name(&stored.texts, &old);
    let has_similar_name = |person: &Person| {
        let (first, last) = name(texts, person);
        same_first_name(&first, &old_first)
            || likeness(&first, &last, &old_first, &old_last) != Likeness::Different
    };
    let same = |old: StrId, new: StrId| !old.is_empty() && stored.texts.get(old) == texts.get(new);
    let same_id = |person: &Person| same(old.sis_id, person.sis_id) || same(old.clever_id, person.clever_id);
    if let Some(at) = position(&same_id) {
        return Ok(Found::InFile(at));
    }
    if let Some(at) = position(&|person| has_key(texts, person, &pinned.key) || same(old.email, person.email))
    {
        return if has_similar_name(&people[at as usize]) { Ok(Found::InFile(at)) } else { Err(PASSED_ON) };
    }
    // The only one with exactly this name, under another address: that is what a re-key is about.
    let full_name = old.full_name(&stored.texts);
    let mut namesakes = (0..people.len()).filter(|at| people[*at].full_name(texts) == full_name);
    match (namesakes.next(), namesakes.next()) {
        (Some(at), None) => Ok(Found::InFile(at as u32)),
        _ => Ok(Found::Stored(old)),
    }
}

/// The person stored under a present or former key; an active one before others.
fn find_stored<V: RosterPerson>(stored: &StoredRoster, list: &[Stored<V>], key: &str) -> Option<V> {
    let holders = || list.iter().filter(|person| has_key(&stored.texts, person.values.person(), key));
    let former_holder = || {
        let mut keys = stored.former_keys.iter().rev();
        let former =
            keys.find(|former| former.entity.kind == V::KIND && stored.texts.get(former.key) == key)?;
        list.by_number(former.entity.number_as()?)
    };
    let found = holders().find(|person| person.active).or_else(|| holders().next_back());
    found.or_else(former_holder).map(|person| person.values)
}

fn described(texts: &mut StringArena, pinned: &PinnedPerson) -> Result<Person, &'static str> {
    if !pinned.key.contains('@') || pinned.first_name.is_empty() || pinned.last_name.is_empty() {
        return Err(NOBODY);
    }
    Ok(Person {
        email: texts.push(&pinned.key),
        first_name: texts.push(&pinned.first_name),
        last_name: texts.push(&pinned.last_name),
        ..Person::default()
    })
}

/// Takes a person out of a roster with their links, under any key that they have or had.
fn leave_out(wanted: &mut Roster, stored: &StoredRoster, key: &str, left_out: &mut LeftOut) -> &'static str {
    let mut keys = vec![key.to_owned()];
    // A former holder of the key counts only if nobody has it now.
    let holds_key = |person: &Person| has_key(&stored.texts, person, key);
    let is_held = stored.teachers.iter().any(|teacher| teacher.active && holds_key(&teacher.values.person))
        || stored.students.iter().any(|student| student.active && holds_key(&student.values.person));
    let former_holders =
        stored.former_keys.iter().filter(|former| !is_held && stored.texts.get(former.key) == key);
    let former_holders = former_holders.map(|former| former.entity).collect::<HashSet<_>>();
    let mut is_left_out = |entity: EntityRef, person: &Person| {
        let matches_key = has_key(&stored.texts, person, key) || former_holders.contains(&entity);
        if matches_key {
            let present = [person.email, person.sis_id].map(|key| stored.texts.get(key).to_owned());
            keys.extend(present.into_iter().filter(|key| !key.is_empty()));
        }
        matches_key
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
    let stays = |person: &Person| !keys.iter().any(|key| has_key(texts, person, key));
    let before = teachers.len() + students.len();
    retain(teachers, teachings, |teacher| stays(&teacher.person));
    retain(students, enrollments, |student| stays(&student.person));
    if teachers.len() + students.len() < before { DIFFERS } else { SAME }
}

/// Keeps those people who stay, and their links.
fn retain<V>(people: &mut Vec<V>, links: &mut Vec<RosterLink>, stays: impl Fn(&V) -> bool) {
    let mut next = 0;
    let new_positions = people
        .iter()
        .map(|person| {
            let position = stays(person).then_some(next);
            next += u32::from(position.is_some());
            position
        })
        .collect::<Vec<_>>();
    people.retain(|person| stays(person));
    links.retain_mut(|link| match new_positions[link.person as usize] {
        Some(position) => {
            link.person = position;
            true
        }
        None => false,
    });
}
