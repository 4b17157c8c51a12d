//! The file of a day: what it says of each thing, and its rows.

use std::collections::{BTreeMap, BTreeSet};

use super::schools::School;
use super::world::{World, grade_word};

/// Something that a file says, by its position in the world. So the simulation knows who is who, whatever keys a file gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    School(School),
    Class(usize),
    Teacher(usize),
    Student(usize),
    Teaching { class: usize, teacher: usize },
    Enrollment { class: usize, student: usize },
}

/// One row: a student in a class.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) school: School,
    pub(super) class: usize,
    pub(super) student: usize,
    pub(super) teacher: usize,
}

/// A file.
#[derive(Clone)]
pub(super) struct DayFile {
    /// The cells of each school, class, teacher and student; the key comes first.
    pub(super) cells: BTreeMap<Thing, Vec<String>>,
    pub(super) rows: Vec<Row>,
    /// The row in the middle of which it ends, and what is left of it.
    pub(super) cut_off: Option<(Row, String)>,
    /// The class whose id stands for another class.
    pub(super) reused: Option<usize>,
}

const HEADER: &str = "school_id,school_name,teacher_id,teacher_email,teacher_first_name,teacher_last_name,class_id,\
class_name,student_id,student_first_name,student_last_name,student_email,student_grade_level\n";

impl DayFile {
    /// What the SIS exports: everyone in their classes.
    pub(super) fn of(world: &World) -> DayFile {
        let active = world.students.iter().enumerate().filter(|(_, student)| student.person.active);
        let in_classes =
            active.flat_map(|(at, student)| student.classes.iter().map(move |class| (*class, at)));
        DayFile::with_rows(world, in_classes)
    }

    /// A file with these students in these classes.
    pub(super) fn with_rows(world: &World, rows: impl IntoIterator<Item = (usize, usize)>) -> DayFile {
        let row = |(class, student): (usize, usize)| {
            let of = &world.classes[class];
            Row { school: of.school, class, student, teacher: of.teacher }
        };
        let mut rows = rows.into_iter().map(row).collect::<Vec<_>>();
        rows.sort_unstable();
        let mut cells = BTreeMap::new();
        for thing in named(&rows) {
            cells.insert(thing, cells_of(world, thing));
        }
        DayFile { cells, rows, cut_off: None, reused: None }
    }

    /// The same file with some of its rows.
    pub(super) fn with_only(&self, keep: impl Fn(&Row) -> bool) -> DayFile {
        let rows = self.rows.iter().copied().filter(keep).collect::<Vec<_>>();
        let cells = named(&rows).into_iter().map(|thing| (thing, self.cells[&thing].clone())).collect();
        DayFile { cells, rows, cut_off: None, reused: None }
    }

    /// Everything that it says, each thing once, with its cells.
    pub(super) fn says(&self) -> BTreeMap<Thing, &[String]> {
        let links = self.rows.iter().flat_map(|row| {
            let Row { class, student, teacher, .. } = *row;
            [Thing::Teaching { class, teacher }, Thing::Enrollment { class, student }]
        });
        let cells = self.cells.iter().map(|(thing, cells)| (*thing, cells.as_slice()));
        cells.chain(links.map(|link| (link, [].as_slice()))).collect()
    }

    /// Whom it names, by position.
    pub(super) fn students(&self) -> Vec<usize> {
        let student = |thing: &Thing| if let Thing::Student(at) = thing { Some(*at) } else { None };
        self.cells.keys().filter_map(student).collect()
    }

    /// The bytes.
    pub(super) fn csv(&self) -> String {
        let mut csv = HEADER.to_owned();
        for row in &self.rows {
            self.push(&mut csv, row);
            csv.push('\n');
        }
        if let Some((_, begun)) = &self.cut_off {
            csv.push_str(begun);
        }
        csv
    }

    /// Writes a row, without its line end.
    pub(super) fn push(&self, csv: &mut String, row: &Row) {
        let Row { school, class, student, teacher } = *row;
        let halves =
            [Thing::School(school), Thing::Teacher(teacher), Thing::Class(class), Thing::Student(student)];
        let cells = halves.iter().flat_map(|thing| &self.cells[thing]);
        for (at, cell) in cells.enumerate() {
            if at > 0 {
                csv.push(',');
            }
            csv.push_str(cell);
        }
    }
}

/// Schools, classes, teachers and students of some rows.
fn named(rows: &[Row]) -> BTreeSet<Thing> {
    let mut named = BTreeSet::new();
    let mut class = None;
    for row in rows {
        if class != Some(row.class) {
            named.extend([Thing::School(row.school), Thing::Class(row.class), Thing::Teacher(row.teacher)]);
            class = Some(row.class);
        }
        named.insert(Thing::Student(row.student));
    }
    named
}

fn cells_of(world: &World, thing: Thing) -> Vec<String> {
    match thing {
        Thing::School(school) => vec![school.id().into(), school.name().into()],
        Thing::Class(at) => vec![world.classes[at].id.clone(), world.classes[at].name.clone()],
        Thing::Teacher(at) => {
            let teacher = &world.teachers[at];
            vec![
                teacher.sis_id.clone(),
                world.teacher_email(teacher),
                teacher.first_name.clone(),
                teacher.last_name.clone(),
            ]
        }
        Thing::Student(at) => {
            let student = &world.students[at];
            let person = &student.person;
            vec![
                person.sis_id.clone(),
                person.first_name.clone(),
                person.last_name.clone(),
                world.student_email(student),
                grade_word(student.grade),
            ]
        }
        Thing::Teaching { .. } | Thing::Enrollment { .. } => vec![],
    }
}
