//! What follows from a column that went wrong waits; everything else goes ahead.

#![allow(clippy::unwrap_used, reason = "a test may fail where it is")]

use homeroom_assess::assess;
use homeroom_check::check_alone;
use homeroom_model::fuse::Fuse;
use homeroom_model::stored::StoredRoster;
use homeroom_model::{Policy, Roster};
use homeroom_plan::{Approval, Limits, PlanInputs, PlanParts, plan, split};

/// A student: class, teacher, first name, last name, address, grade, SIS id.
type Row = [String; 7];

fn district() -> Vec<Row> {
    students(60)
}

fn students(count: usize) -> Vec<Row> {
    let row = |number: usize| {
        let class = number / 10;
        let (first, last) =
            (format!("{}sta{number}", (b'A' + (number % 26) as u8) as char), format!("Last{}", number % 17));
        [
            format!("{class}"),
            format!("{class}"),
            first,
            last,
            format!("s{number}@x.example.org"),
            "4".into(),
            format!("61{number:04}"),
        ]
    };
    (0..count).map(row).collect()
}

fn roster(rows: &[Row]) -> Roster {
    let mut csv = "school_id,school_name,teacher_email,teacher_first_name,teacher_last_name,class_id,class_name,student_first_name,\
                   student_last_name,student_email,student_grade_level,student_id\n"
        .to_owned();
    for [class, teacher, first, last, email, grade, sis] in rows {
        csv.push_str(&format!(
            "1,Oak,t{teacher}@x.example.org,Tess,Teacher{teacher},C{class},Class {class},{first},{last},{email},{grade},{sis}\n"
        ));
    }
    check_alone(&csv.into_bytes(), "").unwrap().roster
}

/// The night's plan, where only the column fuse, and those that count removals, can blow.
fn night(tonight: &[Row], policy: Policy) -> PlanParts {
    night_after(&district(), tonight, policy)
}

fn night_after(before: &[Row], tonight: &[Row], mut policy: Policy) -> PlanParts {
    for fuse in [Fuse::Keys, Fuse::Reach, Fuse::File] {
        policy.set_fuse(fuse, "off").unwrap();
    }
    let stored = StoredRoster::from_roster(roster(before), before.len() as u64);
    let mut wanted = roster(tonight);
    let verdicts = assess(&stored, &mut wanted).verdicts;
    let inputs = PlanInputs { verdicts: verdicts.clone(), ..PlanInputs::default() };
    let planned = plan(&stored, wanted, &Default::default(), &inputs);
    let limits = Limits { policy, rows: before.len() as u64, verdicts, ..Limits::default() };
    split(planned.plan, &stored, &limits, &Approval::None)
}

fn blown(parts: &PlanParts) -> Vec<Fuse> {
    parts.held.fuses.iter().map(|blown| blown.fuse).collect()
}

/// Twenty addresses of the row below, and one first name that was corrected.
fn slipped() -> Vec<Row> {
    let mut rows = district();
    let addresses = rows[20..40].iter().map(|row| row[4].clone()).collect::<Vec<_>>();
    for (at, row) in rows[20..40].iter_mut().enumerate() {
        row[4].clone_from(&addresses[(at + 1) % 20]);
    }
    rows[50][3] = "Lastborn".into();
    rows
}

