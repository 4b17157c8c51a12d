//! Builds the roster from the accepted rows of a set.

use hashbrown::HashSet;
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::roster::{Class, OptionalColumns, Person, Roster, RosterLink, School, Student, Teacher};
use homeroom_model::string_arena::StrId;

use crate::people::{self, People};
use crate::person_merge::{PersonMerge, merge_each, sort_by_key};
use crate::places::{self, PlaceKind};
use crate::position::Position;
use crate::row_parts::RowParts;
use crate::sets::entities::{Entities, EntityRows};
use crate::sets::judge::SetPeople;
use crate::sets::links::{Links, RowLink};
use crate::sets::set_report::SetReport;
use crate::spelling::Spelling;

/// For each row of a file the position in the roster of what it lists; `None` for a rejected row.
type Positions = Vec<Option<Position>>;

/// Builds the roster.
pub(super) fn assemble(
    entities: &Entities,
    people: &SetPeople,
    links: Links,
    report: &mut SetReport,
) -> Roster {
    let columns = OptionalColumns {
        teacher_id: true,
        student_id: true,
        student_username: true,
        ..OptionalColumns::default()
    };
    let mut roster = Roster { columns, ..Roster::default() };
    let schools = add_schools(&mut roster, &entities.schools, report);
    let classes = add_classes(&mut roster, entities, &schools, report);
    let teachers = add_teachers(&mut roster, &entities.teachers, &people.teachers, report);
    let students = add_students(&mut roster, &entities.students, &people.students, report);
    roster.teachings = distinct_links(links.teachings, &classes, &teachers, |_, _| {});
    roster.enrollments = distinct_links(links.enrollments, &classes, &students, |first_line, line| {
        let code = FindingCode::DuplicateRow;
        report.add(&links.file, code, || {
            let message = format!("Line {first_line} already has this student in this class.");
            Finding::of_line(code, line, "", message)
        });
    });
    if !links.changes_only {
        report_classes_without_people(entities, &roster, &classes, report);
    }
    roster
}

fn add_schools(roster: &mut Roster, rows: &EntityRows<School>, report: &mut SetReport) -> Positions {
    let Roster { texts, schools, .. } = roster;
    let from = &rows.parts.texts;
    let add = |key, name, _: &School| {
        schools.push(School { key: texts.push_from(from, key), name: texts.push_from(from, name) });
    };
    add_places(rows, &places::SCHOOL, |school| (school.key, school.name), report, add)
}

fn add_classes(
    roster: &mut Roster,
    entities: &Entities,
    schools: &Positions,
    report: &mut SetReport,
) -> Positions {
    let Roster { texts, classes, .. } = roster;
    let from = &entities.classes.parts.texts;
    add_places(
        &entities.classes,
        &places::CLASS,
        |class| (class.class, class.class_name),
        report,
        |key, name, class| {
            let school = entities.schools.get(from.get(class.school));
            let school = school.and_then(|row| schools[row as usize]);
            let school = school.expect("a class without a school is rejected").as_u32();
            let (key, name) = (texts.push_from(from, key), texts.push_from(from, name));
            classes.push(Class { key, name, school });
        },
    )
}

/// Groups the rows of schools or classes by key, in the order of the keys; `add` gets each with its key and name. Returns for
/// each row the position of its school or class.
fn add_places<P: Copy>(
    rows: &EntityRows<P>,
    kind: &PlaceKind,
    key_and_name: impl Fn(&P) -> (StrId, StrId),
    report: &mut SetReport,
    mut add: impl FnMut(StrId, StrId, &P),
) -> Positions {
    let RowParts { texts, values, notes } = &rows.parts;
    let mut findings = Findings::default();
    let mut of_row = vec![None; values.len()];
    let order = texts.order(values.iter().map(|part| key_and_name(part).0));
    let key = |row: u32| texts.get(key_and_name(&values[row as usize]).0);
    let mut next = 0;
    for group in order.chunk_by(|left, right| key(*left) == key(*right)) {
        let accepted = group.iter().copied().filter(|row| !notes[*row as usize].rejected).collect::<Vec<_>>();
        let Some(first) = accepted.first().filter(|row| !key(**row).is_empty()) else { continue };
        let names = accepted.iter().map(|row| {
            let row = *row as usize;
            Spelling::new(key_and_name(&values[row]).1, notes[row].occurrences)
        });
        let name = kind.merge_names(texts, names, &mut findings);
        let first = &values[*first as usize];
        add(key_and_name(first).0, name, first);
        group.iter().for_each(|row| of_row[*row as usize] = Some(Position::new(next)));
        next += 1;
    }
    report.findings.append(findings.in_file(&rows.column_names.file));
    of_row
}

