//! The law of protection, for every finding that rejects a row: nobody whom a rejected row names, by key or by name with their class,
//! loses anything.

#![allow(clippy::unwrap_used, reason = "a test may fail where it is")]

use std::collections::{BTreeMap, BTreeSet};

use homeroom_check::{Checked, check, check_alone};
use homeroom_model::check_report::Outcome;
use homeroom_model::finding_code::{FindingCode, Severity};
use homeroom_model::roster::Link;
use homeroom_model::stored::StoredRoster;
use homeroom_plan::{PlanInputs, plan};
use homeroom_read::ReadRules;
use homeroom_read::pack;
use proptest::prelude::*;

/// Random rosters that are broken in the way of each code.
const CASES: u32 = 12;

const CLASSES: usize = 40;
const STUDENTS: usize = 80;
const FIRST: [&str; 9] = ["Ann", "Bob", "José", "Иван", "Mary Kate", "Øydis", "Li", "Zoë", "Sean"];
const LAST: [&str; 8] =
    ["Lee", "O'Brien", "García López", "Сидорчук", "Park", "Müller", "De La Cruz", "Quackenbush"];

/// A row of the flat CSV, cell by cell.
#[derive(Clone, Debug)]
struct Row {
    school: String,
    school_name: String,
    teacher: [String; 4],
    class: String,
    class_name: String,
    student: [String; 5],
}

/// Positions in `teacher` and `student`.
const FIRST_NAME: usize = 0;
const LAST_NAME: usize = 1;
const EMAIL: usize = 2;
const ID: usize = 3;
const GRADE: usize = 4;

#[derive(Clone, Copy, Debug)]
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

fn person(chance: &mut Chance, role: &str, number: usize) -> [String; 4] {
    let first = FIRST[chance.below(FIRST.len())].to_owned();
    let last = LAST[chance.below(LAST.len())].to_owned();
    [first, last, format!("{role}{number}@lincoln.example.org"), format!("{role}{number}00")]
}

/// Forty classes of three schools, each student in two of them. Names occur several times.
fn world(chance: &mut Chance) -> Vec<Row> {
    let teachers = (0..CLASSES).map(|class| person(chance, "t", class / 2 * 2)).collect::<Vec<_>>();
    let mut rows = vec![];
    for student in 0..STUDENTS {
        let [first, last, email, id] = person(chance, "s", student);
        let grade = format!("{:02}", 1 + student % 12);
        for class in [student % CLASSES, (student / 2 + 7) % CLASSES] {
            // A class and the one after it have one teacher.
            let teacher = teachers[class / 2 * 2].clone();
            let school = class % 3;
            rows.push(Row {
                school: format!("{}", 2001 + school),
                school_name: format!("School {school}"),
                teacher,
                class: format!("{}-{class}", 2001 + school),
                class_name: format!("Subject {}", class / 2),
                student: [first.clone(), last.clone(), email.clone(), id.clone(), grade.clone()],
            });
        }
    }
    rows
}

/// Whether the file has SIS ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ids {
    In,
    Out,
}

impl Row {
    fn line(&self, ids: Ids) -> String {
        let Row { school, school_name, teacher, class, class_name, student } = self;
        let mut cells = vec![
            school,
            school_name,
            &teacher[EMAIL],
            &teacher[FIRST_NAME],
            &teacher[LAST_NAME],
            class,
            class_name,
        ];
        cells.extend([&student[FIRST_NAME], &student[LAST_NAME], &student[EMAIL], &student[GRADE]]);
        if ids == Ids::In {
            cells.extend([&teacher[ID], &student[ID]]);
        }
        cells.into_iter().map(String::as_str).collect::<Vec<_>>().join(",")
    }
}

fn header(ids: Ids) -> String {
    let columns = "school_id,school_name,teacher_email,teacher_first_name,teacher_last_name,class_id,class_name,\
                   student_first_name,student_last_name,student_email,student_grade_level";
    if ids == Ids::In { format!("{columns},teacher_id,student_id") } else { columns.to_owned() }
}

fn flat(lines: impl IntoIterator<Item = String>, ids: Ids) -> Vec<u8> {
    let lines = std::iter::once(header(ids)).chain(lines);
    lines.map(|line| line + "\n").collect::<String>().into_bytes()
}

fn checked(bytes: Vec<u8>) -> Checked {
    check_alone(&bytes, "roster.csv").unwrap()
}

/// Checks a file beside the stored roster.
fn checked_beside(stored: &StoredRoster, bytes: &[u8]) -> Checked {
    let bytes = bytes.to_vec();
    check(&bytes, "roster.csv", &ReadRules::default(), &|| Some(stored), &mut |_| {}).unwrap()
}

