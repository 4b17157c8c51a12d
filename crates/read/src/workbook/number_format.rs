//! What a cell shows of its number, by the cell's number format (ECMA-376 part 1, sections 18.8.30 and 18.8.31).

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};

/// A number format, taken apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Format {
    /// For positive numbers, negative ones and zero; no section at all is "General".
    sections: Vec<Vec<Token>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Literal(char),
    /// `0`, `#` or `?`: a digit, shown also when there is none, not then, or as a blank.
    Digit(char),
    Point,
    Comma,
    Percent,
    /// `E+00`: how many digits, and whether a plus is shown.
    Exponent {
        digits: usize,
        plus: bool,
    },
    /// Year, month, day, hour, minute or second, and how often its letter stands there.
    Date(char, usize),
    /// `[h]`: hours, minutes or seconds that do not end with the day.
    Elapsed(char),
    /// `AM/PM`.
    Noon,
    /// "General" among other things.
    General,
}

/// The days from which dates count: 1900, or 1904 when the workbook says so.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Epoch {
    pub(crate) from_1904: bool,
}

impl Format {
    /// The format with one of the numbers that need no definition (section 18.8.30), as Excel shows it in English.
    pub(crate) fn built_in(number: u32) -> Format {
        Format::parse(match number {
            1 => "0",
            2 => "0.00",
            3 => "#,##0",
            4 => "#,##0.00",
            9 => "0%",
            10 => "0.00%",
            11 => "0.00E+00",
            14 => "m/d/yyyy",
            15 => "d-mmm-yy",
            16 => "d-mmm",
            17 => "mmm-yy",
            18 => "h:mm AM/PM",
            19 => "h:mm:ss AM/PM",
            20 => "h:mm",
            21 => "h:mm:ss",
            22 => "m/d/yyyy h:mm",
            37 | 38 => "#,##0_);(#,##0)",
            39 | 40 => "#,##0.00_);(#,##0.00)",
            45 => "mm:ss",
            46 => "[h]:mm:ss",
            47 => "mm:ss.0",
            48 => "##0.0E+0",
            _ => "General",
        })
    }

    /// Takes a format's code apart. What is not understood shows the number as it is.
    pub(crate) fn parse(code: &str) -> Format {
        let sections = split_sections(code).into_iter().take(3).map(tokens).collect::<Option<Vec<_>>>();
        let sections = sections.unwrap_or_default();
        match sections.first() {
            Some(first) if *first != [Token::General] && !first.is_empty() => Format { sections },
            _ => Format::default(),
        }
    }

    /// What the cell shows.
    pub(crate) fn show(&self, number: f64, epoch: Epoch) -> String {
        let (section, signed) = match self.sections.as_slice() {
            [] => return general(number),
            [_, negative, ..] if number < 0.0 => (negative, false),
            [_, _, zero] if number == 0.0 => (zero, false),
            [first, ..] => (first, number < 0.0),
        };
        if section.iter().any(|token| matches!(token, Token::Date(..) | Token::Elapsed(_) | Token::Noon)) {
            return shown_date(section, number, epoch).unwrap_or_else(|| general(number));
        }
        let shown = shown_number(section, number.abs());
        if signed { format!("-{shown}") } else { shown }
    }
}

