//! What goes wrong with the file of a night.

use homeroom_model::Column;

use super::column::TEACHER;
use super::damage::{Damage, damaged};
use super::district::District;
use super::reject::{Rejection, reject};
use super::sheet::{PersonId, Role, Row, Sheet};
use super::strangers;

/// A stretch of rows; both numbers are taken modulo the number of rows.
pub(super) type Stretch = [u8; 2];

/// Something that goes wrong. Numbers choose people and rows, modulo how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hostility {
    /// Two people exchange their values in these columns of one role.
    Swap(Vec<Column>, u8, u8),
    /// Some people pass their values on in a ring.
    Ring(Vec<Column>, u8, u8),
    /// In a stretch each row has the values of the row above.
    Slip(Vec<Column>, Stretch),
    /// In a stretch these columns are sorted without the others.
    Sort(Vec<Column>, Stretch),
    /// The first value of a stretch is repeated, or counted up, in all of it.
    Drag(Column, Stretch, u8),
    /// A stretch is emptied.
    Empty(Vec<Column>, Stretch),
    /// The values of a stretch are damaged.
    Damage(Column, Damage, Stretch),
    /// Two columns are exchanged in a stretch.
    Exchange(Column, Column, Stretch),
    /// A person gets another's values in these columns, who keeps them.
    Copy(Vec<Column>, u8, u8),
    /// A person gets the values of another one of the other role, who keeps them.
    CopyAcross(Column, Column, u8, u8),
    /// Another person, with a name of their own, in place of a student, with these columns.
    Replaced(Vec<Column>, u8),
    /// Rows that are rejected.
    Rejected(Rejection, Stretch),
    /// Rows that are missing.
    Missing(Stretch),
    /// A number of every student is another student's.
    Renumbered(u8),
    /// Two classes exchange ids or names.
    ClassesSwapped(Column, u8, u8),
    /// Names are empty of letters, or in another alphabet.
    Unreadable(u8, u8),
    /// A person's rows say another class, school or grade.
    Elsewhere(u8, u8),
    /// A newcomer has the values in these columns of a student who left.
    Reused(Vec<Column>, u8, u8),
    /// A student stands as the teacher in all rows of a teacher.
    RoleChanged(u8, u8),
    /// So many students, one after the other, have the value of the first.
    ForMany(Column, u8, u8),
}

impl Hostility {
    /// Spoils the file of a district.
    pub fn spoil(&self, sheet: &mut Sheet, district: &District) {
        if sheet.rows.is_empty() {
            return;
        }
        match self {
            Hostility::Reused(columns, who, at) => reuse(sheet, columns, (*who, *at), district),
            Hostility::Swap(columns, a, b) => ring(sheet, columns, *a, &[0, usize::from(*b)]),
            Hostility::Ring(columns, from, len) => {
                let steps = (0..=usize::from(*len)).collect::<Vec<_>>();
                ring(sheet, columns, *from, &steps);
            }
            Hostility::Slip(columns, stretch) => {
                let rows = rows(sheet, *stretch);
                for pair in rows.windows(2).rev() {
                    copy_cells(sheet, columns, pair[0], pair[1]);
                }
            }
            Hostility::Sort(columns, stretch) => sort(sheet, columns, *stretch),
            Hostility::Drag(column, stretch, step) => drag(sheet, *column, *stretch, *step),
            Hostility::Empty(columns, stretch) => {
                for at in rows(sheet, *stretch) {
                    columns.iter().for_each(|column| sheet.rows[at].set(*column, ""));
                }
            }
            Hostility::Damage(column, damage, stretch) => {
                for at in rows(sheet, *stretch) {
                    let value = damaged(*damage, sheet.rows[at].cell(*column));
                    sheet.rows[at].set(*column, value);
                }
            }
            Hostility::Exchange(one, other, stretch) => {
                rows(sheet, *stretch).into_iter().for_each(|at| {
                    sheet.rows[at].cells.swap(*one as usize, *other as usize);
                });
            }
            Hostility::Copy(columns, from, to) => {
                let Some(role) = columns.first().map(|column| Role::of(*column)) else { return };
                let (from, to) = (person(sheet, role, *from), person(sheet, role, *to));
                let source = sheet.rows_of(role, from)[0];
                for at in sheet.rows_of(role, to) {
                    copy_cells(sheet, columns, source, at);
                }
            }
            Hostility::CopyAcross(one, other, from, to) => {
                let from = person(sheet, Role::of(*one), *from);
                let value = sheet.rows[sheet.rows_of(Role::of(*one), from)[0]].cell(*one).to_owned();
                let to = person(sheet, Role::of(*other), *to);
                for at in sheet.rows_of(Role::of(*other), to) {
                    sheet.rows[at].set(*other, value.clone());
                }
            }
            other => other.spoil_rows(sheet),
        }
    }

