//! Builds the roster from the parts of the accepted rows.

use std::collections::BTreeMap;
use std::thread;

use homeroom_model::column::Column;
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::grade::Grade;
use homeroom_model::per_kind::PerKind;
use homeroom_model::roster::{
    Class, OptionalColumns, Person, Roster, RosterLink, RosterOrigin, School, Student, Teacher,
};
use homeroom_model::string_arena::{StrId, StringArena};

use crate::flat_rows::{FlatRow, FlatRows};
use crate::groups::Groups;
use crate::origin::{LeftOut, OfParts, origin};
use crate::people;
use crate::person_merge::{PersonMerge, merge_each, sort_by_key};
use crate::places::{self, PlaceKind};
use crate::position::Position;
use crate::row_parts::{ClassPart, RowParts};
use crate::spelling::{Spelling, most_frequent};
use crate::threads::join;

/// The parts of a flat file; only those that an accepted row has count.
pub(crate) struct RosterBuilder {
    flat: FlatRows,
    class_part_used: Vec<bool>,
    student_part_used: Vec<bool>,
    left_out: LeftOut,
}

/// For each part the position in the roster of what it names.
struct Positions {
    schools: Vec<Option<Position>>,
    classes: Vec<Option<Position>>,
    teachers: Vec<Option<Position>>,
    students: Vec<Option<Position>>,
}

impl RosterBuilder {
    pub(crate) fn new(flat: FlatRows, accepted: &[FlatRow], left_out: LeftOut) -> Self {
        let mut class_part_used = vec![false; flat.class_parts.values.len()];
        let mut student_part_used = vec![false; flat.student_parts.values.len()];
        for row in accepted {
            class_part_used[row.class_part as usize] = true;
            student_part_used[row.student_part as usize] = true;
        }
        RosterBuilder { flat, class_part_used, student_part_used, left_out }
    }

    pub(crate) fn build(
        mut self,
        accepted: &[FlatRow],
        columns: OptionalColumns,
        findings: &mut Findings,
    ) -> Roster {
        let mut roster = Roster { columns, ..Roster::default() };
        let mut student_findings = Findings::default();
        let (students, positions) = thread::scope(|scope| {
            let students = scope.spawn(|| self.students(&mut student_findings));
            let schools = self.schools(&mut roster, findings);
            let classes = self.classes(&mut roster, &schools, findings);
            let teachers = self.teachers(&mut roster, findings);
            let (sorted, students) = join(students);
            (sorted, Positions { schools, classes, teachers, students })
        });
        findings.append(student_findings);
        roster.origin = self.origin(&roster, students.len(), &positions);
        // Of the student parts only the text is needed from here on: in a large roster the rest takes much memory.
        let RowParts { texts, .. } = std::mem::take(&mut self.flat.student_parts);
        let (students, texts) = thread::scope(|scope| {
            let students = scope.spawn(move || with_text_in_order(&texts, students));
            let first_part = add_teachings(&mut roster, &positions);
            add_enrollments(&mut roster, accepted, &positions, &first_part, findings);
            join(students)
        });
        let appended = roster.texts.append(&texts);
        roster.students =
            students.into_iter().map(|student| student.map_texts(|text| appended.moved(text))).collect();
        self.report_co_teachers(&roster, &positions.classes, findings);
        roster
    }

    fn origin(&self, roster: &Roster, students: usize, positions: &Positions) -> RosterOrigin {
        let Positions { schools, classes, teachers, students: student_positions } = positions;
        let of_parts: PerKind<&OfParts> = PerKind { schools, classes, teachers, students: student_positions };
        let counts = PerKind {
            schools: roster.schools.len(),
            classes: roster.classes.len(),
            teachers: roster.teachers.len(),
            students,
        };
        origin(&self.flat, &of_parts, &counts, &self.left_out)
    }

    fn schools(&self, roster: &mut Roster, findings: &mut Findings) -> Vec<Option<Position>> {
        let Roster { texts, schools, .. } = roster;
        let school = |part: &ClassPart| (part.school, part.school_name);
        self.places(&places::SCHOOL, school, findings, |place| {
            let (key, name) = place.keep(texts);
            schools.push(School { key, name });
        })
    }

    fn classes(
        &self,
        roster: &mut Roster,
        schools: &[Option<Position>],
        findings: &mut Findings,
    ) -> Vec<Option<Position>> {
        let Roster { texts, classes, .. } = roster;
        let class = |part: &ClassPart| (part.class, part.class_name);
        self.places(&places::CLASS, class, findings, |place| {
            let (key, name) = place.keep(texts);
            let school = schools[place.part].expect("a used part has a school").as_u32();
            classes.push(Class { key, name, school });
        })
    }

