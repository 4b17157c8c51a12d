//! The files of a set become one roster: read, judged row by row, and linked.

use std::io;

use hashbrown::HashSet;
use homeroom_model::check_report::Format;
use homeroom_model::column::Column;
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::protected::{Protected, ProtectedAs};
use homeroom_model::roster::{Class, OptionalColumns, Person, Roster, RosterLink, School, Student, Teacher};
use homeroom_model::string_arena::{StrId, StringArena};
use homeroom_read::{FileSet, ReadRules};

use crate::Earlier;
use crate::damage::Proofs;
use crate::flat::Contents;
use crate::halves::{ClassHalf, Halves};
use crate::people;
use crate::places;
use crate::rows::{merged, sorted_by_key};
use crate::sets::family::Family;
use crate::sets::links::{Links, RowLink};
use crate::sets::parts::{Parts, Rows};
use crate::sets::tables::{Said, say_headers};
use crate::sets::{clever, oneroster};

/// A row that is no part of the roster.
const NONE: u32 = u32::MAX;

/// Checks the files of a set; `None` when they are neither Clever's nor OneRoster's.
pub(crate) fn check_set(
    set: &FileSet<'_>,
    rules: &ReadRules,
    earlier: &Earlier<'_>,
    findings: &mut Findings,
    progress: &mut dyn FnMut(u64),
) -> io::Result<Option<Contents>> {
    let Some(family) = Family::of(set)? else { return Ok(None) };
    let mut said = Said::default();
    let missing = family.missing().collect::<Vec<_>>();
    let read = match family.format {
        // Without a column of one file the others cannot be judged either.
        _ if !say_headers(set, &family, &mut said)? => None,
        Format::Oneroster => oneroster::read(set, &family, rules, earlier(), &mut said)?,
        _ if missing.is_empty() => clever::read(set, &family, rules, &mut said)?,
        _ => {
            for name in missing {
                let message = format!("{name}.csv is missing: nothing of the set is used.");
                let code = FindingCode::SetFileMissing;
                said.findings.add_whole(Finding::of_file(code, format!("{name}.csv"), message));
            }
            None
        }
    };
    progress(said.bytes);
    said.unsigned.take().into_iter().for_each(|unsigned| said.findings.add_whole(unsigned));
    let mut roster = Roster::default();
    let changes_only = read.as_ref().is_some_and(|(_, links)| links.partial);
    if let Some((mut parts, links)) = read {
        if let Some(earlier) = earlier() {
            prove(&mut parts, earlier);
        }
        judge(&mut parts, &mut said);
        say_set(&parts, &links, family.format, &mut said);
        roster = assemble(&parts, links, &mut said);
    }
    let Said { findings: found, protected, rows, rejected, ends_mid_row, encoding, separator, .. } = said;
    findings.append(found);
    let format = family.format;
    Ok(Some(Contents {
        format,
        encoding,
        separator,
        rows,
        rejected,
        roster,
        protected,
        ends_mid_row,
        changes_only,
        ..Contents::default()
    }))
}

fn prove(parts: &mut Parts, earlier: &homeroom_model::StoredRoster) {
    let proofs = Proofs::new(earlier);
    proofs.schools(&mut parts.schools.halves, |school| school.key);
    proofs.schools(&mut parts.classes.halves, |class| class.school);
    proofs.classes(&mut parts.classes.halves);
    proofs.teachers(&mut parts.teachers.halves, |person| *person);
    proofs.students(&mut parts.students.halves);
}

/// Tells people apart and finds what contradicts itself; then says everything, and drops rows.
fn judge(parts: &mut Parts, said: &mut Said) {
    parts.teachers.halves.resolve(|person| *person, &people::TEACHERS);
    parts.students.halves.resolve(|student| student.person, &people::STUDENTS);
    reject_addresses_of_both(parts);
    places::reject_classes_in_two_schools(&mut parts.classes.halves);
    reject_classes_without_school(parts);
    let Parts { schools, classes, teachers, students } = parts;
    say_rows(schools, said, |protected, texts, school| {
        keep(protected, &[ProtectedAs::School], texts, [school.key])
    });
    say_rows(classes, said, |protected, texts, class| {
        let as_class =
            [ProtectedAs::Class, ProtectedAs::ClassOfUnknownStudent, ProtectedAs::ClassOfUnknownTeacher];
        keep(protected, &[ProtectedAs::School], texts, [class.school]);
        keep(protected, &as_class, texts, [class.class]);
    });
    say_rows(teachers, said, |protected, texts, person| {
        let as_teacher = [ProtectedAs::Teacher, ProtectedAs::TeacherOfUnknownClass];
        keep(protected, &as_teacher, texts, [person.sis_id, person.email]);
    });
    say_rows(students, said, |protected, texts, Student { person, .. }| {
        let as_student = [ProtectedAs::Student, ProtectedAs::StudentOfUnknownClass];
        keep(protected, &as_student, texts, [person.sis_id, person.email]);
    });
}

