//! Nights of a small district: what went wrong with a whole column is named, and ordinary changes are not.

#![allow(clippy::unwrap_used, reason = "a test may fail where it is")]

use homeroom_assess::{Assessment, assess};
use homeroom_check::check_alone;
use homeroom_model::assessment::ColumnFault;
use homeroom_model::finding_code::Severity;
use homeroom_model::stored::StoredRoster;
use homeroom_model::{FindingCode, Roster};
use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

const HEADER: &str = "school_id,school_name,teacher_email,teacher_first_name,teacher_last_name,class_id,class_name,\
student_first_name,student_last_name,student_email,student_grade_level,student_id,student_username,student_clever_id";

/// The columns of a student in a row.
const FIRST: usize = 7;
const LAST: usize = 8;
const EMAIL: usize = 9;
const GRADE: usize = 10;
const SIS: usize = 11;
const USERNAME: usize = 12;
const CLEVER: usize = 13;

const FIRST_NAMES: [&str; 12] =
    ["Asta", "Hugo", "Odette", "José", "Iver", "Zoë", "Basil", "Inga", "Kwame", "Liv", "Nadia", "Petra"];
const LAST_NAMES: [&str; 10] = [
    "Ashdown",
    "Denholm",
    "Gillard",
    "Núñez",
    "Quackenbush",
    "Tamura",
    "Umbridge",
    "Vantage",
    "Wexford",
    "Yelland",
];

type Row = Vec<String>;

/// A student in a class of twelve, in the grade of the class.
fn student(number: usize) -> Row {
    let class = number / 12;
    let (first, last) = (FIRST_NAMES[number % 12], LAST_NAMES[(number / 3 + number / 12) % 10]);
    let school = class % 2;
    let row = format!(
        "{school},School {school},t{class}@x.example.org,Tess,Teacher{class},C{class},Class {class},{first},{last},\
         s{number}@x.example.org,{:02},61{number:04},user{number},{:024x}",
        class % 5 + 1,
        number + 4_096
    );
    row.split(',').map(str::to_owned).collect()
}

fn district(students: usize) -> Vec<Row> {
    (0..students).map(student).collect()
}

fn roster(rows: &[Row]) -> Roster {
    if rows.is_empty() {
        return Roster::default();
    }
    let rows = rows.iter().map(|row| row.join(",")).collect::<Vec<_>>().join("\n");
    let checked = check_alone(&format!("{HEADER}\n{rows}\n").into_bytes(), "").unwrap();
    assert!(!checked.is_rejected(), "{:?}", checked.report.findings);
    checked.roster
}

/// Tonight's file beside yesterday's: what is said, and the roster that goes to planning.
fn night(yesterday: &[Row], tonight: &[Row]) -> (Assessment, Roster) {
    let stored = StoredRoster::from_roster(roster(yesterday), yesterday.len() as u64);
    let mut wanted = roster(tonight);
    let assessment = assess(&stored, &mut wanted);
    (assessment, wanted)
}

fn codes(assessment: &Assessment) -> Vec<FindingCode> {
    assessment.findings.iter().map(|finding| finding.code).collect()
}

/// Everyone's values in a roster, each in a line.
fn lines(roster: &Roster) -> Vec<String> {
    let text = |text| roster.texts.get(text);
    let line = |student: &homeroom_model::roster::Student| {
        let person = &student.person;
        let texts = [
            person.sis_id,
            person.email,
            person.first_name,
            person.last_name,
            person.clever_id,
            student.username,
        ];
        format!("{} {:?}", texts.map(text).join(","), student.grade)
    };
    roster.students.iter().map(line).collect()
}

/// The night is as if nothing had changed, and one thing is said.
fn keeps(tonight: &[Row], code: FindingCode, column: &str, said: &str) {
    let yesterday = district(72);
    let (assessment, wanted) = night(&yesterday, tonight);
    assert_eq!(codes(&assessment), [code]);
    let finding = &assessment.findings[0];
    assert_eq!(finding.column.as_deref(), Some(column));
    assert!(finding.message.contains(said), "{}", finding.message);
    assert_eq!(lines(&wanted), lines(&roster(&yesterday)));
    assert!(assessment.verdicts.iter().all(|verdict| verdict.fault == ColumnFault::Kept));
}

