//! Files that are the wrong ones as a whole.

use super::SpoiledNight;
use crate::file::NightFile;
use crate::truth::World;
use homeroom_model::Column;

/// The file of a district that numbers its schools, classes and people alike.
pub(super) fn other_district(night: &mut SpoiledNight<'_>) -> Option<String> {
    night.file = foreign(night, "westfield.example.org");
    for row in &mut night.file.rows {
        let name = format!("Westfield {}", row.cell(Column::SchoolName));
        row.set(Column::SchoolName, name);
    }
    Some("the file is another district's".to_owned())
}

/// The same, but its schools are called alike, too.
pub(super) fn other_district_same_schools(night: &mut SpoiledNight<'_>) -> Option<String> {
    night.file = foreign(night, "westfield.example.org");
    Some("the file is another district's, with schools of the same names".to_owned())
}

/// Nothing of it is known: another district that numbers its schools, classes and people in other ways.
pub(super) fn other_district_other_ids(night: &mut SpoiledNight<'_>) -> Option<String> {
    night.file = foreign(night, "westfield.example.org");
    for row in &mut night.file.rows {
        let name = format!("Westfield {}", row.cell(Column::SchoolName));
        row.set(Column::SchoolName, name);
        for column in [Column::SchoolId, Column::ClassId] {
            let key = format!("W{}", row.cell(column));
            row.set(column, key);
        }
        for column in [Column::StudentId, Column::TeacherId] {
            if !row.cell(column).is_empty() {
                let number = format!("7{}", row.cell(column));
                row.set(column, number);
            }
        }
    }
    Some("the file is another district's, with other ids".to_owned())
}

/// One school's part of the file is that of last year.
pub(super) fn school_of_last_year(night: &mut SpoiledNight<'_>) -> Option<String> {
    let school = night.dice.pick(&night.file.rows).cell(Column::SchoolId).to_owned();
    let is_of_school = |row: &crate::file::Row| row.cell(Column::SchoolId) == school;
    let last_year = night.earlier.first()?.rows.iter().filter(|row| is_of_school(row)).cloned();
    night.file.rows.retain(|row| !is_of_school(row));
    night.file.rows.extend(last_year);
    Some(format!("the rows of school {school} are last year's"))
}

fn foreign(night: &SpoiledNight<'_>, domain: &str) -> NightFile {
    let seed = u64::try_from(night.dice.below(1 << 20)).expect("it is small");
    let other = World::new(1 << 40 | seed, night.world.style, night.world.students_wanted);
    let mut file = NightFile::export(&other);
    for row in &mut file.rows {
        (row.student, row.teacher) = (None, None);
        for column in [Column::TeacherEmail, Column::StudentEmail] {
            let address = row.cell(column).replace("lincoln.example.org", domain);
            row.set(column, address);
        }
    }
    file
}

pub(super) fn last_year(night: &mut SpoiledNight<'_>) -> Option<String> {
    night.file = night.earlier.first()?.clone();
    Some("the file is last year's".to_owned())
}

/// A file that was applied some nights ago.
pub(super) fn old_file(night: &mut SpoiledNight<'_>) -> Option<String> {
    let applied = night.earlier.get(1..)?;
    let old = applied.len().checked_sub(4 + night.dice.below(6))?;
    let now = night.file.people();
    night.file = applied[old].clone();
    let then = night.file.people();
    (now != then).then(|| "the file was sent before, and others since".to_owned())
}
