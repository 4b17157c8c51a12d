//! Values that were damaged on their way, or stand for nobody.

use std::collections::BTreeMap;

use super::SpoiledNight;
use super::columns::{set, values_of};
use homeroom_model::Column;

const NAMES: [Column; 4] =
    [Column::StudentFirstName, Column::StudentLastName, Column::TeacherFirstName, Column::TeacherLastName];
const NUMBERS: [Column; 2] = [Column::StudentId, Column::TeacherId];

pub(super) fn placeholder(night: &mut SpoiledNight<'_>) -> Option<String> {
    let people = night.some_students(6);
    let words = ["none", "noemail", "student", "unknown"];
    let address = format!("{}@{}", night.dice.pick(&words), night.world.domains.1);
    set(night, Column::StudentEmail, &people.iter().map(|id| (*id, address.clone())).collect());
    Some(format!("{} students have the address {address}", people.len()))
}

/// Siblings and neighbours in the list get one address for two.
pub(super) fn shared_addresses(night: &mut SpoiledNight<'_>) -> Option<String> {
    let people = night.some_students(4);
    let values = values_of(night, Column::StudentEmail);
    let shared = people.chunks_exact(2).flat_map(|pair| {
        let address = values[&pair[0]].clone();
        [(pair[0], address.clone()), (pair[1], address)]
    });
    let shared = shared.collect::<BTreeMap<_, _>>();
    set(night, Column::StudentEmail, &shared);
    Some(format!("{} students share an address with another", shared.len()))
}

/// A spreadsheet takes numbers for numbers.
pub(super) fn zeros_lost(night: &mut SpoiledNight<'_>) -> Option<String> {
    let without_zeros = |value: &str| value.trim_start_matches('0').to_owned();
    change_numbers(night, without_zeros)?;
    Some("the numbers have lost their zeros".to_owned())
}

pub(super) fn point_zero(night: &mut SpoiledNight<'_>) -> Option<String> {
    change_numbers(night, |value| format!("{value}.0"))?;
    Some("the numbers end in .0".to_owned())
}

/// A spreadsheet shows long numbers in this way, and saves what it shows.
pub(super) fn scientific_numbers(night: &mut SpoiledNight<'_>) -> Option<String> {
    change_numbers(night, |value| {
        format!("{:.2E}", value.parse::<f64>().unwrap_or(0.0)).replace('E', "E+0")
    })?;
    Some("the numbers are written as 1.00E+05".to_owned())
}

/// A spreadsheet shows numbers with points between thousands.
pub(super) fn thousands_points(night: &mut SpoiledNight<'_>) -> Option<String> {
    change_numbers(night, |value| {
        let number = value.trim_start_matches('0');
        let (thousands, rest) = number.split_at(number.len().saturating_sub(3));
        if thousands.is_empty() { rest.to_owned() } else { format!("{thousands}.{rest}") }
    })?;
    Some("the numbers have points between thousands".to_owned())
}

/// In one school the column of the grade holds the year of graduation.
pub(super) fn graduation_years(night: &mut SpoiledNight<'_>) -> Option<String> {
    let school = night.dice.pick(&night.file.rows).cell(Column::SchoolId).to_owned();
    for row in night.file.rows.iter_mut().filter(|row| row.cell(Column::SchoolId) == school) {
        let grade = row.cell(Column::StudentGradeLevel).parse().unwrap_or(0);
        row.set(Column::StudentGradeLevel, (2027 + 12 - grade).to_string());
    }
    Some(format!("the grades of school {school} are years of graduation"))
}

/// The SIS has moved everybody to the next grade too early.
pub(super) fn next_years_grades(night: &mut SpoiledNight<'_>) -> Option<String> {
    for row in &mut night.file.rows {
        let grade = row.cell(Column::StudentGradeLevel).parse().unwrap_or(0);
        row.set(Column::StudentGradeLevel, format!("{:02}", (grade + 1).min(12)));
    }
    Some("everybody is in the next grade".to_owned())
}

/// In one address a letter is its Cyrillic look-alike.
pub(super) fn look_alike_letter(night: &mut SpoiledNight<'_>) -> Option<String> {
    let student = *night.dice.pick(&night.file.students());
    let address = values_of(night, Column::StudentEmail)[&student].clone();
    let other = address.replacen('a', "\u{430}", 1);
    set(night, Column::StudentEmail, &[(student, other.clone())].into_iter().collect());
    (other != address)
        .then(|| format!("the address of student {student} has a letter that looks like another"))
}

fn change_numbers(night: &mut SpoiledNight<'_>, change: impl Fn(&str) -> String) -> Option<()> {
    let mut changed = false;
    for row in &mut night.file.rows {
        for column in NUMBERS {
            let value = row.cell(column).to_owned();
            let new = if value.is_empty() { String::new() } else { change(&value) };
            changed |= new != value;
            row.set(column, new);
        }
    }
    changed.then_some(())
}

/// UTF-8 that was read as Windows-1252 and written again.
pub(super) fn mojibake(night: &mut SpoiledNight<'_>) -> Option<String> {
    change_names(night, |name| {
        name.bytes().map(|byte| if byte < 0x80 { byte as char } else { latin_1(byte) }).collect()
    })?;
    Some("the names are encoded twice".to_owned())
}

/// The letter of a byte in Latin-1, which Windows-1252 agrees with but for some rare ones.
fn latin_1(byte: u8) -> char {
    match byte {
        0x80 => '€',
        0x82 => '‚',
        0x83 => 'ƒ',
        0x84 => '„',
        0x89 => '‰',
        0x8a => 'Š',
        0x91 => '‘',
        0x92 => '’',
        0x93 => '“',
        0x94 => '”',
        0x96 => '–',
        0x97 => '—',
        0x99 => '™',
        byte => char::from(byte),
    }
}

pub(super) fn question_marks(night: &mut SpoiledNight<'_>) -> Option<String> {
    change_names(night, |name| {
        name.chars().map(|letter| if letter.is_ascii() { letter } else { '?' }).collect()
    })?;
    Some("letters that are not ASCII are question marks".to_owned())
}

fn change_names(night: &mut SpoiledNight<'_>, change: impl Fn(&str) -> String) -> Option<()> {
    let mut changed = 0;
    for row in &mut night.file.rows {
        for column in NAMES {
            let new = change(row.cell(column));
            changed += usize::from(new != row.cell(column));
            row.set(column, new);
        }
    }
    (changed > 20).then_some(())
}

/// First names are those of other students, everywhere; all else is as it was.
pub(super) fn names_shifted(night: &mut SpoiledNight<'_>) -> Option<String> {
    let values = values_of(night, Column::StudentFirstName);
    let by = 1 + night.dice.below(values.len() - 1);
    let shifted = values.keys().zip(values.values().cycle().skip(by)).map(|(id, name)| (*id, name.clone()));
    let shifted = shifted.collect();
    set(night, Column::StudentFirstName, &shifted);
    Some("everybody has the first name of another".to_owned())
}