fn keep<const N: usize>(
    protected: &mut Protected,
    named: &[ProtectedAs],
    texts: &StringArena,
    keys: [StrId; N],
) {
    for key in keys.iter().map(|key| texts.get(*key)) {
        named.iter().for_each(|what| protected.name(*what, key));
    }
}

/// Says what was found in each row of a file, and drops those that cannot be used: what they name is kept.
fn say_rows<H: Copy>(rows: &Rows<H>, said: &mut Said, protect: impl Fn(&mut Protected, &StringArena, &H)) {
    let Halves { texts, list, seen, .. } = &rows.halves;
    for (half, seen) in list.iter().zip(seen) {
        let line = seen.uses.first_line;
        // What is stored stands in no line: that somebody of a file contradicts it is told of the file's row.
        let of_file = line > 0;
        for issue in seen.issues.iter().filter(|_| of_file) {
            said.findings.add(issue.code, || rows.names.finding(issue, line));
        }
        if seen.rejected {
            said.rejected += u64::from(of_file);
            protect(&mut said.protected, texts, half);
        }
    }
}

fn reject_addresses_of_both(parts: &mut Parts) {
    let Parts { teachers, students, .. } = parts;
    let email =
        |halves: &Halves<Student>, at: usize| halves.texts.get(halves.list[at].person.email).to_owned();
    let of_students = (0..students.halves.list.len())
        .map(|at| email(&students.halves, at))
        .filter(|email| !email.is_empty());
    let of_students = of_students.collect::<HashSet<_>>();
    let mut both = HashSet::new();
    for at in 0..teachers.halves.list.len() {
        let address = teachers.halves.texts.get(teachers.halves.list[at].email).to_owned();
        if of_students.contains(&address) {
            let message = format!("'{address}' is a teacher's address here and a student's elsewhere.");
            let seen = &mut teachers.halves.seen[at];
            seen.say(Column::TeacherEmail, FindingCode::TeacherIsStudent, &address, message);
            both.insert(address);
        }
    }
    for at in 0..students.halves.list.len() {
        let address = email(&students.halves, at);
        if both.contains(&address) {
            let message = format!("'{address}' is a student's address here and a teacher's elsewhere.");
            let seen = &mut students.halves.seen[at];
            seen.say(Column::StudentEmail, FindingCode::TeacherIsStudent, &address, message);
        }
    }
}

fn reject_classes_without_school(parts: &mut Parts) {
    let Parts { schools, classes, .. } = parts;
    let Halves { texts, list, seen, .. } = &mut classes.halves;
    for (class, seen) in list.iter().zip(seen).filter(|(class, _)| !class.school.is_empty()) {
        let key = texts.get(class.school);
        let message = match schools.get(key) {
            None => format!("The class names the school '{key}', which none of the files lists."),
            Some(row) if schools.halves.seen[row as usize].rejected => {
                format!("The class names the school '{key}', whose row is rejected.")
            }
            Some(_) => continue,
        };
        seen.say(Column::SchoolId, FindingCode::ReferenceUnknown, key, message);
    }
}

/// Says what concerns the set as a whole: files without rows, and ids of two forms.
fn say_set(parts: &Parts, links: &Links, format: Format, said: &mut Said) {
    if links.dangling.rows * 2
        > links.dangling.rows + (links.enrollments.len() + links.teachings.len()) as u64
        && let Some(difference) = links.dangling.difference(parts)
    {
        let code = FindingCode::ReferencesDiffer;
        let message = format!("{} of its rows lead nowhere. {difference}", links.dangling.rows);
        said.say(&links.file, || Finding::of_file(code, "", message), code);
    }
    if links.partial {
        return;
    }
    let (schools, classes, students) = match format {
        Format::Oneroster => ("orgs.csv", "classes.csv", "users.csv"),
        _ => ("schools.csv", "sections.csv", "students.csv"),
    };
    let enrolled = links.enrollments.len() + links.dangling.rows as usize;
    for (file, what, rows) in [
        (schools, "school", parts.schools.halves.list.len()),
        (classes, "class", parts.classes.halves.list.len()),
        (students, "student", parts.students.halves.list.len()),
        ("enrollments.csv", "enrollment", enrolled),
    ] {
        if rows == 0 {
            let code = FindingCode::NoRows;
            said.say(file, || Finding::of_file(code, "", format!("{file} lists no {what}.")), code);
        }
    }
}

