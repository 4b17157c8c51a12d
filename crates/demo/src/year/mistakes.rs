//! What goes wrong with files on their way: the world stays as it is, and the file says something else.

use super::day_file::{DayFile, Row, Thing};
use super::schools::School;
use super::timeline::Event;
use super::world::World;

impl DayFile {
    /// What arrives in place of this file, with a few words about it; `None` when the event is no mistake.
    pub(super) fn gone_wrong(&self, event: Event, world: &mut World) -> Option<(&'static str, DayFile)> {
        Some(match event {
            Event::TruncatedFile => ("the upload breaks off in the middle", self.cut_off()),
            Event::LostZeros => ("a spreadsheet has taken the zeros from all ids", self.without_zeros()),
            Event::ClassIdReused => {
                ("the id of a class stands for another one", self.with_an_id_reused(world))
            }
            Event::SchoolIncomplete => {
                let file = self.without_grades(world, School::Valley, 2);
                ("the export leaves out two grades of the elementary school", file)
            }
            Event::SchoolMissing => {
                ("the export leaves out the elementary school", self.without_school(School::Valley))
            }
            Event::SummerFile => {
                let rows = world.summer_school();
                ("the export has summer classes only", DayFile::with_rows(world, rows))
            }
            _ => return None,
        })
    }

    /// The upload breaks off in the middle of a row, in the student's address.
    fn cut_off(&self) -> DayFile {
        let row = self.rows[self.rows.len() * 45 / 100];
        let mut begun = String::new();
        self.push(&mut begun, &row);
        begun.truncate(begun.rfind('@').unwrap_or_default());
        DayFile { cut_off: Some((row, begun)), ..self.with_only(|other| *other < row) }
    }

    /// A spreadsheet takes ids for numbers: the zeros in front are gone.
    fn without_zeros(&self) -> DayFile {
        let mut file = self.clone();
        for (thing, cells) in &mut file.cells {
            if !matches!(thing, Thing::School(_)) {
                cells[0] = cells[0].trim_start_matches('0').to_owned();
            }
        }
        file
    }

    /// The SIS gives the id of a class to another one: all its students are others.
    fn with_an_id_reused(&self, world: &World) -> DayFile {
        let first = self.rows[0];
        let before = self.rows.iter().filter(|row| row.class == first.class).count();
        let grade = world.classes[first.class].grade;
        let others = (0..world.students.len()).filter(|at| {
            let student = &world.students[*at];
            student.person.active && student.grade == grade + 1
        });
        let mut file = self.with_only(|row| row.class != first.class);
        file.rows.extend(others.take(before).map(|student| Row { student, ..first }));
        file.rows.sort_unstable();
        let restored = [Thing::Class(first.class), Thing::Teacher(first.teacher)];
        file.cells.extend(restored.map(|thing| (thing, self.cells[&thing].clone())));
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