/// A number without a format: all its digits, up to the fifteen that a spreadsheet keeps.
pub(crate) fn general(number: f64) -> String {
    if number == 0.0 {
        return "0".into();
    }
    if number.abs() >= 1e15 || number.abs() < 1e-9 {
        return scientific(number);
    }
    if number.fract() == 0.0 {
        return format!("{number:.0}");
    }
    let whole = number.abs().log10().floor().max(0.0) as usize + 1;
    let shown = format!("{number:.*}", 15_usize.saturating_sub(whole));
    shown.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Digits beyond the fifteenth are lost: shown so that nobody takes the number for an id.
fn scientific(number: f64) -> String {
    let shown = format!("{number:.5E}");
    let (digits, power) = shown.split_once('E').unwrap_or((&shown, "0"));
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    match power.strip_prefix('-') {
        Some(power) => format!("{digits}E-{power:0>2}"),
        None => format!("{digits}E+{power:0>2}"),
    }
}

/// The parts of a code between semicolons that are not quoted.
fn split_sections(code: &str) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = code.split(|c: char| {
        if std::mem::take(&mut escaped) {
            return false;
        }
        match c {
            '\\' if !quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        c == ';' && !quoted
    });
    parts.collect()
}

/// A section as tokens; `None` when it has something that we do not show, such as fractions.
fn tokens(section: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = section;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = after;
        match c {
            '"' => {
                let end = after.find('"').unwrap_or(after.len());
                tokens.extend(after[..end].chars().map(Token::Literal));
                rest = after.get(end + 1..).unwrap_or_default();
            }
            '\\' => {
                let literal = after.chars().next()?;
                tokens.push(Token::Literal(literal));
                rest = &after[literal.len_utf8()..];
            }
            // The width of a character, or a character to fill the cell with: neither is text.
            '_' | '*' => rest = after.chars().next().map_or("", |skipped| &after[skipped.len_utf8()..]),
            '[' => {
                let end = after.find(']')?;
                let inside = &after[..end];
                rest = &after[end + 1..];
                let letter = inside.chars().next()?.to_ascii_lowercase();
                if "hms".contains(letter) && inside.chars().all(|c| c.to_ascii_lowercase() == letter) {
                    tokens.push(Token::Elapsed(letter));
                } else if let Some(locale) = inside.strip_prefix('$') {
                    tokens.extend(locale.split('-').next().unwrap_or_default().chars().map(Token::Literal));
                }
            }
            '0' | '#' | '?' => tokens.push(Token::Digit(c)),
            '.' => tokens.push(Token::Point),
            ',' => tokens.push(Token::Comma),
            '%' => tokens.push(Token::Percent),
            'E' | 'e' if after.starts_with(['+', '-']) => {
                let digits = after[1..].chars().take_while(|c| matches!(c, '0' | '#' | '?')).count();
                tokens.push(Token::Exponent { digits, plus: after.starts_with('+') });
                rest = &after[1 + digits..];
            }
            'A' | 'a' if starts_with(after, "M/PM") => {
                tokens.push(Token::Noon);
                rest = &after[4..];
            }
            'A' | 'a' if starts_with(after, "/P") => {
                tokens.push(Token::Noon);
                rest = &after[2..];
            }
            'G' | 'g' if starts_with(after, "eneral") => {
                tokens.push(Token::General);
                rest = &after[6..];
            }
            'y' | 'm' | 'd' | 'h' | 's' | 'Y' | 'M' | 'D' | 'H' | 'S' => {
                let count = 1 + after.chars().take_while(|other| other.eq_ignore_ascii_case(&c)).count();
                tokens.push(Token::Date(c.to_ascii_lowercase(), count));
                rest = &after[count - 1..];
            }
            '@' => tokens.push(Token::General),
            '/' if tokens.iter().any(|token| matches!(token, Token::Digit('?' | '#'))) => return None,
            other => tokens.push(Token::Literal(other)),
        }
    }
    Some(minutes(tokens))
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start))
}

/// An `m` behind hours or before seconds means minutes; they get the letter `n`.
fn minutes(mut tokens: Vec<Token>) -> Vec<Token> {
    let letter = |token: &Token| match token {
        Token::Date(letter, _) | Token::Elapsed(letter) => Some(*letter),
        _ => None,
    };
    for at in 0..tokens.len() {
        let Token::Date('m', 1 | 2) = tokens[at] else { continue };
        let before = tokens[..at].iter().rev().find_map(letter);
        let after = tokens[at + 1..].iter().find_map(letter);
        if let Token::Date(month, _) = &mut tokens[at]
            && (before == Some('h') || after == Some('s'))
        {
            *month = 'n';
        }
    }
    tokens
}

fn shown_number(section: &[Token], number: f64) -> String {
    let is_digit = |token: &&Token| matches!(token, Token::Digit(_));
    let point = section.iter().position(|token| *token == Token::Point).unwrap_or(section.len());
    let last_digit = section[..point].iter().rposition(|token| matches!(token, Token::Digit(_)));
    let commas = |tokens: &[Token]| tokens.iter().filter(|token| **token == Token::Comma).count();
    let scale = 1000_f64.powi(last_digit.map_or(0, |last| commas(&section[last..point])) as i32);
    let grouped = last_digit.is_some_and(|last| commas(&section[..last]) > 0);
    let percent = section.iter().filter(|token| **token == Token::Percent).count();
    let mut number = number * 100_f64.powi(percent as i32) / scale;
    let decimals = section[point..].iter().filter(is_digit).count();
    let places = section[..point].iter().filter(is_digit).count();
    let mut power = 0_i32;
    if section.iter().any(|token| matches!(token, Token::Exponent { .. })) && number != 0.0 {
        let step = places.max(1) as i32;
        power = (number.log10().floor() as i32).div_euclid(step) * step;
        number /= 10_f64.powi(power);
    }
    let digits = format!("{number:.decimals$}");
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let whole = whole.trim_start_matches('0');
    let mut shown = whole_part(&section[..point], whole, places, grouped, power);
    let mut fraction = fraction.chars();
    let shown_always = section[point..].iter().filter(is_digit).enumerate();
    let least = shown_always.filter(|(_, token)| **token == Token::Digit('0')).map(|(at, _)| at + 1).last();
    let needed = fraction.as_str().trim_end_matches('0').len();
    let mut left = needed.max(least.unwrap_or(0));
    for token in &section[point..] {
        match token {
            Token::Point => shown.push('.'),
            Token::Digit(kind) => {
                let digit = fraction.next().unwrap_or('0');
                match left.checked_sub(1) {
                    Some(fewer) => {
                        left = fewer;
                        shown.push(digit);
                    }
                    None if *kind == '?' => shown.push(' '),
                    None => {}
                }
            }
            other => push_other(&mut shown, other, power),
        }
    }
    shown
}