fn stored(bytes: Vec<u8>) -> StoredRoster {
    let checked = checked(bytes);
    assert_eq!(checked.report.rows_rejected, 0, "{:?}", checked.report.findings);
    StoredRoster::from_roster(checked.roster, checked.report.rows)
}

/// The line of a row that is broken in the way of a code; `None` when no single row can be.
fn broken_line(code: FindingCode, row: &Row, ids: Ids, chance: &mut Chance) -> Option<String> {
    let mut row = row.clone();
    let blank = ["", "NULL", "-"][chance.below(3)].to_owned();
    let id = ["3-Jan", "1.23E+11", "2026-01-03 00:00:00"][chance.below(3)].to_owned();
    match code {
        FindingCode::QuoteUnbalanced => row.student[LAST_NAME].insert(0, '"'),
        FindingCode::RowTooLong => row.student[GRADE] = "x".repeat((1 << 20) + 1),
        FindingCode::HoleInFile => row.student[GRADE] = "\0".repeat(8 + chance.below(90)),
        FindingCode::RowTooFewCells => {
            let line = row.line(ids);
            let kept = 6 + chance.below(4);
            return Some(line.split(',').take(kept).collect::<Vec<_>>().join(","));
        }
        FindingCode::RowTooManyCells => row.student[LAST_NAME].push_str(", Jr."),
        FindingCode::ControlCharacter => match chance.below(3) {
            0 => row.class.push('\u{1}'),
            1 => row.student[EMAIL].insert(2, '\u{0}'),
            _ => row.school_name.push('\u{7}'),
        },
        FindingCode::ValueTooLong => {
            let long = "Smith ".repeat(60);
            match chance.below(4) {
                0 => row.class.push_str(&long),
                1 => row.student[LAST_NAME].push_str(&long),
                2 => row.student[EMAIL].insert_str(2, &long),
                _ => row.school_name.push_str(&long),
            }
        }
        FindingCode::SchoolIdMissing => row.school = blank,
        FindingCode::ClassIdMissing => row.class = blank,
        FindingCode::TeacherEmailMissing => row.teacher[EMAIL] = blank,
        FindingCode::TeacherEmailInvalid => row.teacher[EMAIL] = "t@@lincoln".into(),
        FindingCode::StudentEmailMissing if ids == Ids::Out => row.student[EMAIL] = blank,
        FindingCode::StudentEmailInvalid => row.student[EMAIL] = "no address".into(),
        FindingCode::IdChangedBySpreadsheet => row.class = id,
        FindingCode::TeacherNameMissing => {
            row.teacher[FIRST_NAME].clear();
            row.teacher[LAST_NAME].clear();
        }
        FindingCode::StudentNameMissing => {
            row.student[FIRST_NAME].clear();
            row.student[LAST_NAME].clear();
        }
        FindingCode::TeacherIsStudent => row.student[EMAIL] = row.teacher[EMAIL].clone(),
        _ => return None,
    }
    Some(row.line(ids))
}

