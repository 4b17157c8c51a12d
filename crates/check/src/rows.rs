//! Judges each row by its two halves, and puts the roster together from the accepted ones.

use std::collections::BTreeMap;
use std::thread;

use hashbrown::{HashMap, HashSet};
use homeroom_model::column::Column;
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::roster::{Class, OptionalColumns, Roster, RosterLink, School, Student, Teacher};
use homeroom_model::string_arena::{StrId, StringArena};

use crate::flat::{Contents, Gathered, joined};
use crate::groups::Groups;
use crate::halves::{ClassHalf, Halves, Issue, Seen, Uses};
use crate::people::{self, People};
use crate::places;
use crate::protect;
use crate::spelling::{Spelling, most_frequent};

/// A row as the numbers of its halves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RowHalves {
    pub(crate) class: u32,
    pub(crate) student: u32,
    pub(crate) line: u32,
}

pub(crate) fn judge(
    mut gathered: Gathered,
    columns: OptionalColumns,
    contents: &mut Contents,
    findings: &mut Findings,
) {
    let both = BothColumns::new(&gathered);

    let mut rows = std::mem::take(&mut gathered.rows);
    // Of almost all rows both halves are without fault, which two bits tell.
    let class_noted = noted(&gathered.classes.seen, &both.class_has);
    let student_noted = noted(&gathered.students.seen, &both.student_has);
    rows.retain(|row| {
        if !class_noted[row.class as usize] && !student_noted[row.student as usize] {
            return true;
        }
        let (class, student) = (
            &mut gathered.classes.seen[row.class as usize],
            &mut gathered.students.seen[row.student as usize],
        );
        let half_rejected = class.rejected || student.rejected;
        say_of(findings, row.line, class);
        say_of(findings, row.line, student);
        let in_both = both.refuses(&gathered, row);
        let rejected = half_rejected || in_both.is_some();
        if let Some(issue) = in_both {
            say(findings, row.line, issue);
        }
        if rejected {
            contents.rejected += 1;
            protect::row(&mut contents.protected, &gathered, row);
        }
        !rejected
    });
    contents.roster = Builder::new(gathered, &rows).build(&rows, columns, findings);
}

/// For each half whether there is something to say about it.
fn noted(seen: &[Seen], in_both: &[bool]) -> Vec<bool> {
    seen.iter().zip(in_both).map(|(seen, in_both)| *in_both || !seen.issues.is_empty()).collect()
}

/// Says what was found in a half. Most halves with something to say stand in one row only, which needs no copy of it.
fn say_of(findings: &mut Findings, line: u32, seen: &mut Seen) {
    if seen.uses.rows == 1 {
        std::mem::take(&mut seen.issues).into_iter().for_each(|issue| say(findings, line, issue));
    } else {
        seen.issues.iter().for_each(|issue| say(findings, line, issue.clone()));
    }
}

fn say(findings: &mut Findings, line: u32, issue: Issue) {
    findings.add(issue.code, || Finding {
        proposed: issue.proposed.map(String::from),
        ..Finding::of_line(issue.code, line, issue.value, issue.message).in_column(issue.column.name())
    });
}

/// Addresses that stand in both e-mail columns, and on which side their rows are refused.
struct BothColumns {
    refused: HashMap<String, Refused>,
    /// For each half whether its address is one of them.
    class_has: Vec<bool>,
    student_has: Vec<bool>,
}

#[derive(Clone, Copy, Default)]
struct Refused {
    as_teacher: bool,
    as_student: bool,
}

impl BothColumns {
    fn new(gathered: &Gathered) -> BothColumns {
        let Gathered { classes, students, .. } = gathered;
        let teachers = || classes.list.iter().map(|half| classes.texts.get(half.teacher.email));
        let students = || students.list.iter().map(|half| students.texts.get(half.person.email));
        let of_teachers = teachers().filter(|email| !email.is_empty()).collect::<HashSet<_>>();
        let student_has = students().map(|email| of_teachers.contains(email)).collect::<Vec<_>>();
        let both = students().zip(&student_has).filter(|(_, both)| **both);
        // Rows that have the address in one of the columns only; in both it is refused anyway.
        let mut uses = both.map(|(email, _)| (email, (0_u64, 0_u64))).collect::<HashMap<_, _>>();
        let class_has =
            teachers().map(|email| !uses.is_empty() && uses.contains_key(email)).collect::<Vec<_>>();
        for row in &gathered.rows {
            if !class_has[row.class as usize] && !student_has[row.student as usize] {
                continue;
            }
            let (teacher, student) = emails(gathered, row);
            if teacher != student {
                if let Some(used) = uses.get_mut(teacher) {
                    used.0 += 1;
                }
                if let Some(used) = uses.get_mut(student) {
                    used.1 += 1;
                }
            }
        }
        // The rarer use is the mistake: a whole class is not lost because its teacher's address slipped into a row.
        let refused = |(as_teacher, as_student): (u64, u64)| Refused {
            as_teacher: as_teacher <= as_student,
            as_student: as_student <= as_teacher,
        };
        let refused = uses.into_iter().map(|(email, uses)| (email.to_owned(), refused(uses))).collect();
        BothColumns { refused, class_has, student_has }
    }