fn assemble(parts: &Parts, links: Links, said: &mut Said) -> Roster {
    let columns = OptionalColumns {
        teacher_id: true,
        student_id: true,
        student_username: true,
        ..OptionalColumns::default()
    };
    let mut roster = Roster { columns, ..Roster::default() };
    let texts = &mut roster.texts;
    let schools = &mut roster.schools;
    let words = places::Words { column: Column::SchoolName, differs: FindingCode::SchoolNameDiffers };
    let of_school = add_places(
        &parts.schools,
        &words,
        |school| (school.key, school.name),
        said,
        |key, name, _| {
            let halves = &parts.schools.halves.texts;
            schools.push(School { key: texts.push_from(halves, key), name: texts.push_from(halves, name) });
        },
    );
    let classes = &mut roster.classes;
    let words = places::Words { column: Column::ClassName, differs: FindingCode::ClassNameDiffers };
    let of_class = add_places(
        &parts.classes,
        &words,
        |class| (class.class, class.class_name),
        said,
        |key, name, class| {
            let halves = &parts.classes.halves.texts;
            let school = parts.schools.get(halves.get(class.school)).map_or(0, |row| of_school[row as usize]);
            classes.push(Class {
                key: texts.push_from(halves, key),
                name: texts.push_from(halves, name),
                school,
            });
        },
    );
    let (teachers, of_teacher) = teachers(&parts.teachers, texts, said);
    let (students, of_student) = students(&parts.students, texts, said);
    (roster.teachers, roster.students) = (teachers, students);
    let file = links.file.as_str();
    roster.teachings = linked(links.teachings, &of_class, &of_teacher, None, said);
    roster.enrollments = linked(links.enrollments, &of_class, &of_student, Some(file), said);
    if !links.partial {
        say_unlinked(parts, &roster, &of_class, said);
    }
    roster
}

/// Puts the rows of schools or classes together by their key, in its order; `add` gets each with its name. Gives for each row
/// the place of its thing.
fn add_places<H: Copy>(
    rows: &Rows<H>,
    words: &places::Words,
    key_and_name: impl Fn(&H) -> (StrId, StrId),
    said: &mut Said,
    mut add: impl FnMut(StrId, StrId, &H),
) -> Vec<u32> {
    let Halves { texts, list, seen, .. } = &rows.halves;
    let mut findings = Findings::default();
    let mut of_row = vec![NONE; list.len()];
    let order = texts.order(list.iter().map(|half| key_and_name(half).0));
    let key = |row: u32| texts.get(key_and_name(&list[row as usize]).0);
    let mut place = 0;
    for group in order.chunk_by(|one, other| key(*one) == key(*other)) {
        let good = group.iter().copied().filter(|row| !seen[*row as usize].rejected).collect::<Vec<_>>();
        let Some(first) = good.first().filter(|row| !key(**row).is_empty()) else { continue };
        let name = places::name(texts, &good, |row| key_and_name(&list[row]).1, seen, words, &mut findings);
        add(key_and_name(&list[*first as usize]).0, name, &list[*first as usize]);
        group.iter().for_each(|row| of_row[*row as usize] = place);
        place += 1;
    }
    said.findings.append(findings.of_file(&rows.names.file));
    of_row
}

fn teachers(rows: &Rows<Person>, texts: &mut StringArena, said: &mut Said) -> (Vec<Teacher>, Vec<u32>) {
    let Halves { texts: halves, list, seen, people } = &rows.halves;
    let mut findings = Findings::default();
    let used = seen.iter().map(|seen| !seen.rejected && !seen.nobody).collect::<Vec<_>>();
    let merged = merged(people, &used, |rows| {
        people::merge(halves, rows, &|row: usize| list[row], seen, &people::TEACHERS, &mut findings)
    });
    said.findings.append(findings.of_file(&rows.names.file));
    let there = merged.iter().map(Option::is_some).collect::<Vec<_>>();
    let (sorted, of_row) = sorted_by_key(halves, merged, people, |person| person.key());
    let mut keep = |text| texts.push_from(halves, text);
    let sorted = sorted.into_iter().map(|person| Teacher { person: person.map_texts(&mut keep) });
    (sorted.collect(), only_there(people, &there, of_row))
}

