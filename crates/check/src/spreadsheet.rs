//! Finds ids that a spreadsheet damaged, by comparing them with the stored roster. An id that is surely a stored one in another form,
//! such as `610001.0`, is read as the stored one.

use hashbrown::{HashMap, HashSet};
use homeroom_model::column::Column;
use homeroom_model::damaged_id::{ThreeZeros, repaired};
use homeroom_model::entity::Entity;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::roster::{Class, Person, School, Student, Teacher};
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::{StrId, StringArena};

use crate::new_ids::repair_new_ids;
use crate::row_parts::{ClassPart, PartFinding, PartNotes, RowParts};
use crate::values::MONTHS;

/// Finds ids that lost leading zeros, and proposes the stored value for ids that a spreadsheet damaged.
pub(crate) struct SpreadsheetDamage<'s> {
    stored: &'s StoredRoster,
    schools: StoredIds<'s>,
    classes: StoredIds<'s>,
    teachers: StoredIds<'s>,
    students: StoredIds<'s>,
}

impl<'s> SpreadsheetDamage<'s> {
    pub(crate) fn new(stored: &'s StoredRoster) -> SpreadsheetDamage<'s> {
        let StoredRoster { texts, schools, classes, teachers, students, .. } = stored;
        SpreadsheetDamage {
            stored,
            schools: StoredIds::new(texts, Column::SchoolId, schools, |school: &School| school.key),
            classes: StoredIds::new(texts, Column::ClassId, classes, |class: &Class| class.key),
            teachers: StoredIds::new(texts, Column::TeacherId, teachers, |teacher: &Teacher| {
                teacher.person.sis_id
            }),
            students: StoredIds::new(texts, Column::StudentId, students, |student: &Student| {
                student.person.sis_id
            }),
        }
    }

    pub(crate) fn check_schools<P>(&self, parts: &mut RowParts<P>, key: impl Fn(&mut P) -> &mut StrId) {
        self.schools.compare(parts, key);
    }

    pub(crate) fn check_classes(&self, parts: &mut RowParts<ClassPart>) {
        self.classes.compare(parts, |part| &mut part.class);
    }

    pub(crate) fn check_teachers<P>(&self, parts: &mut RowParts<P>, teacher: impl Fn(&mut P) -> &mut Person) {
        self.teachers.compare(parts, |part| &mut teacher(part).sis_id);
        let StoredRoster { texts, teachers, .. } = self.stored;
        let clever_ids = SignIns {
            texts,
            column: Column::TeacherCleverId,
            list: teachers,
            id: |old| old.person.clever_id,
        };
        clever_ids.compare(parts, |part| &mut teacher(part).clever_id);
    }

    pub(crate) fn check_students(&self, parts: &mut RowParts<Student>) {
        self.students.compare(parts, |student| &mut student.person.sis_id);
        let StoredRoster { texts, students: list, .. } = self.stored;
        let clever_ids =
            SignIns { texts, column: Column::StudentCleverId, list, id: |old| old.person.clever_id };
        clever_ids.compare(parts, |student| &mut student.person.clever_id);
        let usernames = SignIns { texts, column: Column::StudentUsername, list, id: |old| old.username };
        usernames.compare(parts, |student| &mut student.username);
    }
}

/// Clever ids or user names: hardly ever a number in the form of a spreadsheet, so the stored ones are looked at only then.
struct SignIns<'s, V: Entity> {
    texts: &'s StringArena,
    column: Column,
    list: &'s [Stored<V>],
    id: fn(&V) -> StrId,
}

impl<V: Entity> SignIns<'_, V> {
    fn compare<P>(&self, parts: &mut RowParts<P>, id: impl Fn(&mut P) -> &mut StrId) {
        let RowParts { texts, values, .. } = &mut *parts;
        let mut shown = values.iter_mut().map(|part| texts.get(*id(part)));
        if shown.any(|shown| repaired(shown, ThreeZeros::Decimals) != shown) {
            StoredIds::new(self.texts, self.column, self.list, self.id).compare(parts, id);
        }
    }
}