/// One thing is said, and what follows from the column waits.
fn waits(tonight: &[Row], code: FindingCode, column: &str, said: &str) {
    let (assessment, _) = night(&district(72), tonight);
    assert_eq!(codes(&assessment), [code]);
    assert_eq!(assessment.findings[0].column.as_deref(), Some(column));
    let verdict = &assessment.verdicts[0];
    assert_eq!(verdict.column.name(), column);
    assert!(verdict.message.contains(said), "{}", verdict.message);
}

fn changed(change: impl Fn(usize, &mut Row)) -> Vec<Row> {
    let mut rows = district(72);
    rows.iter_mut().enumerate().for_each(|(at, row)| change(at, row));
    rows
}

#[test]
fn what_was_emptied_in_bulk_waits_and_names_are_kept() {
    let column = |column: usize| {
        changed(move |at, row| {
            if at % 3 == 0 {
                row[column].clear()
            }
        })
    };
    let emptied = FindingCode::ValuesEmptied;
    waits(&column(EMAIL), emptied, "student_email", "24 values of student_email are empty");
    keeps(&column(LAST), emptied, "student_last_name", "24 values");
    waits(&column(SIS), emptied, "student_id", "24 values");
    waits(&column(USERNAME), emptied, "student_username", "24 values");
    waits(&column(GRADE), emptied, "student_grade_level", "24 values");
    let grade = changed(|_, row| {
        if row[GRADE] == "03" {
            row[EMAIL].clear()
        }
    });
    waits(&grade, emptied, "student_email", "all of them in grade 03 (lines 26 to 37)");
}

#[test]
fn half_of_a_small_class_is_many() {
    let yesterday = district(8);
    let mut tonight = district(8);
    tonight.iter_mut().step_by(2).for_each(|row| row[USERNAME].clear());
    let (assessment, _) = night(&yesterday, &tonight);
    assert_eq!(codes(&assessment), [FindingCode::ValuesEmptied]);
    assert_eq!(assessment.verdicts[0].entities.len(), 4);
}

#[test]
fn one_empty_cell_erases_no_name_and_no_address_but_a_user_name() {
    let one = |column: usize| {
        changed(move |at, row| {
            if at == 7 {
                row[column].clear()
            }
        })
    };
    keeps(&one(EMAIL), FindingCode::ValuesEmptied, "student_email", "1 value of student_email is empty");
    keeps(&one(FIRST), FindingCode::ValuesEmptied, "student_first_name", "1 value");
    let (assessment, wanted) = night(&district(72), &one(USERNAME));
    assert!(assessment.findings.is_empty());
    assert_eq!(wanted.students.iter().filter(|student| student.username.is_empty()).count(), 1);
}

#[test]
fn an_address_that_passed_to_another_person_is_not_brought_back() {
    let tonight = changed(|at, row| match at {
        7 => row[EMAIL].clear(),
        8 => row[EMAIL] = "s7@x.example.org".into(),
        _ => {}
    });
    let (assessment, wanted) = night(&district(72), &tonight);
    assert!(codes(&assessment).is_empty());
    assert_eq!(wanted.students.iter().filter(|student| student.person.email.is_empty()).count(), 1);
}

#[test]
fn damaged_values_are_kept() {
    let damaged = FindingCode::ValuesDamaged;
    for (shown, said) in
        [("JosÃ©", "UTF-8 was read"), ("Jos?", "question marks"), ("JosŽ", "Mac Roman"), ("Jos‚", "DOS")]
    {
        let tonight = changed(|_, row| {
            if row[FIRST] == "José" {
                row[FIRST] = shown.into()
            }
        });
        keeps(&tonight, damaged, "student_first_name", said);
    }
    keeps(
        &changed(|_, row| row[SIS].push_str(".0")),
        damaged,
        "student_id",
        "'610000', where the file has '610000.0'",
    );
    let tonight = changed(|at, row| {
        if at == 3 {
            row[LAST] = "??".into()
        }
    });
    keeps(&tonight, damaged, "student_last_name", "question marks");
}