    fn refuses(&self, gathered: &Gathered, row: &RowHalves) -> Option<Issue> {
        let (teacher, student) = emails(gathered, row);
        let refused = |email: &str| self.refused.get(email).copied().unwrap_or_default();
        let issue = |column, email: &str, message: String| Issue {
            code: FindingCode::TeacherIsStudent,
            column,
            value: email.into(),
            message: message.into(),
            proposed: None,
        };
        if teacher == student && !teacher.is_empty() {
            let message =
                format!("'{teacher}' is the address of both the teacher and the student of this row.");
            Some(issue(Column::StudentEmail, student, message))
        } else if refused(teacher).as_teacher {
            let message = format!("'{teacher}' is a teacher's address here and a student's in other rows.");
            Some(issue(Column::TeacherEmail, teacher, message))
        } else if refused(student).as_student {
            let message = format!("'{student}' is a student's address here and a teacher's in other rows.");
            Some(issue(Column::StudentEmail, student, message))
        } else {
            None
        }
    }
}

fn emails<'g>(gathered: &'g Gathered, row: &RowHalves) -> (&'g str, &'g str) {
    let Gathered { classes, students, .. } = gathered;
    let teacher = classes.list[row.class as usize].teacher.email;
    let student = students.list[row.student as usize].person.email;
    (classes.texts.get(teacher), students.texts.get(student))
}

/// For each half the position of what it names.
struct Positions {
    classes: Vec<u32>,
    teachers: Vec<u32>,
    students: Vec<u32>,
}

/// Puts the roster together. Only halves that an accepted row has count.
struct Builder {
    gathered: Gathered,
    class_used: Vec<bool>,
    student_used: Vec<bool>,
}

impl Builder {
    fn new(gathered: Gathered, rows: &[RowHalves]) -> Self {
        let mut class_used = vec![false; gathered.classes.list.len()];
        let mut student_used = vec![false; gathered.students.list.len()];
        for row in rows {
            class_used[row.class as usize] = true;
            student_used[row.student as usize] = true;
        }
        Builder { gathered, class_used, student_used }
    }

    fn build(mut self, rows: &[RowHalves], columns: OptionalColumns, findings: &mut Findings) -> Roster {
        let mut roster = Roster { columns, ..Roster::default() };
        let mut of_students = Findings::default();
        let (students, positions) = thread::scope(|scope| {
            let students = scope.spawn(|| self.students(&mut of_students));
            let school_of_half = self.schools(&mut roster, findings);
            let classes = self.classes(&mut roster, &school_of_half, findings);
            let teachers = self.teachers(&mut roster, findings);
            let (students, of_half) = joined(students);
            (students, Positions { classes, teachers, students: of_half })
        });
        findings.append(of_students);
        // Of the halves of students only the text is needed from here on: of a large roster the rest is much.
        let Halves { texts, .. } = std::mem::take(&mut self.gathered.students);
        let (students, texts) = thread::scope(|scope| {
            let students = scope.spawn(move || with_text_in_order(&texts, students));
            self.links(&mut roster, rows, &positions, findings);
            joined(students)
        });
        let appended = roster.texts.append(&texts);
        roster.students =
            students.into_iter().map(|student| student.map_texts(|text| appended.moved(text))).collect();
        self.say_co_teachers(&roster, &positions.classes, findings);
        roster
    }

