//! The nights of a school year on which something happens; between them nothing does.

use homeroom_demo::Dice;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

use crate::dangers::Danger;
use crate::events::Event;
use crate::form::Form;

/// Dangerous nights in a year.
const DANGERS: usize = 10;

/// A planned night.
#[derive(Clone, Debug)]
pub(crate) struct Night {
    pub(crate) date: Date,
    pub(crate) events: Vec<Event>,
    pub(crate) danger: Option<Danger>,
    /// The how manieth night of its danger, from 0.
    pub(crate) night_of_danger: usize,
    pub(crate) quirk: Option<Quirk>,
}

/// What is odd in a file, but harms nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quirk {
    /// The export stands in it twice.
    Doubled,
    /// One cell is empty.
    EmptyCell,
    /// The rows are in another order.
    OtherOrder,
    /// It is written in another way.
    Written(Form),
}

impl Quirk {
    const ALL: [Quirk; 9] = [
        Quirk::Doubled,
        Quirk::EmptyCell,
        Quirk::OtherOrder,
        Quirk::Written(Form::ByteOrderMark),
        Quirk::Written(Form::Utf16),
        Quirk::Written(Form::Semicolons),
        Quirk::Written(Form::OtherColumns),
        Quirk::Written(Form::EmptyLines),
        Quirk::Written(Form::Windows1252),
    ];
}

/// The nights of the `year`th school year that is played, from 0, and the roll-over to the next one; the first begins with the first
/// load.
pub(crate) fn nights(dice: &Dice, seed: u64, year: usize, students: usize) -> Vec<Night> {
    let first_year = 2026 + i16::try_from(year).expect("few years are played");
    let days = school_days(date(first_year, 8, 24), date(first_year + 1, 6, 11));
    let dangers = danger_days(dice, &days);
    let mut nights = if year == 0 { vec![ordinary(date(first_year, 8, 17))] } else { vec![] };
    let mut number = usize::try_from(seed).unwrap_or(0) * DANGERS + year * DANGERS;
    let mut skip_until = 0;
    for (at, day) in days.iter().enumerate() {
        if at < skip_until {
            continue;
        }
        if dangers.contains(&at) {
            let danger = Danger::ALL[number % Danger::ALL.len()];
            number += 1;
            for night_of_danger in 0..danger.nights() {
                let night =
                    Night { danger: Some(danger), night_of_danger, ..ordinary(days[at + night_of_danger]) };
                nights.push(Night { events: events(dice, students, Event::is_plain), ..night });
            }
            skip_until = at + danger.nights();
            // The right file comes the night after.
            nights.push(Night { events: events(dice, students, |_| true), ..ordinary(days[skip_until]) });
            skip_until += 1;
        } else if dice.one_in(3) {
            let quirk = dice.one_in(12).then(|| *dice.pick(&Quirk::ALL));
            nights.push(Night { events: events(dice, students, |_| true), quirk, ..ordinary(*day) });
        }
    }
    nights.push(Night { events: vec![Event::RollOver], ..ordinary(date(first_year + 1, 8, 16)) });
    for day in [18, 20] {
        nights.push(Night {
            events: events(dice, students, Event::is_plain),
            ..ordinary(date(first_year + 1, 8, day))
        });
    }
    nights
}

fn ordinary(date: Date) -> Night {
    Night { date, events: vec![], danger: None, night_of_danger: 0, quirk: None }
}

fn school_days(from: Date, to: Date) -> Vec<Date> {
    let days = from.series(1.day()).take_while(|day| *day <= to);
    days.filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)).collect()
}

/// Dangerous nights, spread over the year.
fn danger_days(dice: &Dice, days: &[Date]) -> Vec<usize> {
    let (first, last) = (15, days.len() - 10);
    let apart = (last - first) / DANGERS;
    (0..DANGERS).map(|at| first + at * apart + dice.below(apart - 5)).collect()
}

/// The events of one of about seventy nights.
fn events(dice: &Dice, students: usize, may_happen: impl Fn(Event) -> bool) -> Vec<Event> {
    let mut events = Vec::new();
    for event in Event::ALL.into_iter().filter(|event| may_happen(*event)) {
        let in_10_000_nights = event.tenths_in_a_year() * students / 70;
        let count = in_10_000_nights / 10_000 + usize::from(dice.below(10_000) < in_10_000_nights % 10_000);
        events.extend(std::iter::repeat_n(event, count));
    }
    events
}