#[test]
fn nobody_new_comes_with_a_value_of_a_column_that_went_wrong() {
    let newcomer = ["1", "1", "Nova", "Newcomer", "s99@x.example.org", "4", "619999"].map(str::to_owned);
    let mut tonight = slipped();
    tonight.push(newcomer.clone());
    let parts = night(&tonight, Policy::default());
    assert_eq!((parts.risky.students.create.len(), parts.safe.students.create.len()), (1, 0));
    assert!(parts.held.fuses[0].message.contains("1 new student may have wrong values"), "{:?}", parts.held);

    // The numbers of the others are kept; the newcomer would have nothing but the damaged one.
    let mut damaged = district();
    damaged.push(newcomer.clone());
    damaged.iter_mut().for_each(|row| row[6].push_str(".0"));
    let parts = night(&damaged, Policy::default());
    assert_eq!((parts.risky.students.create.len(), parts.safe.students.create.len()), (1, 0));

    // Where addresses are missing, whoever has one comes.
    let mut emptied = district();
    emptied[..20].iter_mut().for_each(|row| row[4].clear());
    emptied.push(newcomer.clone());
    emptied.push(["1", "1", "Nadir", "Newcomer", "", "4", "619998"].map(str::to_owned));
    let parts = night(&emptied, Policy::default());
    assert_eq!((parts.risky.students.create.len(), parts.safe.students.create.len()), (1, 1));
    assert!(
        parts.held.fuses[0].message.contains("1 new student would have no such value"),
        "{:?}",
        parts.held
    );

    let mut good = district();
    good.push(newcomer);
    assert_eq!(night(&good, Policy::default()).safe.students.create.len(), 1);
}

#[test]
fn single_corrections_of_a_large_district_go_ahead() {
    let large = students(9_000);
    let corrected = |rows: &mut dyn Iterator<Item = usize>| {
        let mut tonight = large.clone();
        rows.for_each(|at| tonight[at][5] = "7".into());
        night_after(&large, &tonight, Policy::default())
    };
    let far_apart = corrected(&mut (0..7).map(|at| at * 1_200));
    assert_eq!((blown(&far_apart), far_apart.safe.students.update.len()), (vec![], 7));
    assert_eq!(blown(&corrected(&mut (100..107))), [Fuse::Column]);
    assert_eq!(blown(&corrected(&mut (0..10).map(|at| at * 800))), [Fuse::Column]);
}

#[test]
fn addresses_that_slipped_wait_and_other_changes_go_ahead() {
    let parts = night(&slipped(), Policy::default());
    assert_eq!(blown(&parts), [Fuse::Column]);
    assert_eq!((parts.risky.students.update.len(), parts.safe.students.update.len()), (20, 1));
    let blown = &parts.held.fuses[0];
    assert_eq!((blown.scope.as_str(), blown.examples.len()), ("student_email", 10));
    assert!(
        blown.message.contains("20 values of student_email stand with other students"),
        "{}",
        blown.message
    );
    assert!(blown.message.contains("Discarding leaves these 20 people as they are."), "{}", blown.message);
}

#[test]
fn the_fuse_can_be_switched_off() {
    let mut policy = Policy::default();
    policy.set_fuse(Fuse::Column, "off").unwrap();
    let parts = night(&slipped(), policy);
    assert!(blown(&parts).is_empty());
    assert_eq!(parts.safe.students.update.len(), 21);
}

#[test]
fn teachers_who_were_sorted_alone_gain_no_class() {
    let mut rows = district();
    rows.iter_mut().enumerate().for_each(|(at, row)| row[1] = format!("{}", at * 7 % 6));
    let parts = night(&rows, Policy::default());
    assert_eq!(blown(&parts), [Fuse::Column]);
    assert!(parts.safe.teachings.is_empty() && !parts.risky.teachings.create.is_empty());
}

#[test]
fn of_a_file_from_an_earlier_year_nothing_is_applied() {
    let mut rows = district().split_off(5);
    rows.iter_mut().for_each(|row| row[5] = "3".into());
    let stranger = |row: &Row| {
        let mut row = row.clone();
        (row[4], row[6], row[2]) = ("gone@x.example.org".into(), "500001".into(), "Gone".into());
        row
    };
    rows.push(stranger(&rows[0]));
    let parts = night(&rows, Policy::default());
    assert!(blown(&parts).contains(&Fuse::Column), "{:?}", parts.held.fuses);
    assert!(parts.safe.students.is_empty() && parts.safe.enrollments.is_empty());
    assert!(parts.held.fuses[0].message.contains("earlier school year"));
}