/// The most changed ids that are searched for: each costs a pass over all ids, and a file with more of them is rejected anyway.
const MAX_SEARCHES: usize = 2_000;

/// The stored ids of one kind.
struct StoredIds<'s> {
    column: Column,
    all: HashSet<&'s str>,
    /// Ids with leading zeros by what is left without the zeros; `None` where several ids have the same rest.
    without_zeros: HashMap<&'s str, Option<&'s str>>,
    /// The length of all ids when they are numbers and begin with zeros; 0 when they are numbers of several lengths; `None` when they
    /// are no numbers.
    digits: Option<usize>,
}

impl<'s> StoredIds<'s> {
    fn new<V: Entity>(
        texts: &'s StringArena,
        column: Column,
        entities: &[Stored<V>],
        id: impl Fn(&V) -> StrId,
    ) -> StoredIds<'s> {
        let ids = || {
            let ids = entities.iter().map(|entity| texts.get(id(&entity.values)));
            ids.filter(|id| !id.is_empty())
        };
        let mut without_zeros = HashMap::new();
        for id in ids().filter(|id| id.starts_with('0') && is_number(id)) {
            let rest = id.trim_start_matches('0');
            without_zeros.entry(rest).and_modify(|known| *known = None).or_insert(Some(id));
        }
        let all = ids().collect::<HashSet<_>>();
        // Those of people who left may have been written otherwise.
        let today =
            entities.iter().filter(|entity| entity.active).map(|entity| texts.get(id(&entity.values)));
        let mut today = today.filter(|id| !id.is_empty()).peekable();
        let length = today.peek().map_or(0, |id| id.len());
        let has_zeros = !without_zeros.is_empty() && today.all(|id| id.len() == length);
        let digits = all.iter().all(|id| is_number(id)).then_some(if has_zeros { length } else { 0 });
        StoredIds { column, all, without_zeros, digits }
    }

    fn compare<P>(&self, parts: &mut RowParts<P>, id: impl Fn(&mut P) -> &mut StrId) {
        if self.all.is_empty() {
            return;
        }
        let RowParts { texts, values, .. } = &mut *parts;
        let three_zeros = ThreeZeros::in_column(values.iter_mut().map(|part| texts.get(*id(part))));
        self.repair_all(parts, three_zeros, &id);
        if let Some(length) = self.digits {
            repair_new_ids(parts, self.column, length, three_zeros, &id);
        }
        let RowParts { texts, values, notes } = parts;
        let mut searches = 0;
        for (part, notes) in values.iter_mut().zip(notes) {
            self.report_lost_zeros(texts.get(*id(part)), notes);
            searches += self.find_changed(notes, MAX_SEARCHES - searches);
        }
    }

    /// Puts the stored ids in the place of those that are the same number in another form. Of people who were read as two none gets the
    /// id of the other.
    fn repair_all<P>(
        &self,
        parts: &mut RowParts<P>,
        three_zeros: ThreeZeros,
        id: &impl Fn(&mut P) -> &mut StrId,
    ) {
        let RowParts { texts, values, notes } = parts;
        let mut forms = HashMap::<&str, String>::new();
        let damaged = values.iter_mut().zip(0_usize..);
        let damaged =
            damaged.filter_map(|(part, at)| Some((at, self.stored_form(texts.get(*id(part)), three_zeros)?)));
        let damaged = damaged.collect::<Vec<_>>();
        if damaged.is_empty() {
            return;
        }
        let is_person = !matches!(self.column, Column::SchoolId | Column::ClassId);
        if is_person {
            let in_file = values.iter_mut().filter_map(|part| self.all.get(texts.get(*id(part))).copied());
            forms.extend(in_file.map(|id| (id, id.to_owned())));
        }
        for (at, stored) in damaged {
            let id = id(&mut values[at]);
            let shown = texts.get(*id).to_owned();
            if is_person && *forms.entry(stored).or_insert_with(|| shown.clone()) != shown {
                continue;
            }
            let name = self.column.name();
            let message = format!(
                "{name} '{shown}' is '{stored}' in the form of a spreadsheet: the stored id is kept."
            );
            let finding = PartFinding::new(FindingCode::ValuesDamaged, self.column, &shown, message);
            notes[at].add(finding.proposing(stored));
            *id = texts.push(stored);
        }
    }

    /// The stored id that is shown in the form of a spreadsheet.
    fn stored_form(&self, shown: &str, three_zeros: ThreeZeros) -> Option<&'s str> {
        let repaired = repaired(shown, three_zeros);
        if repaired == shown || self.all.contains(shown) {
            return None;
        }
        let without_zeros = || self.without_zeros.get(&*repaired).copied().flatten();
        self.all.get(&*repaired).copied().or_else(without_zeros)
    }

    /// Proposes the stored id for each one that a spreadsheet program changed, at most so many times; how many were searched for.
    fn find_changed(&self, notes: &mut PartNotes, most: usize) -> usize {
        let is_changed = |finding: &&mut PartFinding| {
            finding.code == FindingCode::IdChangedBySpreadsheet && finding.column == self.column
        };
        let mut searches = 0;
        for finding in notes.findings.iter_mut().filter(is_changed).take(most) {
            searches += 1;
            if let Some(id) = self.only_id_shown_as(&finding.value) {
                finding.message = format!(
                    "A spreadsheet program changed {} to '{}'. In the last good file it was '{id}'.",
                    self.column.name(),
                    finding.value
                )
                .into();
                finding.proposed = Some(id.into());
            }
        }
        searches
    }

    fn report_lost_zeros(&self, id: &str, notes: &mut PartNotes) {
        if let Some(Some(whole)) = self.without_zeros.get(id)
            && !self.all.contains(id)
        {
            let name = self.column.name();
            let message =
                format!("{name} '{id}' was '{whole}' in the last good file: the leading zeros were lost.");
            let code = FindingCode::LeadingZerosLost;
            notes.add(PartFinding::new(code, self.column, id, message).proposing(whole));
        }
    }

    /// The only stored id that a spreadsheet may show like this.
    fn only_id_shown_as(&self, shown: &str) -> Option<&'s str> {
        let mut fitting = self.all.iter().filter(|id| may_be_shown_as(id, shown));
        let id = fitting.next()?;
        fitting.next().is_none().then_some(*id)
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