/// Breaks all rows of some students, teachers or classes; whether the code is one of several rows.
fn break_several(code: FindingCode, rows: &mut [Row], chance: &mut Chance) -> bool {
    let (one, other) = (chance.below(STUDENTS), chance.below(STUDENTS - 1));
    let other = if other < one { other } else { other + 1 };
    let id = |student: usize| format!("s{student}00");
    let teacher_id = format!("t{}00", chance.below(CLASSES / 2) * 2);
    let of = |row: &Row, students: &[usize]| students.iter().any(|student| row.student[ID] == id(*student));
    match code {
        FindingCode::TeacherEmailShared => {
            let two = ["t0".to_owned(), "t2".to_owned()].map(|name| format!("{name}00"));
            let rows = rows.iter_mut().filter(|row| two.contains(&row.teacher[ID]));
            rows.for_each(|row| row.teacher[EMAIL] = "office@lincoln.example.org".into());
        }
        FindingCode::StudentEmailShared => {
            let rows = rows.iter_mut().filter(|row| of(row, &[one, other]));
            rows.for_each(|row| row.student[EMAIL] = "family@lincoln.example.org".into());
        }
        FindingCode::StudentEmailPlaceholder => {
            let rows = rows.iter_mut().filter(|row| (0..7).any(|student| row.student[ID] == id(student)));
            rows.for_each(|row| row.student[EMAIL] = "none@lincoln.example.org".into());
        }
        FindingCode::TeacherIdShared => {
            let mut of_teacher = rows.iter_mut().filter(|row| row.teacher[ID] == teacher_id);
            of_teacher.next().unwrap().teacher[EMAIL] = "other@lincoln.example.org".into();
        }
        FindingCode::StudentIdShared => {
            let mut of_student = rows.iter_mut().filter(|row| row.student[ID] == id(one));
            of_student.next().unwrap().student[EMAIL] = "other@lincoln.example.org".into();
        }
        FindingCode::ClassInTwoSchools => {
            let class = chance.below(CLASSES - 1);
            let ends_with = |row: &Row, class: usize| row.class.ends_with(&format!("-{class}"));
            let id = rows.iter().find(|row| ends_with(row, class)).unwrap().class.clone();
            let next = rows.iter_mut().filter(|row| ends_with(row, class + 1));
            next.for_each(|row| row.class.clone_from(&id));
        }
        FindingCode::ClassIdOfAnother => {
            // Two classes of one school with other teachers: some rows of the second have the id of the first.
            let class = chance.below(CLASSES - 6);
            let ends_with = |row: &Row, class: usize| row.class.ends_with(&format!("-{class}"));
            let id = rows.iter().find(|row| ends_with(row, class)).unwrap().class.clone();
            let other = rows.iter_mut().filter(|row| ends_with(row, class + 6)).skip(1).step_by(2);
            other.for_each(|row| row.class.clone_from(&id));
        }
        FindingCode::ClassIdAndNameExchanged => {
            // The two columns of some rows, as when a part of the file comes from elsewhere.
            for row in rows.iter_mut().skip(chance.below(5)).step_by(31) {
                std::mem::swap(&mut row.class, &mut row.class_name);
            }
        }
        _ => return false,
    }
    true
}

/// A file that is broken in the way of a code: its lines, each with the row that it was.
fn broken_file(
    code: FindingCode,
    rows: &[Row],
    ids: Ids,
    chance: &mut Chance,
) -> Option<Vec<(String, Option<Row>)>> {
    let lines = |changed: &[Row]| {
        let lines = changed.iter().zip(rows).map(|(changed, row)| (changed.line(ids), Some(row.clone())));
        lines.collect::<Vec<_>>()
    };
    if code == FindingCode::ExportError {
        let mut lines = lines(rows);
        lines.push(("ORA-01555: snapshot too old".into(), None));
        return Some(lines);
    }
    if code == FindingCode::TeacherDraggedDown {
        return Some(lines_with_dragged_teacher(rows, ids, chance));
    }
    if code == FindingCode::ClassDraggedDown {
        return Some(lines_with_dragged_class(rows, ids, chance));
    }
    if code == FindingCode::StudentDraggedDown {
        return Some(lines_with_dragged_student(rows, ids, chance));
    }
    let mut changed = rows.to_vec();
    if break_several(code, &mut changed, chance) {
        return Some(lines(&changed));
    }
    let at = chance.below(rows.len());
    // Both rows of the student are broken, so that no other row names them.
    let mut lines = lines(rows);
    for (line, row) in
        lines.iter_mut().filter(|(_, row)| row.as_ref().unwrap().student[ID] == rows[at].student[ID])
    {
        *line = broken_line(code, row.as_ref().unwrap(), ids, chance)?;
    }
    Some(lines)
}

/// The rows by class, and the first row of one with the teacher of the class above it.
fn lines_with_dragged_teacher(rows: &[Row], ids: Ids, chance: &mut Chance) -> Vec<(String, Option<Row>)> {
    let number = |row: &Row| row.class.rsplit('-').next().unwrap().parse::<usize>().unwrap();
    let mut sorted = rows.to_vec();
    sorted.sort_by_key(number);
    let mut changed = sorted.clone();
    // A class after one with an odd number has another teacher than it. Most of its rows keep it, and none is of the same student.
    let start = chance.below(CLASSES / 2 - 1);
    let classes = (0..CLASSES / 2 - 1).map(|at| 2 * ((start + at) % (CLASSES / 2 - 1)) + 2);
    let first = classes.filter_map(|class| {
        let first = sorted.iter().position(|row| number(row) == class)?;
        let others = sorted[first + 1..].iter().filter(|row| number(row) == class);
        let is_alone = others.clone().all(|row| row.student[ID] != sorted[first].student[ID]);
        (first > 0 && others.count() > 1 && is_alone).then_some(first)
    });
    let first = first.take(1).next().unwrap();
    changed[first].teacher = sorted[first - 1].teacher.clone();
    changed.iter().map(|row| row.line(ids)).zip(sorted.into_iter().map(Some)).collect()
}