    /// Groups the used class parts by their school or class, in the order of the keys, and adds each group with its name.
    /// Returns for each part the position of its school or class.
    fn places(
        &self,
        kind: &PlaceKind,
        key_and_name: impl Fn(&ClassPart) -> (StrId, StrId),
        findings: &mut Findings,
        mut add: impl FnMut(Place<'_>),
    ) -> Vec<Option<Position>> {
        let RowParts { texts, values, notes } = &self.flat.class_parts;
        let key = |part: u32| key_and_name(&values[part as usize]).0;
        let mut of_part = vec![None; values.len()];
        let order = texts.order(values.iter().map(|part| key_and_name(part).0));
        let used = order.into_iter().filter(|part| self.class_part_used[*part as usize]).collect::<Vec<_>>();
        let same = |left: &u32, right: &u32| texts.get(key(*left)) == texts.get(key(*right));
        for (at, group) in (0_u32..).zip(used.chunk_by(same)) {
            group.iter().for_each(|part| of_part[*part as usize] = Some(Position::new(at)));
            let names = group.iter().map(|part| {
                let part = *part as usize;
                Spelling::new(key_and_name(&values[part]).1, notes[part].occurrences)
            });
            let name = kind.merge_names(texts, names, findings);
            add(Place { texts, key: key(group[0]), name, part: group[0] as usize });
        }
        of_part
    }

    fn teachers(&self, roster: &mut Roster, findings: &mut Findings) -> Vec<Option<Position>> {
        let FlatRows { class_parts: RowParts { texts, values, notes }, teachers, .. } = &self.flat;
        let person = |part: usize| values[part].teacher;
        let merge = PersonMerge { kind: &people::TEACHER, texts, notes, person };
        let merged = merge_each(teachers, &self.class_part_used, |parts| merge.merge(parts, findings));
        let (sorted, of_part) = sort_by_key(texts, &merged, teachers, Person::key);
        roster.teachers = sorted
            .into_iter()
            .map(|person| Teacher { person: person.map_texts(|text| roster.texts.push_from(texts, text)) })
            .collect();
        of_part
    }

    /// The students sorted by key, and for each student part the position of its student.
    fn students(&self, findings: &mut Findings) -> (Vec<Student>, Vec<Option<Position>>) {
        let FlatRows { student_parts: RowParts { texts, values, notes }, students, .. } = &self.flat;
        let person = |part: usize| values[part].person;
        let merge = PersonMerge { kind: &people::STUDENT, texts, notes, person };
        let merged = merge_each(students, &self.student_part_used, |parts| {
            if let [only] = parts {
                return values[*only as usize];
            }
            let person = merge.merge(parts, findings);
            let usernames = parts.iter().map(|part| {
                let part = *part as usize;
                Spelling::new(values[part].username, notes[part].occurrences)
            });
            let username = most_frequent(texts, usernames);
            Student { person, username, grade: self.last_grade(parts, findings) }
        });
        sort_by_key(texts, &merged, students, |student| student.person.key())
    }

    /// The grade of the student's last row that has one.
    fn last_grade(&self, parts: &[u32], findings: &mut Findings) -> Option<Grade> {
        let RowParts { values, notes, .. } = &self.flat.student_parts;
        let grades = parts.iter().filter_map(|part| {
            let part = *part as usize;
            Some((notes[part].occurrences.last_line, values[part].grade?))
        });
        let mut grades = grades.collect::<Vec<_>>();
        grades.sort_unstable();
        let (_, last) = *grades.last()?;
        if let Some((line, grade)) = grades.iter().find(|(_, grade)| *grade != last) {
            let code = FindingCode::StudentGradeDiffers;
            findings.add(code, || {
                let message = format!(
                    "The student's grade is {grade} here and {last} further down; the last one is used."
                );
                Finding::of_line(code, *line, grade.code(), message)
                    .in_column(Column::StudentGradeLevel.name())
                    .proposing(last.code())
            });
        }
        Some(last)
    }

    fn report_co_teachers(
        &self,
        roster: &Roster,
        class_of_part: &[Option<Position>],
        findings: &mut Findings,
    ) {
        let several = roster
            .teachings
            .chunk_by(|left, right| left.class == right.class)
            .filter(|teachings| teachings.len() > 1)
            .map(|teachings| (teachings[0].class, teachings.len()))
            .collect::<BTreeMap<_, _>>();
        if several.is_empty() {
            return;
        }
        let mut first_line = BTreeMap::<u32, u32>::new();
        for (notes, class) in self.flat.class_parts.notes.iter().zip(class_of_part) {
            let Some(class) = class.map(Position::as_u32).filter(|class| several.contains_key(class)) else {
                continue;
            };
            let line = notes.occurrences.first_line;
            first_line.entry(class).and_modify(|first| *first = line.min(*first)).or_insert(line);
        }
        for (class, count) in several {
            let key = roster.texts.get(roster.classes[class as usize].key);
            let code = FindingCode::CoTeachers;
            findings.add(code, || {
                let message = format!("Class {key} has {count} teachers; it is loaded with all of them.");
                let finding = Finding::of_file(code, key, message).in_column(Column::TeacherEmail.name());
                Finding { line: first_line.get(&class).copied(), ..finding }
            });
        }
    }
}

/// Adds the teachings. Returns for each class part the first part with the same class and teacher: rows with either part mean the same.
fn add_teachings(roster: &mut Roster, positions: &Positions) -> Vec<u32> {
    let classes_and_teachers = positions.classes.iter().zip(&positions.teachers);
    let teachings = (0_u32..).zip(classes_and_teachers).filter_map(|(part, (class, teacher))| {
        Some((RosterLink { class: (*class)?.as_u32(), person: (*teacher)?.as_u32() }, part))
    });
    let mut teachings = teachings.collect::<Vec<_>>();
    teachings.sort_unstable();
    let mut first_part = (0..positions.classes.len() as u32).collect::<Vec<_>>();
    for same in teachings.chunk_by(|left, right| left.0 == right.0) {
        same.iter().for_each(|(_, part)| first_part[*part as usize] = same[0].1);
        roster.teachings.push(same[0].0);
    }
    first_part
}

fn add_enrollments(
    roster: &mut Roster,
    accepted: &[FlatRow],
    positions: &Positions,
    first_part: &[u32],
    findings: &mut Findings,
) {
    roster.enrollments.reserve(accepted.len());
    let class_of_row = accepted.iter().map(|row| positions.classes[row.class_part as usize]);
    let by_class = Groups::new(roster.classes.len(), class_of_row);
    let mut rows = Vec::new();
    let mut students = Vec::new();
    for (class, group) in (0_u32..).zip(by_class.iter()) {
        rows.clear();
        rows.extend(group.iter().filter_map(|row| {
            let FlatRow { class_part, student_part, line } = accepted[*row as usize];
            let class_part = first_part[class_part as usize];
            Some(EnrollmentRow { class_part, student: positions.students[student_part as usize]?, line })
        }));
        rows.sort_unstable();
        report_duplicates(&rows, findings);
        students.clear();
        students.extend(rows.iter().map(|row| row.student));
        students.sort_unstable();
        students.dedup();
        roster
            .enrollments
            .extend(students.iter().map(|student| RosterLink { class, person: student.as_u32() }));
    }
}

/// A school or class that is added to the roster.
struct Place<'p> {
    /// The arena of the key and the name.
    texts: &'p StringArena,
    key: StrId,
    name: StrId,
    /// The first of its parts.
    part: usize,
}