fn students(rows: &Rows<Student>, texts: &mut StringArena, said: &mut Said) -> (Vec<Student>, Vec<u32>) {
    let Halves { texts: halves, list, seen, people } = &rows.halves;
    let mut findings = Findings::default();
    let used = seen.iter().map(|seen| !seen.rejected).collect::<Vec<_>>();
    let merged = merged(people, &used, |rows| {
        let person = people::merge(
            halves,
            rows,
            &|row: usize| list[row].person,
            seen,
            &people::STUDENTS,
            &mut findings,
        );
        // Rows of one student differ in the school at most; what one of them lacks another may have.
        let username = rows.iter().map(|row| list[*row as usize].username).find(|name| !name.is_empty());
        let grade = rows.iter().find_map(|row| list[*row as usize].grade);
        Student { person, username: username.unwrap_or_default(), grade }
    });
    said.findings.append(findings.of_file(&rows.names.file));
    let there = merged.iter().map(Option::is_some).collect::<Vec<_>>();
    let (sorted, of_row) = sorted_by_key(halves, merged, people, |student| student.person.key());
    let sorted = sorted.into_iter().map(|student| student.map_texts(|text| texts.push_from(halves, text)));
    (sorted.collect(), only_there(people, &there, of_row))
}

/// The places of people by row; rows of nobody have none.
fn only_there(people: &people::People, there: &[bool], of_row: Vec<u32>) -> Vec<u32> {
    let is_there = |person: &u32| there.get(*person as usize).copied().unwrap_or(false);
    people
        .of_half
        .iter()
        .zip(of_row)
        .map(|(person, place)| if is_there(person) { place } else { NONE })
        .collect()
}

/// The links between what is part of the roster, sorted, each once. In the file that is named, a row that says a link once
/// more is told.
fn linked(
    links: Vec<RowLink>,
    of_class: &[u32],
    of_person: &[u32],
    file: Option<&str>,
    said: &mut Said,
) -> Vec<RosterLink> {
    let placed = links.into_iter().filter_map(|RowLink { link, line }| {
        let (class, person) = (of_class[link.class as usize], of_person[link.person as usize]);
        (class != NONE && person != NONE).then_some((RosterLink { class, person }, line))
    });
    let mut placed = placed.collect::<Vec<_>>();
    placed.sort_unstable();
    if let Some(file) = file {
        for pair in placed.windows(2).filter(|pair| pair[0].0 == pair[1].0 && pair[0].1 > 0) {
            let code = FindingCode::DuplicateRow;
            let message = format!("The same student stands in this class in line {} already.", pair[0].1);
            said.say(file, || Finding::of_line(code, pair[1].1, "", message), code);
        }
    }
    let mut links = placed.into_iter().map(|(link, _)| link).collect::<Vec<_>>();
    links.dedup();
    links
}

/// Names the classes that nobody teaches, and those that nobody is in.
fn say_unlinked(parts: &Parts, roster: &Roster, of_class: &[u32], said: &mut Said) {
    let Rows { halves: Halves { texts, list, seen, .. }, names, .. } = &parts.classes;
    let has = |links: &[RosterLink], class: u32| {
        let first = links.partition_point(|link| link.class < class);
        links.get(first).is_some_and(|link| link.class == class)
    };
    let mut told = HashSet::new();
    for (row, class) in of_class.iter().enumerate().filter(|(_, class)| **class != NONE) {
        if !told.insert(*class) {
            continue;
        }
        let half: &ClassHalf = &list[row];
        let (key, line) = (texts.get(half.class), seen[row].uses.first_line);
        for (links, code, what) in [
            (&roster.teachings, FindingCode::ClassWithoutTeacher, "teacher"),
            (&roster.enrollments, FindingCode::ClassWithoutStudents, "students"),
        ] {
            if !has(links, *class) {
                let message = format!("Class {key} has no {what}.");
                said.say(&names.file, || Finding::of_line(code, line, key, message), code);
            }
        }
    }
}