    fn links(&self, roster: &mut Roster, rows: &[RowHalves], positions: &Positions, findings: &mut Findings) {
        let Positions { classes: class_of_half, teachers: teacher_of_half, students: student_of_half } =
            positions;
        let mut teachings = (0..class_of_half.len())
            .filter(|half| self.class_used[*half] && !self.gathered.classes.seen[*half].nobody)
            .map(|half| {
                (RosterLink { class: class_of_half[half], person: teacher_of_half[half] }, half as u32)
            })
            .collect::<Vec<_>>();
        teachings.sort_unstable();
        // Halves of the same class and teacher are one from here on.
        let mut teaching_of_half = (0..class_of_half.len() as u32).collect::<Vec<_>>();
        for same in teachings.chunk_by(|one, other| one.0 == other.0) {
            same.iter().for_each(|(_, half)| teaching_of_half[*half as usize] = same[0].1);
            roster.teachings.push(same[0].0);
        }

        roster.enrollments.reserve(rows.len());
        let by_class =
            Groups::new(roster.classes.len(), rows.iter().map(|row| class_of_half[row.class as usize]));
        let mut of_class = Vec::new();
        let mut students = Vec::new();
        for (class, group) in by_class.iter().enumerate() {
            of_class.clear();
            of_class.extend(group.iter().map(|row| {
                let RowHalves { class, student, line } = rows[*row as usize];
                let class = teaching_of_half[class as usize];
                RowHalves { class, student: student_of_half[student as usize], line }
            }));
            of_class.sort_unstable();
            say_duplicates(&of_class, findings);
            students.clear();
            students.extend(of_class.iter().map(|row| row.student));
            students.sort_unstable();
            students.dedup();
            let class = class as u32;
            roster.enrollments.extend(students.iter().map(|student| RosterLink { class, person: *student }));
        }
    }

    fn schools(&self, roster: &mut Roster, findings: &mut Findings) -> Vec<u32> {
        let words = places::Words { column: Column::SchoolName, differs: FindingCode::SchoolNameDiffers };
        let Roster { texts, schools, .. } = roster;
        let texts_of = |half: &ClassHalf| (half.school, half.school_name);
        self.places(&words, texts_of, texts, findings, |key, name, _| schools.push(School { key, name }))
    }

    fn classes(&self, roster: &mut Roster, school_of_half: &[u32], findings: &mut Findings) -> Vec<u32> {
        let words = places::Words { column: Column::ClassName, differs: FindingCode::ClassNameDiffers };
        let Roster { texts, classes, .. } = roster;
        let texts_of = |half: &ClassHalf| (half.class, half.class_name);
        self.places(&words, texts_of, texts, findings, |key, name, half| {
            classes.push(Class { key, name, school: school_of_half[half] });
        })
    }

    /// Puts the used class halves together by their key of one kind of place, in the order of the keys; `add` gets each
    /// place with its key and its name, both kept in `kept`, and one of its halves. Gives for each half the position of its place.
    fn places(
        &self,
        words: &places::Words,
        key_and_name: impl Fn(&ClassHalf) -> (StrId, StrId),
        kept: &mut StringArena,
        findings: &mut Findings,
        mut add: impl FnMut(StrId, StrId, usize),
    ) -> Vec<u32> {
        let Halves { texts, list, seen, .. } = &self.gathered.classes;
        let key = |half: u32| key_and_name(&list[half as usize]).0;
        let mut of_half = vec![0; list.len()];
        let order = texts.order(list.iter().map(|half| key_and_name(half).0));
        let used = order.into_iter().filter(|half| self.class_used[*half as usize]).collect::<Vec<_>>();
        let same = |one: &u32, other: &u32| texts.get(key(*one)) == texts.get(key(*other));
        for (at, group) in used.chunk_by(same).enumerate() {
            group.iter().for_each(|half| of_half[*half as usize] = at as u32);
            let name_of = |half: usize| key_and_name(&list[half]).1;
            let name = places::name(texts, group, name_of, seen, words, findings);
            let key = kept.push_from(texts, key(group[0]));
            add(key, kept.push_from(texts, name), group[0] as usize);
        }
        of_half
    }

    fn teachers(&self, roster: &mut Roster, findings: &mut Findings) -> Vec<u32> {
        let Halves { texts, list, seen, people } = &self.gathered.classes;
        let person = |half: usize| list[half].teacher;
        let merged = merged(people, &self.class_used, |halves| {
            people::merge(texts, halves, &person, seen, &people::TEACHERS, findings)
        });
        let (sorted, of_half) = sorted_by_key(texts, merged, people, |person| person.key());
        roster.teachers = sorted
            .into_iter()
            .map(|person| Teacher { person: person.map_texts(|text| roster.texts.push_from(texts, text)) })
            .collect();
        of_half
    }

    /// The students, and the position of each half's student.
    fn students(&self, findings: &mut Findings) -> (Vec<Student>, Vec<u32>) {
        let Halves { texts, list, seen, people } = &self.gathered.students;
        let person = |half: usize| list[half].person;
        let merged = merged(people, &self.student_used, |halves| {
            if let [only] = halves {
                return list[*only as usize];
            }
            let person = people::merge(texts, halves, &person, seen, &people::STUDENTS, findings);
            let usernames = halves.iter().map(|half| {
                let Uses { rows, first_line, .. } = seen[*half as usize].uses;
                Spelling { text: list[*half as usize].username, rows, first_line }
            });
            let username = most_frequent(texts, usernames);
            Student { person, username, grade: self.grade(halves, findings) }
        });
        sorted_by_key(texts, merged, people, |student| student.person.key())
    }