#[test]
fn names_in_another_writing_are_kept() {
    for (shown, said) in [
        ("JosÚ", "another encoding"),
        ("Josй", "another encoding"),
        ("Jos&eacute;", "codes of a program"),
        ("Jos&amp;eacute;", "codes of a program"),
        ("Jos\\u00e9", "codes of a program"),
        ("Jos%C3%A9", "codes of a program"),
        ("Jos=C3=A9", "codes of a program"),
        ("Jos+AOk-", "codes of a program"),
        ("Jos_", "other signs"),
        ("Jos", "letters are gone"),
    ] {
        let tonight = changed(|_, row| {
            if row[FIRST] == "José" {
                row[FIRST] = shown.into()
            }
        });
        keeps(&tonight, FindingCode::ValuesDamaged, "student_first_name", said);
    }
    let cut = changed(|_, row| row[LAST] = row[LAST].chars().take(6).collect());
    keeps(&cut, FindingCode::ValuesDamaged, "student_last_name", "cut off");
    // One child may well be called so from now on.
    for shown in ["Jos", "Test", "Null"] {
        let tonight = changed(|at, row| {
            if at == 3 {
                row[FIRST] = shown.into()
            }
        });
        let (assessment, wanted) = night(&district(72), &tonight);
        assert!(assessment.findings.is_empty() && lines(&wanted) == lines(&roster(&tonight)), "{shown}");
    }
}

#[test]
fn words_for_no_value_are_not_taken_over() {
    for (column, name, shown, people) in [
        (LAST, "student_last_name", "XXX", 1),
        (LAST, "student_last_name", "Unknown", 1),
        (LAST, "student_last_name", "Test", 2),
        (EMAIL, "student_email", "null@x.example.org", 1),
        (SIS, "student_id", "999999", 1),
        (CLEVER, "student_clever_id", "unknown", 1),
        (USERNAME, "student_username", "TBD", 1),
    ] {
        let tonight = changed(|at, row| {
            if (14..14 + people).contains(&at) {
                row[column] = shown.into()
            }
        });
        let (assessment, wanted) = night(&district(72), &tonight);
        let [said] = codes(&assessment)[..] else { panic!("{shown}: {:?}", assessment.findings) };
        assert!(matches!(said, FindingCode::ValuesDamaged | FindingCode::ValuesKept), "{shown} {said:?}");
        assert_eq!(assessment.findings[0].column.as_deref(), Some(name));
        assert_eq!(lines(&wanted), lines(&roster(&district(72))), "{name} {shown}");
    }
}

#[test]
fn one_value_over_many_people_waits() {
    let filled = FindingCode::ValuesFilled;
    let tonight = changed(|at, row| {
        if (20..40).contains(&at) {
            row[LAST] = "Ashdown".into()
        }
    });
    waits(&tonight, filled, "student_last_name", "'Ashdown' today (lines 22 to 41)");
    let tonight = changed(|at, row| {
        if at < 60 {
            row[GRADE] = "09".into()
        }
    });
    waits(&tonight, filled, "student_grade_level", "one cell was dragged down");
}

#[test]
fn a_column_that_slipped_is_named() {
    for (column, name) in [
        (EMAIL, "student_email"),
        (SIS, "student_id"),
        (CLEVER, "student_clever_id"),
        (USERNAME, "student_username"),
        (FIRST, "student_first_name"),
    ] {
        for people in [3, 20] {
            let slipped =
                |at: usize| (30..30 + people).contains(&at).then(|| student(30 + (at + 1 - 30) % people));
            let tonight = changed(|at, row| {
                if let Some(other) = slipped(at) {
                    row[column].clone_from(&other[column])
                }
            });
            let (assessment, _) = night(&district(72), &tonight);
            assert_eq!(codes(&assessment), [FindingCode::ColumnMoved], "{name}");
            let verdict = &assessment.verdicts[0];
            assert_eq!((verdict.column.name(), verdict.entities.len()), (name, people));
            assert!(verdict.message.contains("slipped"), "{}", verdict.message);
        }
    }
}

#[test]
fn two_who_exchange_their_addresses_are_put_right() {
    let tonight = changed(|at, row| match at {
        7 => row[EMAIL] = "s8@x.example.org".into(),
        8 => row[EMAIL] = "s7@x.example.org".into(),
        _ => {}
    });
    assert!(night(&district(72), &tonight).0.findings.is_empty());
}