fn add_teachers(
    roster: &mut Roster,
    rows: &EntityRows<Person>,
    people: &People,
    report: &mut SetReport,
) -> Positions {
    let RowParts { texts, values, notes } = &rows.parts;
    let mut findings = Findings::default();
    let merge = PersonMerge { kind: &people::TEACHER, texts, notes, person: |row: usize| values[row] };
    let used = notes.iter().map(|notes| !notes.rejected && !notes.is_placeholder).collect::<Vec<_>>();
    let merged = merge_each(people, &used, |rows| merge.merge(rows, &mut findings));
    report.findings.append(findings.in_file(&rows.column_names.file));
    let (sorted, of_row) = sort_by_key(texts, &merged, people, Person::key);
    let keep =
        |person: Person| Teacher { person: person.map_texts(|text| roster.texts.push_from(texts, text)) };
    roster.teachers = sorted.into_iter().map(keep).collect();
    of_row
}

fn add_students(
    roster: &mut Roster,
    rows: &EntityRows<Student>,
    people: &People,
    report: &mut SetReport,
) -> Positions {
    let RowParts { texts, values, notes } = &rows.parts;
    let mut findings = Findings::default();
    let merge = PersonMerge { kind: &people::STUDENT, texts, notes, person: |row: usize| values[row].person };
    let used = notes.iter().map(|notes| !notes.rejected).collect::<Vec<_>>();
    let merged = merge_each(people, &used, |rows| {
        let person = merge.merge(rows, &mut findings);
        // Rows of one student differ at most in the school; a value that is empty in one row may be in another.
        let username = rows.iter().map(|row| values[*row as usize].username).find(|name| !name.is_empty());
        let grade = rows.iter().find_map(|row| values[*row as usize].grade);
        Student { person, username: username.unwrap_or_default(), grade }
    });
    report.findings.append(findings.in_file(&rows.column_names.file));
    let (sorted, of_row) = sort_by_key(texts, &merged, people, |student| student.person.key());
    let keep = |student: Student| student.map_texts(|text| roster.texts.push_from(texts, text));
    roster.students = sorted.into_iter().map(keep).collect();
    of_row
}

/// The links whose class and person are in the roster, sorted, each once. `repeated` gets the line of a link and the line of a
/// row that repeats it.
fn distinct_links(
    links: Vec<RowLink>,
    classes: &Positions,
    people: &Positions,
    mut repeated: impl FnMut(u32, u32),
) -> Vec<RosterLink> {
    let placed = links.into_iter().filter_map(|RowLink { class, person, line }| {
        let (class, person) = (classes[class as usize]?, people[person as usize]?);
        Some((RosterLink { class: class.as_u32(), person: person.as_u32() }, line))
    });
    let mut placed = placed.collect::<Vec<_>>();
    placed.sort_unstable();
    for pair in placed.windows(2) {
        let [(first, first_line), (again, line)] = pair else { continue };
        if first == again && *first_line > 0 {
            repeated(*first_line, *line);
        }
    }
    let mut links = placed.into_iter().map(|(link, _)| link).collect::<Vec<_>>();
    links.dedup();
    links
}

/// Reports classes that have no teacher, and classes that have no students.
fn report_classes_without_people(
    entities: &Entities,
    roster: &Roster,
    classes: &Positions,
    report: &mut SetReport,
) {
    let EntityRows { parts: RowParts { texts, values, notes }, column_names, .. } = &entities.classes;
    let has = |links: &[RosterLink], class: u32| {
        let first = links.partition_point(|link| link.class < class);
        links.get(first).is_some_and(|link| link.class == class)
    };
    let mut seen = HashSet::new();
    for (row, class) in classes.iter().enumerate() {
        let Some(class) = class.map(Position::as_u32).filter(|class| seen.insert(*class)) else { continue };
        let (key, line) = (texts.get(values[row].class), notes[row].occurrences.first_line);
        for (links, code, noun) in [
            (&roster.teachings, FindingCode::ClassWithoutTeacher, "teacher"),
            (&roster.enrollments, FindingCode::ClassWithoutStudents, "students"),
        ] {
            if !has(links, class) {
                report.add(&column_names.file, code, || {
                    Finding::of_line(code, line, key, format!("Class {key} has no {noun}."))
                });
            }
        }
    }
}
