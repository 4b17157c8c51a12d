//! Clever ids and user names sign a person in: one that stands on several people is left out for all of them.

use std::borrow::Cow;

use hashbrown::hash_map::Entry;
use hashbrown::{HashMap, HashSet};
use homeroom_model::column::Column;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::roster::{Person, Student};
use homeroom_model::string_arena::{StrId, StringArena};

use crate::kept_values::PersonPart;
use crate::people::People;
use crate::position::Position;
use crate::row_parts::{ClassPart, PartFinding, PartNotes, RowParts};

/// Something that stands for one person.
struct SignIn<P> {
    column: Column,
    code: FindingCode,
    noun: &'static str,
    id: fn(&mut P) -> &mut StrId,
}

/// How many people a finding names.
const NAMED: usize = 5;

/// Leaves out Clever ids and user names of several students.
pub(crate) fn leave_out_of_students(parts: &mut RowParts<Student>, people: &People) {
    let clever_id = SignIn {
        column: Column::StudentCleverId,
        code: FindingCode::CleverIdShared,
        noun: "Clever id",
        id: |student: &mut Student| &mut student.person.clever_id,
    };
    let username = SignIn {
        column: Column::StudentUsername,
        code: FindingCode::UsernameShared,
        noun: "user name",
        id: |student: &mut Student| &mut student.username,
    };
    leave_out(parts, people, &clever_id);
    leave_out(parts, people, &username);
}

/// Leaves out Clever ids of several teachers.
pub(crate) fn leave_out_of_teachers(parts: &mut RowParts<ClassPart>, people: &People) {
    leave_out(parts, people, &teachers_clever_id());
}

fn teachers_clever_id() -> SignIn<ClassPart> {
    SignIn {
        column: Column::TeacherCleverId,
        code: FindingCode::CleverIdShared,
        noun: "Clever id",
        id: |part: &mut ClassPart| &mut part.teacher.clever_id,
    }
}

fn leave_out<P: PersonPart>(parts: &mut RowParts<P>, people: &People, sign_in: &SignIn<P>) {
    let RowParts { texts, values, notes } = parts;
    let mut first = HashMap::<Cow<'_, str>, Position>::new();
    let mut shared = HashMap::<String, Vec<usize>>::new();
    let mut ids = vec![StrId::EMPTY; 0];
    ids.extend(values.iter_mut().map(|part| *(sign_in.id)(part)));
    for (id, person) in ids.iter().zip(&people.of_part) {
        let (Some(person), false) = (person, id.is_empty()) else { continue };
        match first.entry(folded(texts.get(*id))) {
            Entry::Occupied(known) if known.get() != person => {
                shared.entry(known.key().to_string()).or_default();
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(place) => {
                place.insert(*person);
            }
        }
    }
    if shared.is_empty() {
        return;
    }
    for (part, id) in ids.iter().enumerate().filter(|(_, id)| !id.is_empty()) {
        if let Some(parts) = shared.get_mut(&*folded(texts.get(*id))) {
            parts.push(part);
        }
    }
    for parts in shared.values() {
        let id = texts.get(ids[parts[0]]).to_owned();
        let listed = listed(texts, values, notes, parts);
        let message = format!(
            "The {} '{id}' stands on different people: {listed}. It is not taken from this file.",
            sign_in.noun
        );
        for part in parts {
            notes[*part].add(PartFinding::new(sign_in.code, sign_in.column, &id, message.as_str()));
            *(sign_in.id)(&mut values[*part]) = StrId::EMPTY;
        }
    }
}

/// The first of the people with their lines.
fn listed<P: PersonPart>(
    texts: &StringArena,
    values: &mut [P],
    notes: &[PartNotes],
    parts: &[usize],
) -> String {
    let mut people = parts
        .iter()
        .map(|part| (notes[*part].occurrences.first_line, values[*part].person().full_name(texts)))
        .collect::<Vec<_>>();
    people.sort();
    let mut seen = HashSet::new();
    people.retain(|(_, name)| seen.insert(name.clone()));
    let more = people.len().saturating_sub(NAMED);
    let named = people.iter().take(NAMED).map(|(line, name)| format!("{name} (line {line})"));
    let named = named.collect::<Vec<_>>().join(", ");
    if more == 0 { named } else { format!("{named} and {more} more") }
}

/// User names are the same in capitals.
fn folded(id: &str) -> Cow<'_, str> {
    if id.contains(char::is_uppercase) { id.to_lowercase().into() } else { id.into() }
}

/// Leaves out Clever ids that teachers share with students.
pub(crate) fn leave_out_across_roles(teachers: &mut RowParts<ClassPart>, students: &mut RowParts<Student>) {
    let clever_ids = |texts: &StringArena, people: &mut dyn Iterator<Item = Person>| {
        let ids = people.map(|person| texts.get(person.clever_id).to_owned());
        ids.filter(|id| !id.is_empty()).collect::<HashSet<_>>()
    };
    let of_teachers = clever_ids(&teachers.texts, &mut teachers.values.iter().map(|part| part.teacher));
    if of_teachers.is_empty() {
        return;
    }
    let is_shared = |student: &&Student| of_teachers.contains(students.texts.get(student.person.clever_id));
    let shared = students.values.iter().filter(is_shared);
    let shared = clever_ids(&students.texts, &mut shared.map(|student| student.person));
    leave_out_of_role(teachers, &shared, &teachers_clever_id());
    let of_students = SignIn {
        column: Column::StudentCleverId,
        id: |student: &mut Student| &mut student.person.clever_id,
        code: FindingCode::CleverIdShared,
        noun: "Clever id",
    };
    leave_out_of_role(students, &shared, &of_students);
}

fn leave_out_of_role<P>(parts: &mut RowParts<P>, shared: &HashSet<String>, sign_in: &SignIn<P>) {
    let RowParts { texts, values, notes } = parts;
    for (part, notes) in values.iter_mut().zip(notes) {
        let id = (sign_in.id)(part);
        let text = texts.get(*id);
        if shared.contains(text) {
            let message = format!(
                "The Clever id '{text}' stands on a teacher and on a student. It is not taken from this file."
            );
            notes.add(PartFinding::new(sign_in.code, sign_in.column, text, message));
            *id = StrId::EMPTY;
        }
    }
}
