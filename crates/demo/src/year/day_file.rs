//! The file of a day: the cells of each entity in it, and its rows.

use std::collections::{BTreeMap, BTreeSet};

use super::schools::School;
use super::world::{World, grade_word};

/// An entity of a file, by its position in the world. So the simulation knows who is who, whatever keys a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entity {
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
    pub(super) cells: BTreeMap<Entity, Vec<String>>,
    pub(super) rows: Vec<Row>,
    /// The row in which the file breaks off, and the part of it that arrived.
    pub(super) cut_off: Option<(Row, String)>,
    /// The class whose id was given to another class.
    pub(super) reused: Option<usize>,
}

const HEADER: &str = "school_id,school_name,teacher_id,teacher_email,teacher_first_name,teacher_last_name,class_id,\
class_name,student_id,student_first_name,student_last_name,student_email,student_grade_level\n";

impl DayFile {
    /// What the SIS exports: all active students in their classes.
    pub(super) fn export(world: &World) -> DayFile {
        let active = world.students.iter().enumerate().filter(|(_, student)| student.person.active);
        let enrollments =
            active.flat_map(|(at, student)| student.classes.iter().map(move |class| (*class, at)));
        DayFile::with_enrollments(world, enrollments)
    }

    /// A file with these pairs of a class and a student.
    pub(super) fn with_enrollments(
        world: &World,
        enrollments: impl IntoIterator<Item = (usize, usize)>,
    ) -> DayFile {
        let row = |(class_index, student): (usize, usize)| {
            let class = &world.classes[class_index];
            Row { school: class.school, class: class_index, student, teacher: class.teacher }
        };
        let mut rows = enrollments.into_iter().map(row).collect::<Vec<_>>();
        rows.sort_unstable();
        let mut cells = BTreeMap::new();
        for entity in entities_of(&rows) {
            cells.insert(entity, cells_of(world, entity));
        }
        DayFile { cells, rows, cut_off: None, reused: None }
    }

    /// The same file with only some of its rows.
    pub(super) fn with_only(&self, keep: impl Fn(&Row) -> bool) -> DayFile {
        let rows = self.rows.iter().copied().filter(keep).collect::<Vec<_>>();
        let cells =
            entities_of(&rows).into_iter().map(|entity| (entity, self.cells[&entity].clone())).collect();
        DayFile { cells, rows, cut_off: None, reused: None }
    }

    /// Every entity of the file once, with its cells; links have none.
    pub(super) fn entities(&self) -> BTreeMap<Entity, &[String]> {
        let links = self.rows.iter().flat_map(|row| {
            let Row { class, student, teacher, .. } = *row;
            [Entity::Teaching { class, teacher }, Entity::Enrollment { class, student }]
        });
        let cells = self.cells.iter().map(|(entity, cells)| (*entity, cells.as_slice()));
        cells.chain(links.map(|link| (link, [].as_slice()))).collect()
    }

    /// The students in the file.
    pub(super) fn students(&self) -> Vec<usize> {
        let student = |entity: &Entity| if let Entity::Student(at) = entity { Some(*at) } else { None };
        self.cells.keys().filter_map(student).collect()
    }

    /// The file's text.
    pub(super) fn csv(&self) -> String {
        let mut csv = HEADER.to_owned();
        for row in &self.rows {
            self.push_row(&mut csv, row);
            csv.push('\n');
        }
        if let Some((_, partial)) = &self.cut_off {
            csv.push_str(partial);
        }
        csv
    }

    /// Appends a row, without its line end.
    pub(super) fn push_row(&self, csv: &mut String, row: &Row) {
        let Row { school, class, student, teacher } = *row;
        let entities = [
            Entity::School(school),
            Entity::Teacher(teacher),
            Entity::Class(class),
            Entity::Student(student),
        ];
        let cells = entities.iter().flat_map(|entity| &self.cells[entity]);
        for (column, cell) in cells.enumerate() {
            if column > 0 {
                csv.push(',');
            }
            csv.push_str(cell);
        }
    }
}

/// Schools, classes, teachers and students of some rows.
fn entities_of(rows: &[Row]) -> BTreeSet<Entity> {
    let mut entities = BTreeSet::new();
    let mut class = None;
    for row in rows {
        if class != Some(row.class) {
            entities.extend([
                Entity::School(row.school),
                Entity::Class(row.class),
                Entity::Teacher(row.teacher),
            ]);
            class = Some(row.class);
        }
        entities.insert(Entity::Student(row.student));
    }
    entities
}

fn cells_of(world: &World, entity: Entity) -> Vec<String> {
    match entity {
        Entity::School(school) => vec![school.id().into(), school.name().into()],
        Entity::Class(at) => vec![world.classes[at].id.clone(), world.classes[at].name.clone()],
        Entity::Teacher(at) => {
            let teacher = &world.teachers[at];
            vec![
                teacher.sis_id.clone(),
                world.teacher_email(teacher),
                teacher.first_name.clone(),
                teacher.last_name.clone(),
            ]
        }
        Entity::Student(at) => {
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
        Entity::Teaching { .. } | Entity::Enrollment { .. } => vec![],
    }
}
