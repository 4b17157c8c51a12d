//! What a spreadsheet did to values, proved by the roster as it was before.

use hashbrown::{HashMap, HashSet};
use homeroom_model::column::Column;
use homeroom_model::entity::Entity;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::roster::{Class, Person, School, Student, Teacher};
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::{StrId, StringArena};

use crate::halves::{ClassHalf, Halves, Issue, Seen};
use crate::values::MONTHS;

/// Looks for ids that lost their zeros, and for the value behind each that a spreadsheet changed or that lost its accents.
pub(crate) struct Proofs<'e> {
    earlier: &'e StoredRoster,
    schools: Keys<'e>,
    classes: Keys<'e>,
    teachers: Keys<'e>,
    students: Keys<'e>,
}

impl<'e> Proofs<'e> {
    pub(crate) fn new(earlier: &'e StoredRoster) -> Proofs<'e> {
        let StoredRoster { schools, classes, teachers, students, .. } = earlier;
        Proofs {
            earlier,
            schools: Keys::new(earlier, Column::SchoolId, schools, |school: &School| school.key),
            classes: Keys::new(earlier, Column::ClassId, classes, |class: &Class| class.key),
            teachers: Keys::new(earlier, Column::TeacherId, teachers, |teacher: &Teacher| {
                teacher.person.sis_id
            }),
            students: Keys::new(earlier, Column::StudentId, students, |student: &Student| {
                student.person.sis_id
            }),
        }
    }

    pub(crate) fn schools<H: Copy>(&self, halves: &mut Halves<H>, key: impl Fn(&H) -> StrId) {
        self.schools.prove(halves, key);
    }

    pub(crate) fn classes(&self, halves: &mut Halves<ClassHalf>) {
        self.classes.prove(halves, |half| half.class);
    }

    pub(crate) fn teachers<H: Copy>(&self, halves: &mut Halves<H>, teacher: impl Fn(&H) -> Person) {
        self.teachers.prove(halves, |half| teacher(half).sis_id);
        restore_names(
            self.earlier,
            &self.earlier.teachers,
            |teacher: &Teacher| teacher.person,
            halves,
            teacher,
        );
    }

    pub(crate) fn students(&self, halves: &mut Halves<Student>) {
        self.students.prove(halves, |half| half.person.sis_id);
        let students = &self.earlier.students;
        restore_names(self.earlier, students, |student: &Student| student.person, halves, |half| half.person);
    }
}

/// Changed ids that are looked for: each costs a walk through all ids, and a file with more of them is rejected anyway.
const SEARCHES: usize = 2_000;

/// The ids of one kind that the roster had.
struct Keys<'e> {
    column: Column,
    all: HashSet<&'e str>,
    /// By what is left without the zeros in front; `None` where that stands for several.
    without_zeros: HashMap<&'e str, Option<&'e str>>,
}

impl<'e> Keys<'e> {
    fn new<V: Entity>(
        earlier: &'e StoredRoster,
        column: Column,
        list: &[Stored<V>],
        key: impl Fn(&V) -> StrId,
    ) -> Keys<'e> {
        let keys =
            || list.iter().map(|one| earlier.texts.get(key(&one.values))).filter(|key| !key.is_empty());
        let mut without_zeros = HashMap::new();
        for key in keys().filter(|key| key.starts_with('0') && is_number(key)) {
            let bare = key.trim_start_matches('0');
            without_zeros.entry(bare).and_modify(|known| *known = None).or_insert(Some(key));
        }
        Keys { column, all: keys().collect(), without_zeros }
    }

    fn prove<H: Copy>(&self, halves: &mut Halves<H>, key: impl Fn(&H) -> StrId) {
        if self.all.is_empty() {
            return;
        }
        let Halves { texts, list, seen, .. } = halves;
        let mut searches = 0;
        for (half, seen) in list.iter().zip(seen) {
            let id = texts.get(key(half));
            if let Some(Some(whole)) = self.without_zeros.get(id)
                && !self.all.contains(id)
            {
                let message = format!(
                    "{} '{id}' was '{whole}' in the last good file: the zeros in front are lost.",
                    self.column.name()
                );
                seen.propose(self.column, FindingCode::LeadingZerosLost, id, message, whole);
            }
            let changed = |issue: &&mut Issue| {
                issue.code == FindingCode::IdChangedBySpreadsheet && issue.column == self.column
            };
            for issue in seen.issues.iter_mut().filter(changed) {
                if searches == SEARCHES {
                    return;
                }
                searches += 1;
                if let Some(id) = self.behind(&issue.value) {
                    issue.message = format!(
                        "A spreadsheet program has changed {} into '{}'. In the last good file it is '{id}'.",
                        self.column.name(),
                        issue.value
                    )
                    .into();
                    issue.proposed = Some(id.into());
                }
            }
        }
    }

    /// The one id that a spreadsheet shows like this.
    fn behind(&self, shown: &str) -> Option<&'e str> {
        let mut fitting = self.all.iter().filter(|id| may_be_shown_as(id, shown));
        let one = fitting.next()?;
        fitting.next().is_none().then_some(*one)
    }
}