/// The rows by class, each in the order of the addresses, and where each class begins.
fn by_class(rows: &[Row]) -> (Vec<Row>, Vec<usize>) {
    let mut sorted = rows.to_vec();
    sorted
        .sort_by(|one, other| (&one.class, &one.student[EMAIL]).cmp(&(&other.class, &other.student[EMAIL])));
    let begins = |at: &usize| *at == 0 || sorted[*at].class != sorted[*at - 1].class;
    let starts = (0..sorted.len()).filter(begins).collect();
    (sorted, starts)
}

/// The first two rows of a class with the class above them, whose last student comes later in the order.
fn lines_with_dragged_class(rows: &[Row], ids: Ids, chance: &mut Chance) -> Vec<(String, Option<Row>)> {
    let (sorted, starts) = by_class(rows);
    let breaks = |start: &&usize| {
        let [above, first, second] = [**start - 1, **start, **start + 1].map(|at| &sorted[at]);
        let of_above = |row: &Row| {
            sorted.iter().any(|other| other.class == above.class && other.student[ID] == row.student[ID])
        };
        first.student[EMAIL] < above.student[EMAIL] && !of_above(first) && !of_above(second)
    };
    let starts = starts[1..].iter().filter(breaks).collect::<Vec<_>>();
    let start = *starts[chance.below(starts.len())];
    let mut changed = sorted.clone();
    for at in [start, start + 1] {
        let above = &sorted[start - 1];
        changed[at] = Row { student: sorted[at].student.clone(), ..above.clone() };
    }
    changed.iter().map(|row| row.line(ids)).zip(sorted.into_iter().map(Some)).collect()
}

/// The first student of a class in the rows of the next two.
fn lines_with_dragged_student(rows: &[Row], ids: Ids, chance: &mut Chance) -> Vec<(String, Option<Row>)> {
    let (sorted, starts) = by_class(rows);
    let are_three = |start: &&usize| {
        let ids = sorted[**start..**start + 3].iter().map(|row| &row.student[ID]);
        ids.collect::<BTreeSet<_>>().len() == 3
    };
    let starts = starts.iter().filter(are_three).collect::<Vec<_>>();
    let start = *starts[chance.below(starts.len())];
    let mut changed = sorted.clone();
    for at in [start + 1, start + 2] {
        changed[at].student = sorted[start].student.clone();
    }
    changed.iter().map(|row| row.line(ids)).zip(sorted.into_iter().map(Some)).collect()
}

/// Asserts that the plan takes nothing from those whom a row named before it was broken.
fn assert_kept(stored: &StoredRoster, broken: &Checked, row: &Row, what: &str) {
    let text = |text| stored.texts.get(text);
    let planned = plan(stored, broken.roster.clone(), &broken.protected, &PlanInputs::default()).plan;
    let students =
        stored.students.iter().find(|student| text(student.values.person.email) == row.student[EMAIL]);
    let teachers =
        stored.teachers.iter().find(|teacher| text(teacher.values.person.email) == row.teacher[EMAIL]);
    let class = stored.classes.iter().find(|class| text(class.values.key) == row.class).unwrap().number;
    let (student, teacher) = (students.unwrap().number, teachers.unwrap().number);
    assert!(!planned.students.deactivate.contains(&student), "{what}: the student of {row:?} is removed");
    assert!(!planned.teachers.deactivate.contains(&teacher), "{what}: the teacher of {row:?} is removed");
    assert!(!planned.classes.deactivate.contains(&class), "{what}: the class of {row:?} is removed");
    let enrollment = Link { class, person: student };
    assert!(!planned.enrollments.deactivate.contains(&enrollment), "{what}: the enrollment of {row:?} ends");
    let teaching = Link { class, person: teacher };
    assert!(!planned.teachings.deactivate.contains(&teaching), "{what}: the teaching of {row:?} ends");
}

fn rejecting() -> impl Iterator<Item = FindingCode> {
    FindingCode::ALL.iter().copied().filter(|code| code.severity() == Severity::RejectRow)
}

/// Codes that only sets of files have.
const OF_SETS: [FindingCode; 2] = [FindingCode::PersonIdMissing, FindingCode::ReferenceUnknown];

/// The files of a Clever set.
struct CleverSet {
    files: BTreeMap<&'static str, Vec<String>>,
}

