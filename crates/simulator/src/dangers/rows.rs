//! Rows that are missing, or stand in the wrong class or school.

use std::collections::BTreeSet;

use super::SpoiledNight;
use crate::file::Row;
use homeroom_model::Column;

pub(super) fn school_missing(night: &mut SpoiledNight<'_>) -> Option<String> {
    let school = night.dice.pick(&night.file.rows).cell(Column::SchoolId).to_owned();
    keep(night, |row| row.cell(Column::SchoolId) != school);
    Some(format!("school {school} is missing"))
}

pub(super) fn grade_missing(night: &mut SpoiledNight<'_>) -> Option<String> {
    let grade = night.dice.pick(&night.file.rows).cell(Column::StudentGradeLevel).to_owned();
    keep(night, |row| row.cell(Column::StudentGradeLevel) != grade);
    Some(format!("grade {grade} is missing"))
}

/// The file ends in the middle of a row.
pub(super) fn truncated(night: &mut SpoiledNight<'_>) -> Option<String> {
    let rows = night.file.rows.len();
    let lost = rows / 25 + night.dice.below(rows / 2);
    night.file.rows.truncate(rows - lost);
    night.file.cut = 20;
    Some(format!("the file ends in the middle of a row, {lost} rows are missing"))
}

/// The file ends early, but after a whole row.
pub(super) fn ends_early(night: &mut SpoiledNight<'_>) -> Option<String> {
    let rows = night.file.rows.len();
    let lost = rows / 12 + night.dice.below(rows / 2);
    night.file.rows.truncate(rows - lost);
    Some(format!("the last {lost} rows are missing"))
}

/// Students whose names begin with some letters are missing.
pub(super) fn letters_missing(night: &mut SpoiledNight<'_>) -> Option<String> {
    let initial = |row: &Row| row.cell(Column::StudentLastName).chars().next().unwrap_or(' ');
    let (total, mut letters) = (night.file.students().len(), BTreeSet::new());
    for letter in ('A'..='Z').skip(night.dice.below(20)) {
        letters.insert(letter);
        let gone = night.file.rows.iter().filter(|row| letters.contains(&initial(row)));
        let gone = gone.filter_map(|row| row.student).collect::<BTreeSet<_>>().len();
        if gone * 100 >= total * 6 {
            break;
        }
    }
    keep(night, |row| !letters.contains(&initial(row)));
    let gone = total - night.file.students().len();
    (gone * 100 >= total * 6)
        .then(|| format!("{gone} students whose names begin with {letters:?} are missing"))
}

/// In some classes only every other student is left.
pub(super) fn half_of_classes_missing(night: &mut SpoiledNight<'_>) -> Option<String> {
    let classes = (0..4).map(|_| night.dice.pick(&night.file.rows).class).collect::<BTreeSet<_>>();
    let mut kept = 0;
    keep(night, |row| {
        kept += 1;
        !classes.contains(&row.class) || kept % 4 == 0
    });
    Some(format!("three quarters of {} classes are missing", classes.len()))
}

/// Each night 9.5 % of the students are missing, and those of the nights before.
pub(super) fn creeping(night: &mut SpoiledNight<'_>) -> Option<String> {
    let here = night.file.students().into_iter().filter(|id| !night.missing.contains(id)).collect::<Vec<_>>();
    let count = here.len() * 95 / 1_000;
    let from = night.dice.below(here.len());
    // Every seventh of them, so that no class loses much.
    night.missing.extend(here.iter().cycle().skip(from).step_by(7).take(count));
    let missing = night.missing.clone();
    keep(night, |row| row.student.is_none_or(|id| !missing.contains(&id)));
    Some(format!("{} students are missing by now", missing.len()))
}

/// The export writes one school for the classes of another.
pub(super) fn school_emptied(night: &mut SpoiledNight<'_>) -> Option<String> {
    let place = |row: &Row| [Column::SchoolId, Column::SchoolName].map(|column| row.cell(column).to_owned());
    let (from, to) = (place(night.dice.pick(&night.file.rows)), place(night.dice.pick(&night.file.rows)));
    for row in night.file.rows.iter_mut().filter(|row| row.cell(Column::SchoolId) == from[0]) {
        row.set(Column::SchoolId, to[0].clone());
        row.set(Column::SchoolName, to[1].clone());
    }
    (from != to).then(|| format!("all of school {} stands in school {}", from[0], to[0]))
}

/// The classes of a part of the rows are those of other rows: whole, but of others.
pub(super) fn classes_shifted(night: &mut SpoiledNight<'_>) -> Option<String> {
    let columns = &Column::ALL[..=Column::ClassName as usize];
    let rows = night.file.rows.len();
    let by = 60 + night.dice.below(rows / 3);
    let before = night.file.rows.clone();
    for (at, row) in night.file.rows.iter_mut().enumerate().take(rows / 2) {
        for column in columns {
            row.set(*column, before[at + by.min(rows / 2 - 1)].cell(*column));
        }
    }
    Some(format!("half of the rows have the class of the row {by} below"))
}

/// Half of the rows of a class name another school.
pub(super) fn class_in_two_schools(night: &mut SpoiledNight<'_>) -> Option<String> {
    let (one, other) = (night.dice.pick(&night.file.rows).clone(), night.dice.pick(&night.file.rows).clone());
    let columns = [Column::SchoolId, Column::SchoolName];
    let of_class = night.file.rows.iter_mut().filter(|row| row.class == one.class);
    of_class.step_by(2).for_each(|row| columns.iter().for_each(|at| row.set(*at, other.cell(*at))));
    (one.cell(columns[0]) != other.cell(columns[0]))
        .then(|| format!("half of the class {} is in another school", one.cell(Column::ClassId)))
}

/// Two classes of a school have each other's students.
pub(super) fn classes_exchanged(night: &mut SpoiledNight<'_>) -> Option<String> {
    let (one, other) = (night.dice.pick(&night.file.rows).clone(), night.dice.pick(&night.file.rows).clone());
    let columns = &Column::ALL[..=Column::ClassName as usize];
    for row in &mut night.file.rows {
        let to = if row.class == one.class {
            &other
        } else if row.class == other.class {
            &one
        } else {
            continue;
        };
        columns.iter().for_each(|column| row.set(*column, to.cell(*column)));
        (row.teacher, row.class) = (to.teacher, to.class);
    }
    let are_of_one_school = one.cell(Column::SchoolId) == other.cell(Column::SchoolId);
    (one.class != other.class && are_of_one_school).then(|| {
        format!(
            "{} and {} have each other's students",
            one.cell(Column::ClassId),
            other.cell(Column::ClassId)
        )
    })
}

pub(super) fn header_only(night: &mut SpoiledNight<'_>) -> Option<String> {
    night.file.rows.clear();
    Some("the file has no rows".to_owned())
}

fn keep(night: &mut SpoiledNight<'_>, is_kept: impl FnMut(&Row) -> bool) {
    night.file.rows.retain(is_kept);
}