    /// The same where addresses stay with their rows.
    pub fn without_addresses(mut self) -> Hostility {
        if let Hostility::Swap(columns, ..)
        | Hostility::Ring(columns, ..)
        | Hostility::Slip(columns, _)
        | Hostility::Sort(columns, _)
        | Hostility::Copy(columns, ..) = &mut self
        {
            columns.iter_mut().filter(|column| **column == Column::StudentEmail).for_each(|column| {
                *column = Column::StudentFirstName;
            });
        }
        self
    }

    fn spoil_rows(&self, sheet: &mut Sheet) {
        match self {
            Hostility::Rejected(how, stretch) => {
                for at in rows(sheet, *stretch) {
                    reject(*how, sheet, at);
                }
            }
            Hostility::Missing(stretch) => {
                let gone = rows(sheet, *stretch);
                let mut at = 0..;
                sheet.rows.retain(|_| !at.next().is_some_and(|at| gone.contains(&at)));
            }
            Hostility::Replaced(columns, who) => {
                let who = person(sheet, Role::Student, *who);
                strangers::replace(sheet, columns, who);
            }
            Hostility::RoleChanged(student, teacher) => {
                let student = person(sheet, Role::Student, *student);
                let teacher = person(sheet, Role::Teacher, *teacher);
                strangers::teach(sheet, student, teacher);
            }
            Hostility::ForMany(column, from, many) => {
                let people = sheet.people(Role::Student).into_iter().cycle().skip(usize::from(*from));
                let people = people.take(usize::from(*many)).collect::<Vec<_>>();
                let source = sheet.rows_of(Role::Student, people[0])[0];
                let rows =
                    people.iter().flat_map(|who| sheet.rows_of(Role::Student, *who)).collect::<Vec<_>>();
                rows.into_iter().for_each(|at| copy_cells(sheet, &[*column], source, at));
            }
            Hostility::Renumbered(by) => {
                let people = sheet.people(Role::Student);
                let steps = (0..people.len()).collect::<Vec<_>>();
                for _ in 0..=by % 3 {
                    ring(sheet, &[Column::StudentId], 0, &steps);
                }
            }
            Hostility::ClassesSwapped(column, a, b) => swap_classes(sheet, *column, [*a, *b]),
            Hostility::Unreadable(who, how) => {
                let who = person(sheet, Role::Student, *who);
                let (first, last) = [("????", "??????"), ("-", "."), ("Ivan", "Petrov"), ("Жозе", "Ли")]
                    [usize::from(*how) % 4];
                for at in sheet.rows_of(Role::Student, who) {
                    sheet.rows[at].set(Column::StudentFirstName, first);
                    sheet.rows[at].set(Column::StudentLastName, last);
                }
            }
            Hostility::Elsewhere(who, to) => {
                let who = person(sheet, Role::Student, *who);
                let source = usize::from(*to) % sheet.rows.len();
                for at in sheet.rows_of(Role::Student, who) {
                    copy_cells(sheet, &PLACE, source, at);
                    copy_cells(sheet, &TEACHER, source, at);
                }
            }
            _ => {}
        }
    }
}

/// Where a student is.
const PLACE: [Column; 5] =
    [Column::ClassId, Column::ClassName, Column::SchoolId, Column::SchoolName, Column::StudentGradeLevel];

