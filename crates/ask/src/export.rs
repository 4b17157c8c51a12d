//! Writes the active roster as a flat CSV; reading it back plans no change.

use std::collections::HashSet;
use std::io::{self, Write};

use homeroom_model::column::Column;
use homeroom_model::entity::{ByNumber, ClassNumber, Entity, EntityNumber, StudentNumber, TeacherNumber};
use homeroom_model::grade::Grade;
use homeroom_model::roster::{Class, Link, Person, School, Student, Teacher};
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};
use homeroom_model::string_arena::StrId;

/// The size of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Data rows.
    pub rows: u64,
    /// Active classes and people that no row can hold, because a row needs a student and a class.
    pub left_out: u64,
}

/// The teacher's name in the rows of a class without one: the check reads it as a placeholder.
const NO_TEACHER: (&str, &str) = ("Vacant", "Staff");

/// An optional column, and its value for a teacher and a student.
type Optional = (Column, fn(&Person, &Student) -> StrId);

const OPTIONAL: [Optional; 5] = [
    (Column::TeacherId, |teacher, _| teacher.sis_id),
    (Column::StudentId, |_, student| student.person.sis_id),
    (Column::TeacherCleverId, |teacher, _| teacher.clever_id),
    (Column::StudentCleverId, |_, student| student.person.clever_id),
    (Column::StudentUsername, |_, student| student.username),
];

/// Writes one row for each class, teacher of the class and student of the class. An optional column is written when anyone has a value
/// in it.
pub fn export_flat(stored: &StoredRoster, out: &mut dyn Write) -> io::Result<Exported> {
    let optional = OPTIONAL.into_iter().filter(|(_, value)| is_used(stored, *value)).collect::<Vec<_>>();
    let mut csv = csv::Writer::from_writer(out);
    let header = Column::ALL.into_iter().filter(|column| column.is_required()).map(Column::name);
    csv.write_record(header.chain(optional.iter().map(|(column, _)| column.name())))?;
    let text = |text: StrId| stored.texts.get(text);
    let mut written = Written::default();
    let mut rows = 0;
    for class in stored.classes.iter().filter(|class| class.active) {
        let Some(school) = find(&stored.schools, class.values.school) else { continue };
        let mut teachers = links_of(&stored.teachings, class.number)
            .filter_map(|teaching| Some((Some(teaching.person), *find(&stored.teachers, teaching.person)?)))
            .collect::<Vec<_>>();
        if teachers.is_empty() {
            teachers.push((None, Teacher::default()));
        }
        for (number, teacher) in &teachers {
            for enrollment in links_of(&stored.enrollments, class.number) {
                let Some(student) = find(&stored.students, enrollment.person) else { continue };
                let mut cells = required(school, &teacher.person, &class.values, student).map(text);
                if number.is_none() {
                    (cells[3], cells[4]) = NO_TEACHER;
                }
                let grade = student.grade.map_or("", Grade::code);
                let more = optional.iter().map(|(_, value)| text(value(&teacher.person, student)));
                csv.write_record(cells.into_iter().chain([grade]).chain(more))?;
                rows += 1;
                written.add(class.number, *number, enrollment.person);
            }
        }
    }
    csv.flush()?;
    Ok(Exported { rows, left_out: written.missing(stored) })
}

/// The required cells except the grade, which is not in the arena.
fn required(school: &School, teacher: &Person, class: &Class, student: &Student) -> [StrId; 10] {
    [
        school.key,
        school.name,
        teacher.email,
        teacher.first_name,
        teacher.last_name,
        class.key,
        class.name,
        student.person.first_name,
        student.person.last_name,
        student.person.email,
    ]
}

fn is_used(stored: &StoredRoster, value: fn(&Person, &Student) -> StrId) -> bool {
    let (no_teacher, no_student) = (Person::default(), Student::default());
    let has_value = |teacher: &Person, student: &Student| !value(teacher, student).is_empty();
    let mut teachers = stored.teachers.iter().filter(|teacher| teacher.active);
    let mut students = stored.students.iter().filter(|student| student.active);
    teachers.any(|teacher| has_value(&teacher.values.person, &no_student))
        || students.any(|student| has_value(&no_teacher, &student.values))
}

fn find<V: Entity>(list: &[Stored<V>], number: V::Number) -> Option<&V> {
    list.by_number(number).filter(|stored| stored.active).map(|stored| &stored.values)
}

/// The active links of a class; links are sorted by class.
fn links_of<P: EntityNumber>(links: &[StoredLink<P>], class: ClassNumber) -> impl Iterator<Item = &Link<P>> {
    let first = links.partition_point(|link| link.link.class < class);
    links[first..]
        .iter()
        .take_while(move |link| link.link.class == class)
        .filter(|link| link.active)
        .map(|link| &link.link)
}

#[derive(Default)]
struct Written {
    classes: HashSet<ClassNumber>,
    teachers: HashSet<TeacherNumber>,
    students: HashSet<StudentNumber>,
}

impl Written {
    fn add(&mut self, class: ClassNumber, teacher: Option<TeacherNumber>, student: StudentNumber) {
        self.classes.insert(class);
        self.teachers.extend(teacher);
        self.students.insert(student);
    }

    fn missing(&self, stored: &StoredRoster) -> u64 {
        fn count<V: Entity>(list: &[Stored<V>], written: &HashSet<V::Number>) -> usize {
            list.iter().filter(|entity| entity.active && !written.contains(&entity.number)).count()
        }
        let missing = count(&stored.classes, &self.classes)
            + count(&stored.teachers, &self.teachers)
            + count(&stored.students, &self.students);
        missing as u64
    }
}
