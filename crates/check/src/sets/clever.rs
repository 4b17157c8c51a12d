//! Reads the five files of a Clever SFTP sync.

use std::io;

use homeroom_model::column::Column;
use homeroom_model::profile::Profile;
use homeroom_model::roster::{Person, School, Student};
use homeroom_read::TableRow;

use crate::part_reader::PartCells;
use crate::row_parts::ClassPart;
use crate::sets::entities::{Entities, EntityRow, EntityRows, report_missing_id};
use crate::sets::file_columns::FileColumns;
use crate::sets::file_kinds::CLEVER;
use crate::sets::links::{KeyCell, LinkRow, Links, RowLink};
use crate::sets::set_reader::SetReader;
use crate::sets::set_report::SetReport;

/// The columns of a section's teachers.
const TEACHER_COLUMNS: [&str; 10] = [
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

/// Reads all five files; `None` when one of them is not a table, which is reported.
pub(super) fn read(reader: &SetReader<'_>, report: &mut SetReport) -> io::Result<Option<(Entities, Links)>> {
    let [schools, teachers, students, sections, enrollments] = CLEVER else { unreachable!("there are five") };
    let profile = &reader.rules.profile;
    let schools = reader.read(schools, report, |rows: &mut EntityRows<School>, columns, row, _| {
        let key = columns.text(row, "School_id");
        rows.add(&EntityRow { columns, row, key: &key }, profile, |reader| reader.school());
    })?;
    let teachers = reader.read(teachers, report, |rows: &mut EntityRows<Person>, columns, row, _| {
        let key = columns.text(row, "Teacher_id");
        rows.add(&EntityRow { columns, row, key: &key }, profile, |reader| {
            let (teacher, mut notes) = reader.teacher();
            report_missing_id(&mut notes, Column::TeacherId, &key);
            (teacher, notes)
        });
    })?;
    let students = reader.read(students, report, |rows: &mut EntityRows<Student>, columns, row, _| {
        let key = columns.text(row, "Student_id");
        rows.add(&EntityRow { columns, row, key: &key }, profile, |reader| {
            let (student, mut notes) = reader.student();
            report_missing_id(&mut notes, Column::StudentId, &key);
            (student, notes)
        });
    })?;
    let context = SectionContext { profile, teachers: &teachers };
    let sections = reader.read(sections, report, |sections: &mut Sections, columns, row, report| {
        sections.add(columns, row, &context, report);
    })?;
    let entities = Entities { schools, classes: sections.rows, teachers, students };
    let mut links = reader.read(enrollments, report, |links: &mut Links, columns, row, report| {
        add_enrollment(links, columns, row, &entities, report);
    })?;
    links.file = reader.recognized.file(enrollments).map(|file| file.name.to_owned()).unwrap_or_default();
    links.teachings = sections.teachings;
    Ok((!report.has_unreadable_file).then_some((entities, links)))
}

fn add_enrollment(
    links: &mut Links,
    columns: &FileColumns<'_>,
    row: &TableRow<'_>,
    entities: &Entities,
    report: &mut SetReport,
) {
    let (class, student) = (columns.text(row, "Section_id"), columns.text(row, "Student_id"));
    let link_row = LinkRow {
        file: columns.file,
        line: row.line,
        class: KeyCell { column: "Section_id", key: &class },
        person: KeyCell { column: "Student_id", key: &student },
    };
    let Some(class) = link_row.find_class(entities, links, report) else { return };
    let Some(person) = link_row.find_person(&entities.students, "student", links, report) else { return };
    links.enrollments.push(RowLink { class, person, line: row.line });
}

/// Sections, and who teaches them.
#[derive(Default)]
struct Sections {
    rows: EntityRows<ClassPart>,
    teachings: Vec<RowLink>,
}

/// What sections are read with.
struct SectionContext<'c> {
    profile: &'c Profile,
    teachers: &'c EntityRows<Person>,
}

impl Sections {
    fn add(
        &mut self,
        columns: &FileColumns<'_>,
        row: &TableRow<'_>,
        context: &SectionContext<'_>,
        report: &mut SetReport,
    ) {
        let key = columns.text(row, "Section_id");
        let name = section_name(columns, row);
        let (flat_columns, mut cells) = columns.flat(row);
        if let Some(at) = flat_columns.iter().position(|column| *column == Column::ClassName) {
            cells[at] = name.as_bytes();
        }
        let cells = PartCells::Listed { columns: &flat_columns, cells: &cells };
        let entity_row = EntityRow { columns, row, key: &key };
        self.rows.add_cells(&entity_row, cells, context.profile, |reader| reader.class());
        let class = self.rows.get(&key).unwrap_or((self.rows.parts.values.len() - 1) as u32);
        for column in TEACHER_COLUMNS {
            let teacher = columns.text(row, column);
            if teacher.is_empty() {
                continue;
            }
            let link_row = LinkRow {
                file: columns.file,
                line: row.line,
                class: KeyCell { column: "Section_id", key: &key },
                person: KeyCell { column, key: &teacher },
            };
            if let Some(person) = link_row.find_teacher(context.teachers, report) {
                self.teachings.push(RowLink { class, person, line: row.line });
            }
        }
    }
}

/// The section's own name, else that of its course and period.
fn section_name(columns: &FileColumns<'_>, row: &TableRow<'_>) -> String {
    let name = columns.text(row, "Name");
    if !name.is_empty() {
        return name;
    }
    match (columns.text(row, "Course_name"), columns.text(row, "Period")) {
        (course, period) if period.is_empty() || course.is_empty() => course,
        (course, period) => format!("{course} ({period})"),
    }
}