/// Whether an id has `power` + 1 digits and begins with `digits`, the last of them rounded.
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

/// Whether an id of two numbers may be the day and month, or the month and year, of `3-Jan` or `Jan-03`.
fn is_date(id: &str, shown: &str) -> bool {
    let parts = |text: &str| {
        let (left, right) = text.split_once(['-', '/', '.', ' '])?;
        Some((number_or_month(left)?, number_or_month(right)?))
    };
    let (Some((DatePart::Number(left), DatePart::Number(right))), Some((first, second))) =
        (parts(id), parts(shown))
    else {
        return false;
    };
    let date = (first.as_number(), second.as_number());
    date == (left, right) || date == (right, left)
}

/// A part of a date: a number, or a month by its name.
#[derive(Clone, Copy)]
enum DatePart {
    Number(u32),
    Month(u32),
}

impl DatePart {
    fn as_number(self) -> u32 {
        match self {
            DatePart::Number(number) | DatePart::Month(number) => number,
        }
    }
}

fn number_or_month(text: &str) -> Option<DatePart> {
    if let Ok(number) = text.parse() {
        return Some(DatePart::Number(number));
    }
    let month = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(text))?;
    Some(DatePart::Month(month as u32 + 1))
}

#[cfg(test)]
mod tests {
    use super::may_be_shown_as;

    #[test]
    fn an_id_is_recognized_in_what_a_spreadsheet_shows() {
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
}