impl Place<'_> {
    /// Copies its key and name into the roster's arena.
    fn keep(&self, texts: &mut StringArena) -> (StrId, StrId) {
        (texts.push_from(self.texts, self.key), texts.push_from(self.texts, self.name))
    }
}

/// A row of one class, for finding duplicates.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct EnrollmentRow {
    class_part: u32,
    student: Position,
    line: u32,
}

/// Reports rows that repeat a row before them. The rows are sorted, so that a repeated row follows the first.
fn report_duplicates(rows: &[EnrollmentRow], findings: &mut Findings) {
    for pair in rows.windows(2) {
        let (first, again) = (&pair[0], &pair[1]);
        if (first.class_part, first.student) == (again.class_part, again.student) {
            let code = FindingCode::DuplicateRow;
            findings.add(code, || {
                let message =
                    format!("Line {} already has this student in this class with this teacher.", first.line);
                Finding::of_line(code, again.line, "", message)
            });
        }
    }
}

/// The students with their text in their order, so that a walk through the students reads their text in order, too.
fn with_text_in_order(texts: &StringArena, mut students: Vec<Student>) -> (Vec<Student>, StringArena) {
    let mut ordered = StringArena::default();
    for student in &mut students {
        *student = student.map_texts(|text| ordered.push_from(texts, text));
    }
    (students, ordered)
}
