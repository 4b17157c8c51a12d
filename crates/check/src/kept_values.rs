//! Damage never overwrites: where a finding calls a value damaged, or a value had to be left out, the stored value of the same person,
//! school or class stays, and the finding says so.

use std::iter::successors;

use hashbrown::HashMap;
use homeroom_model::column::Column;
use homeroom_model::entity::{Entity, Named};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::roster::{Person, Student};
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::{StrId, StringArena};

use crate::name_checks::{became, decoded_once};
use crate::row_parts::{ClassPart, PartFinding, PartNotes, RowParts};
use crate::values::is_graduation_year;

/// Findings whose value gives way to the stored one.
const DAMAGED: [FindingCode; 5] = [
    FindingCode::NameEncodedTwice,
    FindingCode::NameAccentsLost,
    FindingCode::CleverIdShared,
    FindingCode::UsernameShared,
    FindingCode::GradeUnknown,
];

/// A part that names a teacher or a student.
pub(crate) trait PersonPart {
    fn person(&mut self) -> &mut Person;

    fn student(&mut self) -> Option<&mut Student> {
        None
    }
}

impl PersonPart for Person {
    fn person(&mut self) -> &mut Person {
        self
    }
}

impl PersonPart for ClassPart {
    fn person(&mut self) -> &mut Person {
        &mut self.teacher
    }
}

impl PersonPart for Student {
    fn person(&mut self) -> &mut Person {
        &mut self.person
    }

    fn student(&mut self) -> Option<&mut Student> {
        Some(self)
    }
}

/// Keeps the stored values of teachers.
pub(crate) fn keep_teachers(stored: &StoredRoster, parts: &mut RowParts<impl PersonPart>) {
    let values = |person| Student { person, ..Student::default() };
    keep_people(&stored.texts, &stored.teachers, |teacher| values(teacher.person), parts);
}

/// Keeps the stored values of students.
pub(crate) fn keep_students(stored: &StoredRoster, parts: &mut RowParts<Student>) {
    keep_people(&stored.texts, &stored.students, |student| *student, parts);
}

/// Keeps stored values of people with the same SIS id or address. `values` are those of a stored person.
fn keep_people<V: Entity>(
    stored: &StringArena,
    entities: &[Stored<V>],
    values: impl Fn(&V) -> Student,
    parts: &mut RowParts<impl PersonPart>,
) {
    let RowParts { texts, values: parts, notes } = parts;
    let is_damaged = |finding: &PartFinding| DAMAGED.contains(&finding.code);
    if !notes.iter().any(|notes| notes.findings.iter().any(is_damaged)) {
        return;
    }
    let mut known = HashMap::new();
    for before in entities.iter().map(|entity| values(&entity.values)) {
        let keys = [before.person.sis_id, before.person.email].map(|key| stored.get(key));
        known.extend(keys.into_iter().filter(|key| !key.is_empty()).map(|key| (key, before)));
    }
    let mut are_encoded_twice = false;
    for (part, notes) in parts.iter_mut().zip(&mut *notes) {
        let damaged = notes.findings.iter_mut().filter(|finding| is_damaged(finding));
        let Person { sis_id, email, .. } = *part.person();
        let mut kept = KeptValues { texts, stored, part };
        for finding in damaged {
            let with_key = [sis_id, email].into_iter().find_map(|key| known.get(kept.texts.get(key)));
            if let Some(before) = with_key {
                let is_kept = kept.keep(before, finding);
                are_encoded_twice |= is_kept && finding.code == FindingCode::NameEncodedTwice;
            }
        }
    }
    if are_encoded_twice {
        decode_newcomers(texts, parts, notes, &known);
    }
}

/// What was done to the names of known people was done to those of new ones, too.
fn decode_newcomers(
    texts: &mut StringArena,
    parts: &mut [impl PersonPart],
    notes: &mut [PartNotes],
    known: &HashMap<&str, Student>,
) {
    for (part, notes) in parts.iter_mut().zip(notes) {
        let person = part.person();
        if [person.sis_id, person.email].iter().any(|key| known.contains_key(texts.get(*key))) {
            continue;
        }
        let is_twice = |finding: &&mut PartFinding| finding.code == FindingCode::NameEncodedTwice;
        for finding in notes.findings.iter_mut().filter(is_twice) {
            let Some(name) = name_in(person, finding.column) else { continue };
            let read = decodings(&finding.value).last().unwrap_or_default();
            *name = texts.push(&read);
            let message = format!(
                "'{}' was encoded twice, as other names of the file: it is read as '{read}'.",
                finding.value
            );
            finding.message = message.into();
            finding.proposed = Some(read.into());
        }
    }
}

/// A person's first or last name.
fn name_in(person: &mut Person, column: Column) -> Option<&mut StrId> {
    match column {
        Column::TeacherFirstName | Column::StudentFirstName => Some(&mut person.first_name),
        Column::TeacherLastName | Column::StudentLastName => Some(&mut person.last_name),
        _ => None,
    }
}

/// A part that gets stored values.
struct KeptValues<'k, P> {
    texts: &'k mut StringArena,
    stored: &'k StringArena,
    part: &'k mut P,
}

