//! Faults of files: the world stays as it is, but the file shows something else.

use super::day_file::{DayFile, Entity, Row};
use super::schools::School;
use super::timeline::Event;
use super::world::World;

impl DayFile {
    /// The faulty file that arrives instead of this one, with a few words about it; `None` for events that are not faults.
    pub(super) fn faulty(&self, event: Event, world: &mut World) -> Option<(&'static str, DayFile)> {
        Some(match event {
            Event::TruncatedFile => ("the upload breaks off in the middle", self.truncated()),
            Event::LostZeros => {
                ("a spreadsheet has removed the leading zeros of all ids", self.without_zeros())
            }
            Event::ClassIdReused => {
                ("the id of a class is given to another class", self.with_an_id_reused(world))
            }
            Event::SchoolIncomplete => {
                let file = self.without_grades(world, School::Valley, 2);
                ("the export leaves out two grades of the elementary school", file)
            }
            Event::SchoolMissing => {
                ("the export leaves out the elementary school", self.without_school(School::Valley))
            }
            Event::SummerFile => {
                let enrollments = world.summer_school();
                ("the export has only summer classes", DayFile::with_enrollments(world, enrollments))
            }
            _ => return None,
        })
    }

    /// The upload breaks off in the middle of a row, in the student's address.
    fn truncated(&self) -> DayFile {
        let row = self.rows[self.rows.len() * 45 / 100];
        let mut partial = String::new();
        self.push_row(&mut partial, &row);
        partial.truncate(partial.rfind('@').unwrap_or_default());
        DayFile { cut_off: Some((row, partial)), ..self.with_only(|complete| *complete < row) }
    }

    /// A spreadsheet treats ids as numbers and drops their leading zeros.
    fn without_zeros(&self) -> DayFile {
        let mut file = self.clone();
        for (entity, cells) in &mut file.cells {
            if !matches!(entity, Entity::School(_)) {
                cells[0] = cells[0].trim_start_matches('0').to_owned();
            }
        }
        file
    }

    /// The SIS gives the id of a class to another class, with different students.
    fn with_an_id_reused(&self, world: &World) -> DayFile {
        let first = self.rows[0];
        let before = self.rows.iter().filter(|row| row.class == first.class).count();
        let grade = world.classes[first.class].grade;
        let new_students = (0..world.students.len()).filter(|at| {
            let student = &world.students[*at];
            student.person.active && student.grade == grade + 1
        });
        let mut file = self.with_only(|row| row.class != first.class);
        file.rows.extend(new_students.take(before).map(|student| Row { student, ..first }));
        file.rows.sort_unstable();
        let same = [Entity::Class(first.class), Entity::Teacher(first.teacher)];
        file.cells.extend(same.map(|entity| (entity, self.cells[&entity].clone())));
        file.reused = Some(first.class);
        file
    }

    /// The export leaves a school out.
    fn without_school(&self, school: School) -> DayFile {
        self.with_only(|row| row.school != school)
    }

    /// The export leaves out the first grades of a school.
    fn without_grades(&self, world: &World, school: School, grades: u8) -> DayFile {
        let first = *school.grades().start();
        self.with_only(|row| row.school != school || world.classes[row.class].grade >= first + grades)
    }
}