#[test]
fn a_column_that_was_sorted_alone_is_named() {
    for column in [EMAIL, SIS, CLEVER, USERNAME] {
        let mut values = (0..72).map(|at| student(at)[column].clone()).collect::<Vec<_>>();
        values.sort_by_key(|value| value.chars().rev().collect::<String>());
        let tonight = changed(|at, row| row[column].clone_from(&values[at]));
        let (assessment, _) = night(&district(72), &tonight);
        assert_eq!(codes(&assessment), [FindingCode::ColumnMoved], "{column}");
        assert!(assessment.verdicts[0].entities.len() > 40);
    }
}

#[test]
fn grades_that_slipped_or_were_sorted_alone_are_named() {
    let grades =
        |order: &dyn Fn(usize) -> usize| changed(|at, row| row[GRADE] = student(order(at))[GRADE].clone());
    let moved = FindingCode::ColumnMoved;
    waits(&grades(&|at| (at + 1) % 72), moved, "student_grade_level", "5 values");
    waits(&grades(&|at| 71 - at), moved, "student_grade_level", "other grades than yesterday");
    // Grade 5 is called 13 from now on: a decision of the district.
    let renamed = changed(|_, row| {
        if row[GRADE] == "05" {
            row[GRADE] = "13".into()
        }
    });
    assert!(night(&district(72), &renamed).0.findings.is_empty());
}

#[test]
fn names_of_classes_and_schools_are_looked_at_as_well() {
    const NAME: usize = 6;
    let (emptied, moved) = (FindingCode::ValuesEmptied, FindingCode::ColumnMoved);
    let all = |name: &dyn Fn(usize) -> String| changed(|at, row| row[NAME] = name(at / 12));
    keeps(&all(&|_| String::new()), emptied, "class_name", "6 values of class_name are empty today");
    keeps(&all(&|_| "#REF!".into()), FindingCode::ValuesDamaged, "class_name", "damaged");
    waits(&all(&|class| format!("Class {}", (class + 1) % 6)), moved, "class_name", "(lines 2 to 62)");
    waits(&all(&|_| "Class 0".into()), FindingCode::ValuesFilled, "class_name", "dragged down");
    let schools = changed(|_, row| row[NAME] = row[1].clone());
    waits(&schools, FindingCode::ColumnsExchanged, "class_name", "belongs into another one");
    let exchanged = changed(|_, row| row[1] = if row[0] == "0" { "School 1" } else { "School 0" }.into());
    waits(&exchanged, moved, "school_name", "schools");
    assert!(night(&district(72), &all(&|class| format!("Section {class}"))).0.findings.is_empty());
}

#[test]
fn exchanged_names_of_a_school_are_named() {
    let tonight = changed(|_, row| {
        if row[0] == "1" {
            row.swap(FIRST, LAST)
        }
    });
    let (assessment, _) = night(&district(72), &tonight);
    assert_eq!(codes(&assessment), [FindingCode::ColumnsExchanged]);
    assert_eq!(assessment.verdicts[0].entities.len(), 36);
    assert!(assessment.verdicts[0].message.starts_with("36 students"));
}

#[test]
fn teachers_who_were_sorted_alone_are_named() {
    let mut teachers = district(72).into_iter().map(|row| row[2..5].to_vec()).collect::<Vec<_>>();
    teachers.reverse();
    teachers.sort_by_key(|teacher| teacher[0].bytes().map(|byte| byte % 3).collect::<Vec<_>>());
    let order = (0..72).map(|at| (at * 7) % 72).collect::<Vec<_>>();
    let tonight = changed(|at, row| row.splice(2..5, teachers[order[at]].clone()).for_each(drop));
    let (assessment, _) = night(&district(72), &tonight);
    assert!(codes(&assessment).contains(&FindingCode::ColumnMoved));
    let verdict =
        assessment.verdicts.iter().find(|verdict| verdict.column.name() == "teacher_email").unwrap();
    assert!(verdict.message.contains("6 of 6 classes"), "{}", verdict.message);
}