/// The digits before the point: the first place takes all that the others do not.
fn whole_part(section: &[Token], whole: &str, places: usize, grouped: bool, power: i32) -> String {
    let mut shown = String::new();
    let mut place = 0;
    let push = |shown: &mut String, digit: char, behind: usize| {
        shown.push(digit);
        if grouped && behind > 0 && behind.is_multiple_of(3) {
            shown.push(',');
        }
    };
    for token in section {
        let Token::Digit(kind) = token else {
            push_other(&mut shown, token, power);
            continue;
        };
        let behind = places - place - 1;
        if place == 0 && whole.len() > places {
            let first = whole.len() - places + 1;
            for (at, digit) in whole[..first].chars().enumerate() {
                push(&mut shown, digit, whole.len() - at - 1);
            }
        } else if let Some(at) = whole.len().checked_sub(behind + 1) {
            push(&mut shown, whole.as_bytes()[at].into(), behind);
        } else {
            match kind {
                '0' => push(&mut shown, '0', behind),
                '?' => shown.push(' '),
                _ => {}
            }
        }
        place += 1;
    }
    shown
}

fn push_other(shown: &mut String, token: &Token, power: i32) {
    match token {
        Token::Literal(literal) => shown.push(*literal),
        Token::Percent => shown.push('%'),
        Token::Exponent { digits, plus } => {
            shown.push('E');
            if power < 0 {
                shown.push('-');
            } else if *plus {
                shown.push('+');
            }
            shown.push_str(&format!("{:0digits$}", power.abs()));
        }
        _ => {}
    }
}

/// `None` when the number is no date: negative, or beyond the year 9999.
fn shown_date(section: &[Token], number: f64, epoch: Epoch) -> Option<String> {
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
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let decimals = section.iter().skip_while(|token| **token != Token::Point);
    let decimals = decimals.filter(|token| matches!(token, Token::Digit(_))).count();
    let units = 10_f64.powi(decimals as i32);
    if !(0.0..2_958_466.0).contains(&number) {
        return None;
    }
    let ticks = (number * 86_400.0 * units).round() as i64;
    let (seconds, part) = (ticks / units as i64, ticks % units as i64);
    let (days, of_day) = (seconds / 86_400, seconds % 86_400);
    let day = day(days, epoch)?;
    let noon = section.contains(&Token::Noon);
    let hour = match of_day / 3_600 {
        hour if noon => (hour + 11) % 12 + 1,
        hour => hour,
    };
    let mut shown = String::new();
    let mut part = format!("{part:0decimals$}").chars().collect::<Vec<_>>().into_iter();
    for token in section {
        match token {
            Token::Date('y', 1 | 2) => shown.push_str(&format!("{:02}", day.year() % 100)),
            Token::Date('y', _) => shown.push_str(&format!("{:04}", day.year())),
            Token::Date('m', count) => {
                let name = MONTHS[usize::from(day.month().unsigned_abs()) - 1];
                match count {
                    1 | 2 => shown.push_str(&format!("{:0count$}", day.month())),
                    3 => shown.push_str(&name[..3]),
                    5 => shown.push_str(&name[..1]),
                    _ => shown.push_str(name),
                }
            }
            Token::Date('d', count) => {
                let name = DAYS[usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())];
                match count {
                    1 | 2 => shown.push_str(&format!("{:0count$}", day.day())),
                    3 => shown.push_str(&name[..3]),
                    _ => shown.push_str(name),
                }
            }
            Token::Date('h', count) => shown.push_str(&format!("{hour:0width$}", width = count.min(&2))),
            Token::Date('n', count) => {
                shown.push_str(&format!("{:0width$}", of_day / 60 % 60, width = count.min(&2)));
            }
            Token::Date('s', count) => {
                shown.push_str(&format!("{:0width$}", of_day % 60, width = count.min(&2)));
            }
            Token::Elapsed('h') => shown.push_str(&(seconds / 3_600).to_string()),
            Token::Elapsed('m') => shown.push_str(&(seconds / 60).to_string()),
            Token::Elapsed(_) => shown.push_str(&seconds.to_string()),
            Token::Noon => shown.push_str(if of_day < 43_200 { "AM" } else { "PM" }),
            Token::Point if decimals > 0 => shown.push('.'),
            Token::Digit(_) => shown.extend(part.next()),
            Token::Point => shown.push('.'),
            Token::Comma => shown.push(','),
            other => push_other(&mut shown, other, 0),
        }
    }
    Some(shown)
}