impl CleverSet {
    fn new(rows: &[Row]) -> CleverSet {
        let mut files = BTreeMap::<_, Vec<_>>::new();
        for Row { school, school_name, teacher, class, class_name, student } in rows {
            let [first, last, email, id] = teacher;
            files.entry("schools.csv").or_default().push(format!("{school},{school_name}"));
            files.entry("teachers.csv").or_default().push(format!("{id},{email},{first},{last}"));
            files.entry("sections.csv").or_default().push(format!("{class},{school},{class_name},{id}"));
            let [first, last, email, id, grade] = student;
            files.entry("students.csv").or_default().push(format!("{id},{email},{first},{last},{grade}"));
            files.entry("enrollments.csv").or_default().push(format!("{class},{id}"));
        }
        for lines in files.values_mut() {
            lines.sort();
            lines.dedup();
        }
        CleverSet { files }
    }

    fn archive(&self) -> Vec<u8> {
        let headers = BTreeMap::from([
            ("schools.csv", "School_id,School_name"),
            ("teachers.csv", "Teacher_id,Teacher_email,First_name,Last_name"),
            ("sections.csv", "Section_id,School_id,Section_name,Teacher_id"),
            ("students.csv", "Student_id,Student_email,First_name,Last_name,Grade"),
            ("enrollments.csv", "Section_id,Student_id"),
        ]);
        let text = |(name, lines): (&&'static str, &Vec<String>)| {
            (*name, format!("{}\n{}\n", headers[name], lines.join("\n")))
        };
        let files = self.files.iter().map(text).collect::<Vec<_>>();
        let mut archive = vec![];
        pack(files.iter().map(|(name, text)| (*name, text.as_bytes())), &mut archive).unwrap();
        archive
    }

    /// Breaks what the set says of a person in a row, in the way of a code.
    fn break_person(&mut self, code: FindingCode, row: &Row, chance: &mut Chance) {
        let (file, id) = match chance.below(2) {
            0 => ("students.csv", &row.student[ID]),
            _ => ("teachers.csv", &row.teacher[ID]),
        };
        let is_theirs = |line: &String| line.split(',').next() == Some(id);
        let lines = self.files.get_mut(file).unwrap();
        if code == FindingCode::ReferenceUnknown {
            lines.retain(|line| !is_theirs(line));
            if file == "teachers.csv" {
                // A class is accepted without a teacher whom nothing lists.
                self.files
                    .get_mut("students.csv")
                    .unwrap()
                    .retain(|line| !line.starts_with(&row.student[ID]));
            }
        } else {
            let line = lines.iter_mut().find(|line| is_theirs(line)).unwrap();
            *line = line[id.len()..].to_owned();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn nobody_whom_a_rejected_row_names_loses_anything(seed in any::<u64>()) {
        for code in rejecting().filter(|code| !OF_SETS.contains(code)) {
            let mut found = false;
            for ids in [Ids::In, Ids::Out] {
                let chance = &mut Chance(seed | 1);
                let rows = world(chance);
                let stored = stored(flat(rows.iter().map(|row| row.line(ids)), ids));
                let Some(lines) = broken_file(code, &rows, ids, chance) else { continue };
                let broken = checked_beside(&stored, &flat(lines.iter().map(|(line, _)| line.clone()), ids));
                let findings = broken.findings.kept();
                if findings.iter().any(|finding| finding.code == code) {
                    found = true;
                }
                prop_assert_ne!(broken.report.outcome, Outcome::FileRejected, "{} {:?}", code, findings);
                let rejected = findings.iter().filter(|finding| finding.code.severity() == Severity::RejectRow);
                let of_line = rejected.filter_map(|finding| Some((finding.line?, finding))).collect::<BTreeMap<_, _>>();
                for (line, finding) in of_line {
                    if let Some(row) = &lines[line as usize - 2].1 {
                        assert_kept(&stored, &broken, row, &format!("{code} {ids:?} {}", finding.message));
                    }
                }
            }
            prop_assert!(found, "no file is broken in the way of {}", code);
        }
    }
    #[test]
    fn nobody_whom_a_set_names_in_one_file_loses_anything(seed in any::<u64>()) {
        for code in OF_SETS {
            let chance = &mut Chance(seed | 1);
            let rows = world(chance);
            let mut set = CleverSet::new(&rows);
            let stored = stored(set.archive());
            let row = &rows[chance.below(rows.len())];
            set.break_person(code, row, chance);
            let broken = checked_beside(&stored, &set.archive());
            prop_assert!(broken.findings.count(code) > 0, "{} {:?}", code, broken.findings.kept());
            prop_assert_ne!(broken.report.outcome, Outcome::FileRejected);
            assert_kept(&stored, &broken, row, code.as_str());
        }
    }
}