#[test]
fn class_ids_that_moved_are_named_and_not_the_names_beside_them() {
    let tonight = changed(|_, row| {
        row[5] = match row[5].as_str() {
            "C1" => "C2".into(),
            "C2" => "C1".into(),
            _ => row[5].clone(),
        }
    });
    let (assessment, _) = night(&district(72), &tonight);
    assert_eq!(codes(&assessment), [FindingCode::ColumnMoved]);
    let verdict = &assessment.verdicts[0];
    assert_eq!((verdict.column.name(), verdict.entities.len()), ("class_id", 2));
    assert!(verdict.message.contains("most likely these ids were exchanged"), "{}", verdict.message);
    assert!(
        verdict.message.contains("'Class 1' (C1) would have the students of 'Class 2' (C2)"),
        "{}",
        verdict.message
    );
}

#[test]
fn a_file_from_an_earlier_year_is_named() {
    let tonight = changed(|_, row| {
        let grade = row[GRADE].parse::<u8>().unwrap() - 1;
        row[GRADE] = if grade == 0 { "K".into() } else { format!("{grade:02}") };
    });
    let (assessment, _) = night(&district(72), &tonight);
    assert_eq!(codes(&assessment), [FindingCode::EarlierSchoolYear]);
    assert_eq!(assessment.verdicts[0].fault, ColumnFault::EarlierYear);
}

#[test]
fn another_districts_file_is_rejected() {
    let tonight = changed(|at, row| {
        row[1] = format!("Schule {}", row[0]);
        row[FIRST] = format!("Vorname{at}");
        row[LAST] = format!("Nachname{at}");
        row[EMAIL] = format!("n{at}@other.example.org");
        row[2] = format!("{}@other.example.org", row[5]);
        row[4] = format!("Lehrer{}", row[5]);
        row[CLEVER].clear();
        row[USERNAME].clear();
    });
    let (assessment, _) = night(&district(72), &tonight);
    assert_eq!(codes(&assessment), [FindingCode::FileOfAnotherDistrict]);
    assert_eq!(assessment.findings[0].code.severity(), Severity::RejectFile);
    let message = &assessment.findings[0].message;
    assert!(
        message.contains("Of the 78 people in the file, 0") && message.contains("6 of its 6 class ids"),
        "{message}"
    );
    assert!(message.contains("other.example.org, those here in x.example.org"), "{message}");
}

#[test]
fn known_ids_of_other_people_wait_for_a_decision() {
    let tonight = changed(|at, row| {
        row[FIRST] = format!("Vorname{at}");
        row[LAST] = format!("Nachname{at}");
        row[EMAIL] = format!("n{at}@x.example.org");
        row[USERNAME] = format!("n{at}");
    });
    let (assessment, _) = night(&district(72), &tonight);
    let why = assessment.other_people.unwrap_or_default();
    assert!(
        why.contains("Of 72 students whose ids are known here, 72 have other first and last names"),
        "{why}"
    );
}

/// Everybody has another name and address; what else is other is added.
fn strangers(change: impl Fn(&mut Row)) -> Assessment {
    let tonight = changed(|at, row| {
        row[FIRST] = format!("Vorname{at}");
        row[LAST] = format!("Nachname{at}");
        row[EMAIL] = format!("n{at}@other.example.org");
        row[CLEVER].clear();
        row[USERNAME].clear();
        change(row);
    });
    night(&district(72), &tonight).0
}

#[test]
fn other_students_in_known_schools_or_beside_known_teachers_wait_for_a_decision() {
    let other_teacher = |row: &mut Row| {
        row[2] = format!("{}@other.example.org", row[5]);
        row[4] = format!("Lehrer{}", row[5]);
    };
    let other_school = |row: &mut Row| row[1] = format!("Schule {}", row[0]);
    for (known, said) in [
        (strangers(other_teacher), "although 2 of its 2 schools are known here by name"),
        (strangers(other_school), "although 6 of its 6 teachers are known here"),
    ] {
        assert!(codes(&known).is_empty(), "{:?}", known.findings);
        assert!(
            known.other_people.as_ref().is_some_and(|why| why.contains(said)),
            "{:?}",
            known.other_people
        );
    }
    let unknown = strangers(|row| {
        other_teacher(row);
        other_school(row);
    });
    assert_eq!(codes(&unknown), [FindingCode::FileOfAnotherDistrict]);
}

