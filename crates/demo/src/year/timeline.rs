//! The school year: what happens on which night, and which fuses must blow.

use homeroom_model::fuse::Fuse;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use serde::Serialize;

use super::dice::Dice;

/// An event in the district, or a fault of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Event {
    FirstLoad,
    Enrolment,
    Withdrawal,
    ClassMove,
    NameCorrection,
    StudentRenamed,
    TeacherMarriage,
    TeacherReplaced,
    Return,
    AddressPassedOn,
    TruncatedFile,
    DomainChange,
    LostZeros,
    TermChange,
    ClassIdReused,
    LastYearsFile,
    SchoolIncomplete,
    SchoolMissing,
    SeatsExceeded,
    SummerPause,
    SummerFile,
    Rollover,
}

/// What the operator does on the morning after a night.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Decision {
    Approve,
    Discard,
    Undo,
    /// Add seats, so that everyone has one when the hold is approved.
    RaiseLicence,
}

/// One night.
pub(super) struct Night {
    pub(super) date: Date,
    pub(super) events: Vec<Event>,
    /// The fuses that must blow.
    pub(super) fuses: &'static [Fuse],
    pub(super) decisions: &'static [Decision],
}

/// A scripted night; on all others little or nothing happens.
type ScriptedNight = (Date, &'static [Event], &'static [Fuse], &'static [Decision]);

const SCRIPT: [ScriptedNight; 20] = [
    (date(2026, 8, 17), &[Event::FirstLoad], &[], &[]),
    (date(2026, 9, 9), &[Event::TeacherMarriage], &[], &[]),
    (date(2026, 9, 16), &[Event::Withdrawal, Event::StudentRenamed], &[], &[]),
    (date(2026, 9, 23), &[Event::TeacherReplaced, Event::Withdrawal], &[], &[]),
    (
        date(2026, 10, 6),
        &[Event::Enrolment, Event::TruncatedFile],
        &[Fuse::Shrink, Fuse::District, Fuse::School],
        &[],
    ),
    (date(2026, 10, 14), &[Event::Return], &[], &[]),
    (date(2026, 10, 21), &[Event::AddressPassedOn], &[], &[]),
    (date(2026, 11, 9), &[Event::DomainChange], &[Fuse::Update], &[Decision::Approve]),
    (date(2026, 12, 8), &[Event::LostZeros], &[Fuse::Identity], &[]),
    (date(2027, 1, 11), &[Event::TermChange], &[Fuse::District], &[Decision::Approve]),
    (
        date(2027, 2, 10),
        &[Event::Withdrawal, Event::ClassIdReused],
        &[Fuse::Class],
        &[Decision::Discard, Decision::Undo],
    ),
    (date(2027, 2, 24), &[Event::TeacherReplaced, Event::Return], &[], &[]),
    (date(2027, 3, 9), &[Event::LastYearsFile], &[Fuse::File], &[Decision::Discard]),
    (date(2027, 4, 7), &[Event::SchoolIncomplete], &[Fuse::School], &[]),
    (date(2027, 4, 21), &[Event::SchoolMissing], &[Fuse::District, Fuse::School], &[]),
    (date(2027, 5, 5), &[Event::SeatsExceeded], &[Fuse::Seats], &[Decision::RaiseLicence, Decision::Approve]),
    (date(2027, 6, 14), &[Event::SummerPause], &[], &[]),
    (date(2027, 6, 21), &[Event::SummerFile], &[Fuse::Shrink, Fuse::District, Fuse::School], &[]),
    (date(2027, 7, 19), &[Event::SummerFile], &[Fuse::Shrink, Fuse::District, Fuse::School], &[]),
    (date(2027, 8, 16), &[Event::Rollover], &[], &[]),
];

/// The last night.
const END: Date = date(2027, 8, 27);
/// The days on which nothing is applied.
pub(super) const SUMMER: (Date, Date) = (date(2027, 6, 14), date(2027, 8, 13));
/// The days on which the changes of the new school year are approved in advance.
pub(super) const NEW_YEAR: (Date, Date) = (date(2027, 8, 16), date(2027, 8, 20));

/// All nights, Monday to Friday; in summer the district exports only on Mondays.
pub(super) fn nights(dice: &Dice) -> Vec<Night> {
    let (first, ..) = SCRIPT[0];
    let days = first.series(1.day()).take_while(|day| *day <= END);
    let uploads = days.filter(|day| match day.weekday() {
        Weekday::Saturday | Weekday::Sunday => false,
        Weekday::Monday => true,
        _ => !is_summer(*day),
    });
    uploads.map(|date| night(date, dice)).collect()
}

fn night(date: Date, dice: &Dice) -> Night {
    let scripted = SCRIPT.iter().find(|(day, ..)| *day == date);
    if let Some((date, events, fuses, decisions)) = scripted {
        return Night { date: *date, events: events.to_vec(), fuses, decisions };
    }
    let mut events = Vec::new();
    if !is_summer(date) && dice.one_in(4) {
        for event in [Event::Enrolment, Event::Withdrawal, Event::ClassMove, Event::ClassMove] {
            if dice.one_in(2) {
                events.push(event);
            }
        }
        if dice.one_in(6) {
            events.push(Event::NameCorrection);
        }
    }
    Night { date, events, fuses: &[], decisions: &[] }
}

/// Whether the calendar pauses the district on this day.
pub(super) fn is_summer(day: Date) -> bool {
    (SUMMER.0..=SUMMER.1).contains(&day)
}
