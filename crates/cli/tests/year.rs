//! A district of 2,000 students through a school year; the demo itself asserts every night's plan and hold.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

/// Everything that must happen in a year.
const EVENTS: [&str; 22] = [
    "first_load",
    "enrolment",
    "withdrawal",
    "class_move",
    "name_correction",
    "student_renamed",
    "teacher_marriage",
    "teacher_replaced",
    "return",
    "address_passed_on",
    "truncated_file",
    "domain_change",
    "lost_zeros",
    "term_change",
    "class_id_reused",
    "last_years_file",
    "school_incomplete",
    "school_missing",
    "seats_exceeded",
    "summer_pause",
    "summer_file",
    "rollover",
];
const FUSES: [&str; 8] = ["class", "district", "file", "identity", "school", "seats", "shrink", "update"];
const DECISIONS: [&str; 4] = ["approve", "discard", "raise_licence", "undo"];
const STATES: [&str; 4] = ["applied", "held", "tested", "unchanged"];

/// All texts in a list that each night has.
fn texts<'v>(nights: &'v [Value], list: impl Fn(&'v Value) -> &'v Value) -> BTreeSet<&'v str> {
    nights
        .iter()
        .flat_map(|night| list(night).as_array().unwrap())
        .map(|text| text.as_str().unwrap())
        .collect()
}

#[test]
fn a_school_year_goes_as_expected_night_by_night() {
    let out = Command::new(env!("CARGO_BIN_EXE_homeroom"))
        .args(["demo", "--year", "--once", "--json"])
        .output()
        .unwrap();
    let story = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{story}");
    let year = serde_json::from_slice::<Value>(&out.stdout).expect("standard output is one JSON document");
    assert_eq!(year["as_expected"], true, "{story}");
    let nights = year["nights"].as_array().unwrap();
    assert!(nights.len() > 200, "{} nights", nights.len());
    assert!(nights.iter().all(|night| night["differences"].as_array().unwrap().is_empty()), "{story}");

    assert_eq!(texts(nights, |night| &night["events"]), BTreeSet::from(EVENTS));
    assert_eq!(texts(nights, |night| &night["outcome"]["fuses"]), BTreeSet::from(FUSES));
    assert_eq!(texts(nights, |night| &night["decisions"]), BTreeSet::from(DECISIONS));
    let states = nights.iter().map(|night| night["outcome"]["state"].as_str().unwrap());
    assert_eq!(states.collect::<BTreeSet<_>>(), BTreeSet::from(STATES));
    assert!(nights.iter().any(|night| night["superseded"] == true), "a good file supersedes a bad one");

    let first = &nights[0]["outcome"]["plan"]["create"];
    assert_eq!(
        (&first["schools"], &first["teachers"], &first["students"]),
        (&3.into(), &90.into(), &2000.into())
    );
    assert!(
        year["students_all_year"].as_u64().unwrap() > 1_500,
        "most students of the first day stay to the end"
    );
    assert!(
        story.contains("WAITS (identity)") && story.contains("quiet nights"),
        "the story is narrated: {story}"
    );
}