/// The day with this number. The calendar of 1900 has a 29 February that never was, so its first two months lie a day off.
fn day(number: i64, epoch: Epoch) -> Option<Date> {
    let (zero, number) = match number {
        _ if epoch.from_1904 => (date(1904, 1, 1), number),
        0..60 => (date(1899, 12, 31), number),
        _ => (date(1899, 12, 30), number),
    };
    let span: Span = number.days();
    zero.checked_add(span).ok()
}

#[cfg(test)]
mod tests {
    use super::{Epoch, Format};

    fn shown(code: &str, number: f64) -> String {
        Format::parse(code).show(number, Epoch::default())
    }

    #[test]
    fn numbers_are_shown_as_the_sheet_shows_them() {
        for (code, number, expected) in [
            ("General", 123.0, "123"),
            ("General", 0.5, "0.5"),
            ("General", 0.1 + 0.2, "0.3"),
            ("General", 123_456_789_012_345.0, "123456789012345"),
            ("General", 1_234_567_890_123_456.0, "1.23457E+15"),
            ("General", -7.0, "-7"),
            ("@", 42.0, "42"),
            ("0", 12.6, "13"),
            ("00000", 123.0, "00123"),
            ("00000", 1_234_567.0, "1234567"),
            ("000\\-00\\-0000", 12_345_678.0, "012-34-5678"),
            ("000-00-0000", 123_456_789.0, "123-45-6789"),
            ("\"S\"0000", 12.0, "S0012"),
            ("#,##0", 1_234_567.0, "1,234,567"),
            ("#,##0", 123.0, "123"),
            ("#,##0.00", 1234.5, "1,234.50"),
            ("0,000", 12.0, "0,012"),
            ("0.00", 2.0, "2.00"),
            ("0.0#", 2.25, "2.25"),
            ("0.0#", 2.5, "2.5"),
            ("#.##", 0.5, ".5"),
            ("0%", 0.25, "25%"),
            ("0.00E+00", 123_456_789_012.0, "1.23E+11"),
            ("##0.0E+0", 12_345.0, "12.3E+3"),
            ("#,##0_);(#,##0)", -5.0, "(5)"),
            ("0;-0;\"none\"", 0.0, "none"),
            ("[$€-407]0.00", 1.5, "€1.50"),
            ("[Red]0", 3.0, "3"),
            ("# ?/?", 0.5, "0.5"),
            ("0,", 12_345.0, "12"),
        ] {
            assert_eq!(shown(code, number), expected, "{code} of {number}");
        }
    }

    #[test]
    fn dates_are_shown_as_the_sheet_shows_them() {
        for (code, number, expected) in [
            ("m/d/yyyy", 46_025.0, "1/3/2026"),
            ("d-mmm", 46_025.0, "3-Jan"),
            ("mmm-yy", 46_025.0, "Jan-26"),
            ("yyyy-mm-dd", 46_025.0, "2026-01-03"),
            ("yyyy\\-mm\\-dd\\ hh:mm:ss", 46_025.75, "2026-01-03 18:00:00"),
            ("h:mm AM/PM", 0.0, "12:00 AM"),
            ("h:mm AM/PM", 0.75, "6:00 PM"),
            ("mm:ss.0", 0.5 / 86_400.0, "00:00.5"),
            ("[h]:mm", 1.5, "36:00"),
            ("dddd, mmmm d", 46_025.0, "Saturday, January 3"),
            ("d/m/yy", 1.0, "1/1/00"),
            ("[$-409]d\\-mmm\\-yyyy;@", 46_025.0, "3-Jan-2026"),
            ("yyyy", -1.0, "-1"),
            ("yyyy", 1e9, "1000000000"),
        ] {
            assert_eq!(shown(code, number), expected, "{code} of {number}");
        }
        assert_eq!(Format::built_in(14).show(44_563.0, Epoch { from_1904: true }), "1/3/2026");
    }

    #[test]
    fn a_broken_code_shows_the_number() {
        for code in ["", ";;", "[", "\\", "\"", "[h", "0\\", "?/", "E+", "AM", "\u{1F600}0", "_"] {
            let _ = shown(code, 12.5);
        }
        assert_eq!(shown("[", 12.5), "12.5");
    }
}