    /// The grade that stands last in the file.
    fn grade(&self, halves: &[u32], findings: &mut Findings) -> Option<homeroom_model::grade::Grade> {
        let Halves { list, seen, .. } = &self.gathered.students;
        let mut grades = halves
            .iter()
            .filter_map(|half| Some((seen[*half as usize].uses.last_line, list[*half as usize].grade?)))
            .collect::<Vec<_>>();
        grades.sort_unstable();
        let (_, last) = *grades.last()?;
        if let Some((line, other)) = grades.iter().find(|(_, grade)| *grade != last) {
            findings.add(FindingCode::StudentGradeDiffers, || {
                let message = format!(
                    "The student's grade is {other} here and {last} further down; the last one is used."
                );
                Finding::of_line(FindingCode::StudentGradeDiffers, *line, other.code(), message)
                    .in_column(Column::StudentGradeLevel.name())
                    .proposing(last.code())
            });
        }
        Some(last)
    }

    fn say_co_teachers(&self, roster: &Roster, class_of_half: &[u32], findings: &mut Findings) {
        let mut first_line = BTreeMap::<u32, u32>::new();
        let several = roster
            .teachings
            .chunk_by(|one, other| one.class == other.class)
            .filter(|teachings| teachings.len() > 1)
            .map(|teachings| (teachings[0].class, teachings.len()))
            .collect::<BTreeMap<_, _>>();
        if several.is_empty() {
            return;
        }
        for (half, class) in class_of_half.iter().enumerate().filter(|(half, _)| self.class_used[*half]) {
            if several.contains_key(class) {
                let line = self.gathered.classes.seen[half].uses.first_line;
                first_line.entry(*class).and_modify(|first| *first = line.min(*first)).or_insert(line);
            }
        }
        for (class, count) in several {
            let key = roster.texts.get(roster.classes[class as usize].key);
            findings.add(FindingCode::CoTeachers, || Finding {
                line: first_line.get(&class).copied(),
                ..Finding::of_file(
                    FindingCode::CoTeachers,
                    key,
                    format!("Class {key} has {count} teachers; all of them teach it."),
                )
                .in_column(Column::TeacherEmail.name())
            });
        }
    }
}

/// Each person's values from the used halves; `None` for one that no accepted row names.
pub(crate) fn merged<V>(
    people: &People,
    used: &[bool],
    mut merge: impl FnMut(&[u32]) -> V,
) -> Vec<Option<V>> {
    let mut some = Vec::new();
    people
        .halves
        .iter()
        .map(|halves| {
            some.clear();
            some.extend(halves.iter().copied().filter(|half| used[*half as usize]));
            (!some.is_empty()).then(|| merge(&some))
        })
        .collect()
}

/// The students with their text in their order, so that whoever walks through them walks through their text.
fn with_text_in_order(texts: &StringArena, mut students: Vec<Student>) -> (Vec<Student>, StringArena) {
    let mut kept = StringArena::default();
    for student in &mut students {
        *student = student.map_texts(|text| kept.push_from(texts, text));
    }
    (students, kept)
}

/// Sorts people by key; also gives the place of each half's person.
pub(crate) fn sorted_by_key<V: Copy>(
    texts: &StringArena,
    merged: Vec<Option<V>>,
    people: &People,
    key: impl Fn(&V) -> StrId,
) -> (Vec<V>, Vec<u32>) {
    let there = merged.iter().zip(0_u32..).filter(|(values, _)| values.is_some());
    let there = there.map(|(_, person)| person).collect::<Vec<_>>();
    let order = texts.order(merged.iter().flatten().map(key));
    let mut place = vec![0; merged.len()];
    for (at, found) in order.iter().enumerate() {
        place[there[*found as usize] as usize] = at as u32;
    }
    let sorted = order.iter().filter_map(|found| merged[there[*found as usize] as usize]).collect();
    let of_half =
        people.of_half.iter().map(|person| place.get(*person as usize).copied().unwrap_or(0)).collect();
    (sorted, of_half)
}

/// Rows are sorted by class half, student and line: the same row again follows the first.
fn say_duplicates(rows: &[RowHalves], findings: &mut Findings) {
    for pair in rows.windows(2) {
        let (first, again) = (&pair[0], &pair[1]);
        if (first.class, first.student) == (again.class, again.student) {
            findings.add(FindingCode::DuplicateRow, || {
                let message = format!(
                    "The same student stands in this class with this teacher in line {} already.",
                    first.line
                );
                Finding::of_line(FindingCode::DuplicateRow, again.line, "", message)
            });
        }
    }
}