#[test]
fn new_ids_and_a_new_domain_for_everybody_are_not_another_district() {
    let tonight = changed(|at, row| {
        row[EMAIL] = format!("p{at}@new.example.org");
        row[SIS] = format!("7{at:05}");
        row[CLEVER].clear();
        row[USERNAME] = format!("p{at}");
        row[2] = format!("{}@new.example.org", row[5]);
        row[5] = format!("N{}", row[5]);
        row[0] = format!("9{}", row[0]);
    });
    let (assessment, _) = night(&district(72), &tonight);
    assert!(!codes(&assessment).contains(&FindingCode::FileOfAnotherDistrict));
    assert!(assessment.verdicts.is_empty());
}

#[test]
fn a_small_district_and_a_first_load_are_believed() {
    let others = |students: usize| {
        let mut rows = district(students);
        for (at, row) in rows.iter_mut().enumerate() {
            row[FIRST] = format!("Vorname{at}");
            row[EMAIL] = format!("n{at}@other.example.org");
            row[2] = format!("{}@other.example.org", row[5]);
            row[4] = "Lehrer".into();
            (row[SIS], row[CLEVER], row[USERNAME]) = (format!("8{at}"), String::new(), String::new());
        }
        rows
    };
    assert!(night(&district(10), &others(10)).0.findings.is_empty());
    assert!(night(&[], &district(72)).0.findings.is_empty());
    assert!(night(&district(72), &district(30)).0.findings.is_empty());
}

/// Something that happens to one student, or to all, in an ordinary night.
fn ordinary(kind: u8, at: usize, rows: &mut [Row]) {
    let (others, last) = (rows.len() - 1, rows[at % rows.len()][LAST].clone());
    let row = &mut rows[at % (others + 1)];
    match kind {
        0 => row[LAST] = format!("{last}-Married{at}"),
        1 => row[LAST] = format!("Adopted{at}"),
        2 => row[FIRST] = "Josefina".into(),
        3 => row[EMAIL] = format!("new{at}@x.example.org"),
        4 => row[GRADE] = "05".into(),
        5 => row[USERNAME].clear(),
        6 => row[SIS] = format!("99{at:04}"),
        _ => rows.swap(at % (others + 1), (at / 2) % (others + 1)),
    }
}

/// What happens to everybody in an ordinary night.
fn for_all(kind: u8, rows: &mut [Row]) {
    for row in rows {
        match kind {
            0 => row[EMAIL] = row[EMAIL].replace("x.example.org", "y.example.org"),
            1 => row[GRADE] = format!("{:02}", row[GRADE].parse::<u8>().unwrap() + 1),
            2 => row[1] = format!("{} Academy", row[1]),
            3 => (row[FIRST], row[LAST]) = (row[FIRST].to_uppercase(), row[LAST].to_uppercase()),
            4 => row[6] = format!("{} B", row[6]),
            _ => {}
        }
    }
}

proptest! {
    #[test]
    fn an_ordinary_night_raises_nothing(
        events in prop::collection::vec((0_u8..8, any::<usize>()), 0..4),
        everybody in 0_u8..8,
        (leavers, newcomers) in (0_usize..8, 0_usize..8),
    ) {
        let yesterday = district(120);
        let mut tonight = district(120 + newcomers).split_off(leavers);
        for (kind, at) in events {
            ordinary(kind, at % 1_000, &mut tonight);
        }
        for_all(everybody, &mut tonight);
        let expected = lines(&roster(&tonight));
        let (assessment, wanted) = night(&yesterday, &tonight);
        prop_assert!(assessment.findings.is_empty(), "{:?}", assessment.findings);
        prop_assert_eq!(lines(&wanted), expected);
    }

    #[test]
    fn the_same_file_again_raises_nothing(students in 0_usize..80) {
        let rows = district(students);
        let (assessment, wanted) = night(&rows, &rows);
        prop_assert!(assessment.findings.is_empty());
        prop_assert_eq!(lines(&wanted), lines(&roster(&rows)));
    }
}