impl<P: PersonPart> KeptValues<'_, P> {
    /// Keeps the value that a finding is about; whether it did.
    fn keep(&mut self, before: &Student, finding: &mut PartFinding) -> bool {
        let KeptValues { texts, stored, part } = self;
        let (value, before) = match (finding.code, finding.column) {
            (FindingCode::GradeUnknown, _) => {
                let Some(student) = part.student().filter(|student| student.grade.is_none()) else {
                    return false;
                };
                student.grade = before.grade;
                if let Some(grade) = before.grade {
                    let value = &finding.value;
                    let why = match is_graduation_year(value) {
                        true => "which is most likely a year of graduation",
                        false => "which was not understood",
                    };
                    finding.message = format!("Kept grade {grade}; the file has '{value}', {why}.").into();
                }
                return true;
            }
            (FindingCode::UsernameShared, _) => match part.student() {
                Some(student) => (&mut student.username, before.username),
                None => return false,
            },
            (FindingCode::CleverIdShared, _) => (&mut part.person().clever_id, before.person.clever_id),
            (_, Column::TeacherFirstName | Column::StudentFirstName) => {
                (&mut part.person().first_name, before.person.first_name)
            }
            (_, Column::TeacherLastName | Column::StudentLastName) => {
                (&mut part.person().last_name, before.person.last_name)
            }
            _ => return false,
        };
        let before = stored.get(before);
        let is_id = matches!(finding.code, FindingCode::UsernameShared | FindingCode::CleverIdShared);
        if before.is_empty() || !(is_id || is_damaged_form(before, &finding.value)) {
            return false;
        }
        *value = texts.push(before);
        if is_id {
            let message = format!("{} Kept '{before}', as in the last good file.", finding.message);
            finding.message = message.into();
        } else {
            say_kept(finding, before);
        }
        true
    }
}

/// Keeps stored names of schools or classes with the same key. `key_and_name` are those of a part.
pub(crate) fn keep_place_names<V: Entity + NamedPlace, P>(
    stored: &StringArena,
    entities: &[Stored<V>],
    parts: &mut RowParts<P>,
    column: Column,
    key_and_name: impl Fn(&mut P) -> (StrId, &mut StrId),
) {
    let RowParts { texts, values, notes } = parts;
    let mut known = None;
    for (part, notes) in values.iter_mut().zip(notes) {
        let (key, name) = key_and_name(part);
        let text = texts.get(*name);
        if text.is_ascii() && !text.contains('?') {
            continue;
        }
        let known = known.get_or_insert_with(|| {
            let names = entities.iter().map(|entity| &entity.values);
            names.map(|place| (stored.get(place.key()), stored.get(place.name()))).collect::<HashMap<_, _>>()
        });
        let Some(before) = known.get(texts.get(key)) else { continue };
        if !is_damaged_form(before, text) {
            continue;
        }
        let lost = FindingCode::NameAccentsLost;
        let is_twice = |finding: &&mut PartFinding| {
            finding.column == column && finding.code == FindingCode::NameEncodedTwice
        };
        match notes.findings.iter_mut().find(is_twice) {
            Some(finding) => say_kept(finding, before),
            None => {
                let mut finding = PartFinding::new(lost, column, text, "");
                say_kept(&mut finding, before);
                notes.add(finding);
            }
        }
        *name = texts.push(before);
    }
}

/// A school or class: a key and a name.
pub(crate) trait NamedPlace: Named {
    fn name(&self) -> StrId;
}

impl NamedPlace for homeroom_model::roster::School {
    fn name(&self) -> StrId {
        self.name
    }
}

impl NamedPlace for homeroom_model::roster::Class {
    fn name(&self) -> StrId {
        self.name
    }
}

fn say_kept(finding: &mut PartFinding, before: &str) {
    let damage = match finding.code {
        FindingCode::NameEncodedTwice => "which was encoded twice",
        _ => "in which letters were lost",
    };
    finding.message = format!("Kept '{before}'; the file has '{}', {damage}.", finding.value).into();
    finding.proposed = Some(before.into());
}

/// How many times a text may have been encoded once more.
const MAX_ENCODINGS: usize = 3;

/// Whether damage made one text of the other: it was encoded again, or letters became question marks.
fn is_damaged_form(before: &str, text: &str) -> bool {
    decodings(text).any(|decoded| decoded == before) || became(before, text)
}

/// The text decoded once, twice and so on, as long as it can be.
fn decodings(text: &str) -> impl Iterator<Item = String> {
    successors(decoded_once(text), |once| decoded_once(once)).take(MAX_ENCODINGS)
}

#[cfg(test)]
mod tests {
    use super::is_damaged_form;

    #[test]
    fn a_damaged_text_is_recognized_by_the_one_before() {
        for (before, text) in [
            ("José", "JosÃ©"),
            ("José", "JosÃƒÂ©"),
            ("Sofía", "SofÃ\u{AD}a"),
            ("Иван", "????"),
            ("Núñez", "N\u{FFFD}\u{FFFD}ez"),
        ] {
            assert!(is_damaged_form(before, text), "{before} {text}");
        }
        for (before, text) in [("Maria", "JosÃ©"), ("Jose", "Jos?"), ("Анна Мария", "????"), ("José", "José")]
        {
            assert!(!is_damaged_form(before, text), "{before} {text}");
        }
    }
}
