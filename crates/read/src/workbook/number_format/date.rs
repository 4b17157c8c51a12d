//! Dates and times in a number format.

use std::fmt::Write;

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};

use super::number::{count_digits, push_symbol};
use super::token::Token;

/// The first day of the calendar in which dates are counted: 1900, or 1904 if the workbook says so.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Epoch {
    pub(crate) from_1904: bool,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const DAY: i64 = 86_400;
const NOON: i64 = DAY / 2;

/// A date and time. All counts are in seconds.
struct Moment {
    date: Date,
    /// Since the first day of the calendar.
    elapsed: i64,
    /// Since midnight.
    of_day: i64,
    hour: i64,
}

/// A serial number in a section with date tokens; `None` when it is not a date: negative, or beyond the year 9999.
pub(super) fn show_date(section: &[Token], number: f64, epoch: Epoch) -> Option<String> {
    let point = section.iter().position(|token| *token == Token::Point).unwrap_or(section.len());
    let decimals = count_digits(&section[point..]);
    let units = 10_f64.powi(decimals as i32);
    if !(0.0..2_958_466.0).contains(&number) {
        return None;
    }
    let ticks = (number * DAY as f64 * units).round() as i64;
    let (elapsed, fraction) = (ticks / units as i64, ticks % units as i64);
    let of_day = elapsed % DAY;
    let hour = match of_day / 3_600 {
        hour if section.contains(&Token::AmPm) => (hour + 11) % 12 + 1,
        hour => hour,
    };
    let moment = Moment { date: date_of(elapsed / DAY, epoch)?, elapsed, of_day, hour };
    let mut shown = String::new();
    let mut fraction = format!("{fraction:0decimals$}").chars().collect::<Vec<_>>().into_iter();
    for token in section {
        match token {
            Token::Date(letter, count) => push_date_part(&mut shown, &moment, *letter, *count),
            Token::Elapsed('h') => push(&mut shown, moment.elapsed / 3_600, 1),
            Token::Elapsed('m') => push(&mut shown, moment.elapsed / 60, 1),
            Token::Elapsed(_) => push(&mut shown, moment.elapsed, 1),
            Token::AmPm => shown.push_str(if of_day < NOON { "AM" } else { "PM" }),
            Token::Digit(_) => shown.extend(fraction.next()),
            Token::Point => shown.push('.'),
            Token::Comma => shown.push(','),
            symbol => push_symbol(&mut shown, symbol, 0),
        }
    }
    Some(shown)
}

/// Appends a part of a date whose letter is repeated `count` times.
fn push_date_part(shown: &mut String, moment: &Moment, letter: char, count: usize) {
    let date = moment.date;
    match (letter, count) {
        ('y', 1 | 2) => push(shown, (date.year() % 100).into(), 2),
        ('y', _) => push(shown, date.year().into(), 4),
        ('m', 1 | 2) => push(shown, date.month().into(), count),
        ('d', 1 | 2) => push(shown, date.day().into(), count),
        ('m', _) => {
            let name = MONTHS[usize::from(date.month().unsigned_abs()) - 1];
            shown.push_str(match count {
                3 => &name[..3],
                5 => &name[..1],
                _ => name,
            });
        }
        ('d', _) => {
            let name = WEEKDAYS[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())];
            shown.push_str(if count == 3 { &name[..3] } else { name });
        }
        ('h', _) => push(shown, moment.hour, count.min(2)),
        ('n', _) => push(shown, moment.of_day / 60 % 60, count.min(2)),
        _ => push(shown, moment.of_day % 60, count.min(2)),
    }
}

/// Appends a number with at least `width` digits.
fn push(shown: &mut String, number: i64, width: usize) {
    write!(shown, "{number:0width$}").expect("writing to a string never fails");
}

/// The date with this serial number. The 1900 calendar has a 29 February that did not exist, so its first two months are off
/// by one day.
fn date_of(number: i64, epoch: Epoch) -> Option<Date> {
    let (zero, number) = match number {
        _ if epoch.from_1904 => (date(1904, 1, 1), number),
        0..60 => (date(1899, 12, 31), number),
        _ => (date(1899, 12, 30), number),
    };
    let span: Span = number.days();
    zero.checked_add(span).ok()
}