/// A newcomer with the values of someone who left.
fn reuse(sheet: &mut Sheet, columns: &[Column], (who, at): (u8, u8), district: &District) {
    let gone = |id: &PersonId| {
        let person = &district.people[*id];
        !person.here && person.role == Role::Student
    };
    let left = (0..district.people.len()).filter(gone).collect::<Vec<_>>();
    if !left.is_empty() {
        let at = usize::from(at) % sheet.rows.len();
        strangers::reuse(sheet, columns, left[usize::from(who) % left.len()], at, district);
    }
}

fn swap_classes(sheet: &mut Sheet, column: Column, chosen: [u8; 2]) {
    let mut classes = sheet.rows.iter().map(|row| row.cell(column).to_owned()).collect::<Vec<_>>();
    classes.dedup();
    let [a, b] = chosen.map(|class| &classes[usize::from(class) % classes.len()]);
    for row in &mut sheet.rows {
        let other = if row.cell(column) == a { b } else { a };
        if [a, b].iter().any(|one| row.cell(column) == *one) {
            row.set(column, other);
        }
    }
}

/// The rows of a stretch: from one to a third of all.
fn rows(sheet: &Sheet, [from, len]: Stretch) -> Vec<usize> {
    let count = sheet.rows.len();
    let from = usize::from(from) % count;
    let len = if len == u8::MAX { count } else { usize::from(len) % (count / 3 + 1) + 1 };
    (from..count.min(from + len)).collect()
}

fn person(sheet: &Sheet, role: Role, number: u8) -> PersonId {
    let people = sheet.people(role);
    people[usize::from(number) % people.len()]
}

fn copy_cells(sheet: &mut Sheet, columns: &[Column], from: usize, to: usize) {
    for column in columns {
        let value = sheet.rows[from].cell(*column).to_owned();
        sheet.rows[to].set(*column, value);
    }
}

/// Each of the people gets the values of the next, and the last those of the first.
fn ring(sheet: &mut Sheet, columns: &[Column], from: u8, steps: &[usize]) {
    let Some(role) = columns.first().map(|column| Role::of(*column)) else { return };
    let all = sheet.people(role);
    let mut people = Vec::new();
    for step in steps {
        let person = all[(usize::from(from) + step) % all.len()];
        if !people.contains(&person) {
            people.push(person);
        }
    }
    let before = sheet.rows.clone();
    for (at, person) in people.iter().enumerate() {
        let source = sheet.rows_of(role, people[(at + 1) % people.len()])[0];
        for row in sheet.rows_of(role, *person) {
            for column in columns {
                sheet.rows[row].set(*column, before[source].cell(*column));
            }
        }
    }
}

fn sort(sheet: &mut Sheet, columns: &[Column], stretch: Stretch) {
    let rows = rows(sheet, stretch);
    let cells = |row: &Row| columns.iter().map(|column| row.cell(*column).to_owned()).collect::<Vec<_>>();
    let mut values = rows.iter().map(|at| cells(&sheet.rows[*at])).collect::<Vec<_>>();
    values.sort();
    for (at, values) in rows.into_iter().zip(values) {
        for (column, value) in columns.iter().zip(values) {
            sheet.rows[at].set(*column, value);
        }
    }
}

fn drag(sheet: &mut Sheet, column: Column, stretch: Stretch, step: u8) {
    let rows = rows(sheet, stretch);
    let first = sheet.rows[rows[0]].cell(column).to_owned();
    let digits = first.trim_start_matches(|c: char| !c.is_ascii_digit());
    let counted =
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u64>().ok()).flatten();
    for (number, at) in rows.into_iter().enumerate() {
        let value = match counted.filter(|_| step % 2 == 1) {
            Some(count) => {
                let head = &first[..first.len() - digits.len()];
                format!("{head}{:0width$}", count + number as u64, width = digits.len())
            }
            None => first.clone(),
        };
        sheet.rows[at].set(column, value);
    }
}