fn is_number(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a spreadsheet shows an id as `1.23E+11` or `3-Jan`.
fn may_be_shown_as(id: &str, shown: &str) -> bool {
    match shown.split_once(['E', 'e']) {
        Some((digits, power)) if shown.contains('+') => is_rounded_to(id, digits, power),
        _ => is_date(id, shown),
    }
}

/// Whether a number of `power` + 1 digits begins with these, the last one rounded.
fn is_rounded_to(id: &str, digits: &str, power: &str) -> bool {
    let digits = digits.replace(['.', ','], "");
    let id = id.trim_start_matches('0');
    if !is_number(id)
        || id.len() > 18
        || power.trim_start_matches('+').parse() != Ok(id.len().saturating_sub(1))
    {
        return false;
    }
    let (Ok(number), Ok(shown)) = (id.parse::<u64>(), digits.parse::<u64>()) else { return false };
    let Some(cut) = id.len().checked_sub(digits.len()) else { return false };
    let unit = 10_u64.pow(cut as u32);
    (number + unit / 2) / unit == shown
}

/// Whether two numbers with a sign between them can be the day and month, or the month and year, of `3-Jan` or `Jan-03`.
fn is_date(id: &str, shown: &str) -> bool {
    let parts = |text: &str| {
        let (one, other) = text.split_once(['-', '/', '.', ' '])?;
        Some((number_or_month(one)?, number_or_month(other)?))
    };
    let (Some((one, other)), Some(date)) = (parts(id), parts(shown)) else { return false };
    one.0 && other.0 && [(one.1, other.1), (other.1, one.1)].contains(&(date.0.1, date.1.1))
}

/// A number, or the number of a month; and whether it was a number.
fn number_or_month(text: &str) -> Option<(bool, u32)> {
    if let Ok(number) = text.parse() {
        return Some((true, number));
    }
    let month = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(text))?;
    Some((false, month as u32 + 1))
}

/// Proposes the names that people had before, where question marks took the place of letters.
fn restore_names<V: Entity, H: Copy>(
    earlier: &StoredRoster,
    list: &[Stored<V>],
    stored: impl Fn(&V) -> Person,
    halves: &mut Halves<H>,
    person: impl Fn(&H) -> Person,
) {
    let Halves { texts, list: half_list, seen, .. } = halves;
    let lost = |seen: &Seen| seen.issues.iter().any(|issue| issue.code == FindingCode::NameAccentsLost);
    if !seen.iter().any(lost) {
        return;
    }
    let keys = |texts: &'_ StringArena, person: Person| {
        [texts.get(person.sis_id).to_owned(), texts.get(person.email).to_owned()]
    };
    let mut known = HashMap::new();
    for one in list {
        let person = stored(&one.values);
        known.extend(
            keys(&earlier.texts, person).into_iter().filter(|key| !key.is_empty()).map(|key| (key, person)),
        );
    }
    for (half, seen) in half_list.iter().zip(seen).filter(|(_, seen)| lost(seen)) {
        let Some(before) = keys(texts, person(half)).iter().find_map(|key| known.get(key)) else { continue };
        for issue in seen.issues.iter_mut().filter(|issue| issue.code == FindingCode::NameAccentsLost) {
            let names = [before.first_name, before.last_name].map(|name| earlier.texts.get(name));
            if let Some(name) = names.into_iter().find(|name| became(name, &issue.value)) {
                issue.message = format!("{} In the last good file it is '{name}'.", issue.message).into();
                issue.proposed = Some(name.into());
            }
        }
    }
}

/// Whether a name becomes another when each letter outside ASCII, or each of its bytes, is replaced by a question mark.
fn became(name: &str, lost: &str) -> bool {
    let replaced = |times: fn(char) -> usize| {
        let one = |c: char| if c.is_ascii() { c.to_string() } else { "?".repeat(times(c)) };
        name.chars().map(one).collect::<String>()
    };
    let lost = lost.replace('\u{FFFD}', "?");
    !name.is_ascii() && (replaced(|_| 1) == lost || replaced(char::len_utf8) == lost)
}

#[cfg(test)]
mod tests {
    use super::{became, may_be_shown_as};

    #[test]
    fn ids_are_known_by_what_a_spreadsheet_shows_of_them() {
        for (id, shown) in [
            ("123456789012", "1.23457E+11"),
            ("123456789012", "1.23E+11"),
            ("99500000000", "9.95E+10"),
            ("3-1", "3-Jan"),
            ("1-3", "3-Jan"),
            ("01/03", "3-Jan"),
            ("1-03", "Jan-03"),
        ] {
            assert!(may_be_shown_as(id, shown), "{id} {shown}");
        }
        for (id, shown) in [
            ("123456789012", "1.24E+11"),
            ("12345678901", "1.23E+11"),
            ("A23456789012", "1.23E+11"),
            ("3-2", "3-Jan"),
            ("3", "3-Jan"),
            ("S1-3", "3-Jan"),
            ("3-Jan", "3-Jan"),
            ("", "1E+00"),
        ] {
            assert!(!may_be_shown_as(id, shown), "{id} {shown}");
        }
    }

    #[test]
    fn names_are_known_by_what_is_left_of_them() {
        assert!(became("José", "Jos?") && became("Núñez", "N??ez") && became("Núñez", "N????ez"));
        assert!(!became("Jose", "Jos?") && !became("Josef", "Jos?") && !became("Joße", "Jos?"));
    }
}
