//! The five files of a Clever SFTP sync.

use std::io;

use homeroom_model::column::Column;
use homeroom_model::roster::{Person, RosterLink, School, Student};
use homeroom_read::{FileSet, ReadRules, TableRow};

use crate::halves::{Cells, ClassHalf};
use crate::sets::family::{CLEVER, Family};
use crate::sets::links::{Links, Naming, RowLink};
use crate::sets::parts::{Parts, Rows, id_missing};
use crate::sets::tables::{Fields, Reading, Said, add};

/// The columns of a section's teachers.
const TEACHERS: [&str; 10] = [
    "Teacher_id",
    "Teacher_2_id",
    "Teacher_3_id",
    "Teacher_4_id",
    "Teacher_5_id",
    "Teacher_6_id",
    "Teacher_7_id",
    "Teacher_8_id",
    "Teacher_9_id",
    "Teacher_10_id",
];

/// Reads all five; `None` when one of them is no table, which is said.
pub(super) fn read(
    set: &FileSet<'_>,
    family: &Family,
    rules: &ReadRules,
    said: &mut Said,
) -> io::Result<Option<(Parts, Links)>> {
    let [schools, teachers, students, sections, enrollments] = CLEVER else { unreachable!("there are five") };
    let read = Reading { set, family, rules };
    let mut parts = Parts::default();
    let mut complete = true;
    complete &=
        read.things(schools, said, &mut parts.schools, |rows: &mut Rows<School>, fields, row, _| {
            let key = fields.text(row, "School_id");
            add(rows, fields, row, &key, rules, |reader| reader.school());
        })?;
    complete &=
        read.things(teachers, said, &mut parts.teachers, |rows: &mut Rows<Person>, fields, row, _| {
            let key = fields.text(row, "Teacher_id");
            add(rows, fields, row, &key, rules, |reader| {
                let (teacher, mut seen) = reader.teacher_half();
                id_missing(&mut seen, Column::TeacherId, &key);
                (teacher, seen)
            });
        })?;
    complete &=
        read.things(students, said, &mut parts.students, |rows: &mut Rows<Student>, fields, row, _| {
            let key = fields.text(row, "Student_id");
            add(rows, fields, row, &key, rules, |reader| {
                let (student, mut seen) = reader.student_half();
                id_missing(&mut seen, Column::StudentId, &key);
                (student, seen)
            });
        })?;
    let mut classes = Sections::default();
    complete &= read.things(sections, said, &mut classes, |read: &mut Sections, fields, row, said| {
        read.add(fields, row, rules, &parts.teachers, said);
    })?;
    parts.classes = classes.rows;
    let mut links = Links::default();
    complete &= read.things(enrollments, said, &mut links, |links: &mut Links, fields, row, said| {
        let (class, student) = (fields.text(row, "Section_id"), fields.text(row, "Student_id"));
        let naming = Naming {
            file: fields.file,
            line: row.line,
            columns: ("Section_id", "Student_id"),
            class: &class,
            person: &student,
        };
        links.file = fields.file.to_owned();
        let Some(class) = naming.class(&parts, links, said) else { return };
        let Some(person) = naming.person(&parts.students, "student", links, said) else { return };
        links.enrollments.push(RowLink { link: RosterLink { class, person }, line: row.line });
    })?;
    links.teachings = classes.teachings;
    Ok(complete.then_some((parts, links)))
}

/// Sections, and who teaches them.
#[derive(Default)]
struct Sections {
    rows: Rows<ClassHalf>,
    teachings: Vec<RowLink>,
}

impl Sections {
    fn add(
        &mut self,
        fields: &Fields<'_>,
        row: &TableRow<'_>,
        rules: &ReadRules,
        teachers: &Rows<Person>,
        said: &mut Said,
    ) {
        let key = fields.text(row, "Section_id");
        let name = section_name(fields, row);
        let (columns, mut cells): (Vec<_>, Vec<_>) = fields.flat(row).into_iter().unzip();
        if let Some(at) = columns.iter().position(|column| *column == Column::ClassName) {
            cells[at] = name.as_bytes();
        }
        let cells = Cells::Listed { columns: &columns, cells: &cells };
        self.rows.add(fields, row, &key, cells, &rules.profile, |reader| reader.class());
        let class = self.rows.get(&key).unwrap_or((self.rows.halves.list.len() - 1) as u32);
        for column in TEACHERS {
            let teacher = fields.text(row, column);
            if teacher.is_empty() {
                continue;
            }
            let naming = Naming {
                file: fields.file,
                line: row.line,
                columns: ("Section_id", column),
                class: &key,
                person: &teacher,
            };
            if let Some(person) = naming.teacher(teachers, said) {
                self.teachings.push(RowLink { link: RosterLink { class, person }, line: row.line });
            }
        }
    }
}

/// The section's own name, else that of its course and period.
fn section_name(fields: &Fields<'_>, row: &TableRow<'_>) -> String {
    let name = fields.text(row, "Name");
    if !name.is_empty() {
        return name;
    }
    match (fields.text(row, "Course_name"), fields.text(row, "Period")) {
        (course, period) if period.is_empty() || course.is_empty() => course,
        (course, period) => format!("{course} ({period})"),
    }
}
