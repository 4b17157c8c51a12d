//! Files in which everybody could be everybody: the work grows with the people, not with their pairs, and the report says so.

#![allow(clippy::unwrap_used, reason = "a test may fail where it is")]

use homeroom_check::check_alone;
use homeroom_model::protected::Protected;
use homeroom_model::stored::StoredRoster;
use homeroom_plan::{PlanInputs, Planned, plan};

/// A student of a crowd: what a row says, by position and night.
struct Row {
    id: String,
    first: String,
    last: String,
    email: String,
    class: usize,
}

/// How everybody shares something.
type Crowd = fn(usize, usize) -> Row;

fn row(at: usize, night: usize) -> Row {
    Row {
        id: format!("{night}{at:06}"),
        first: format!("Ann{}", letters(at % 3)),
        last: format!("Lee{}", letters(at / 3)),
        email: format!("{}{night}@x.org", letters(at)),
        class: at / 24,
    }
}

fn letters(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(b'a' + digit - b'0')).collect()
}

fn one_name(at: usize, night: usize) -> Row {
    Row { first: "José".into(), last: "García".into(), ..row(at, night) }
}

const CROWDS: [(&str, Crowd); 8] = [
    ("nothing", row),
    ("the name", one_name),
    ("the first name", |at, night| Row { first: "José".into(), ..row(at, night) }),
    ("the class", |at, night| Row { class: 0, ..row(at, night) }),
    ("the name and the class", |at, night| Row { class: 0, ..one_name(at, night) }),
    ("the name, 50 each", |at, night| Row {
        last: format!("García{}", letters(at / 50)),
        ..one_name(at, night)
    }),
    ("the end of the number", |at, night| Row {
        id: format!("{}{night}-12345", letters(at)),
        ..row(at, night)
    }),
    ("the address before the @", |at, night| Row {
        email: format!("office@{}{night}.org", letters(at)),
        ..row(at, night)
    }),
];

fn csv(crowd: Crowd, people: usize, night: usize) -> Vec<u8> {
    let mut csv = "school_id,school_name,teacher_email,teacher_first_name,teacher_last_name,class_id,class_name,student_id,\
                   student_first_name,student_last_name,student_email,student_grade_level\n"
        .to_owned();
    for at in 0..people {
        let Row { id, first, last, email, class } = crowd(at, night);
        csv += &format!("1,North,t@x.org,Tom,Ray,c{class},Class {class},{id},{first},{last},{email},04\n");
    }
    csv.into_bytes()
}

/// The plan from one night to the next, on which everybody has another number and another address.
fn planned(crowd: Crowd, people: usize) -> Planned {
    let roster = |night| {
        let checked = check_alone(&csv(crowd, people, night), "").unwrap();
        assert_eq!(checked.report.rows_rejected, 0, "{:?}", checked.report.findings);
        checked.roster
    };
    let stored = StoredRoster::from_roster(roster(1), people as u64);
    plan(&stored, roster(2), &Protected::default(), &PlanInputs::default())
}

#[test]
fn a_crowd_costs_as_much_work_as_other_people() {
    for (shared, crowd) in CROWDS {
        let (few, many) = (planned(crowd, 600).compared, planned(crowd, 2_400).compared);
        assert!(many <= 60 * 2_400, "{shared}: {many} pairs");
        assert!(many <= 5 * few.max(600), "{shared}: {few} pairs became {many}");
    }
}

#[test]
fn the_report_says_that_a_crowd_was_not_compared() {
    let said =
        |crowd| planned(crowd, 600).messages.iter().any(|message| message.contains("tells nobody apart"));
    assert!(said(one_name));
    assert!(!said(row));
}
