//! Numbers in a number format.

use super::token::Token;

/// A number in the format "General": all its digits, up to the fifteen that a spreadsheet keeps.
pub(super) fn general(number: f64) -> String {
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

/// Very large and very small numbers. Digits after the fifteenth are lost, so that such a number must not look like an id.
fn scientific(number: f64) -> String {
    let shown = format!("{number:.5E}");
    let (digits, power) = shown.split_once('E').unwrap_or((&shown, "0"));
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    match power.strip_prefix('-') {
        Some(power) => format!("{digits}E-{power:0>2}"),
        None => format!("{digits}E+{power:0>2}"),
    }
}

/// A number in a section that is not a date. The sign is the caller's.
pub(super) fn show_number(section: &[Token], number: f64) -> String {
    let point = section.iter().position(|token| *token == Token::Point).unwrap_or(section.len());
    let last_digit = section[..point].iter().rposition(is_digit);
    let commas = |tokens: &[Token]| tokens.iter().filter(|token| **token == Token::Comma).count();
    let scale = 1000_f64.powi(last_digit.map_or(0, |last| commas(&section[last..point])) as i32);
    let grouped = last_digit.is_some_and(|last| commas(&section[..last]) > 0);
    let percent = section.iter().filter(|token| **token == Token::Percent).count();
    let mut number = number * 100_f64.powi(percent as i32) / scale;
    let decimals = count_digits(&section[point..]);
    let places = count_digits(&section[..point]);
    let mut power = 0_i32;
    if section.iter().any(|token| matches!(token, Token::Exponent { .. })) && number != 0.0 {
        let step = places.max(1) as i32;
        power = (number.log10().floor() as i32).div_euclid(step) * step;
        number /= 10_f64.powi(power);
    }
    let digits = format!("{number:.decimals$}");
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let whole = whole.trim_start_matches('0');
    let grouping = if grouped { Grouping::Thousands } else { Grouping::None };
    let mut shown = String::new();
    push_whole_part(&mut shown, &section[..point], whole, grouping, power);
    let mut fraction = fraction.chars();
    let fraction_digits = section[point..].iter().filter(|token| is_digit(token)).enumerate();
    let last_zero = fraction_digits.filter(|(_, token)| **token == Token::Digit('0')).last();
    let required = last_zero.map_or(0, |(at, _)| at + 1);
    let mut left = fraction.as_str().trim_end_matches('0').len().max(required);
    for token in &section[point..] {
        match token {
            Token::Point => shown.push('.'),
            Token::Digit(placeholder) => {
                let digit = fraction.next().unwrap_or('0');
                match left.checked_sub(1) {
                    Some(fewer) => {
                        left = fewer;
                        shown.push(digit);
                    }
                    None if *placeholder == '?' => shown.push(' '),
                    None => {}
                }
            }
            symbol => push_symbol(&mut shown, symbol, power),
        }
    }
    shown
}

/// Whether thousands are separated by commas.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grouping {
    None,
    Thousands,
}

/// Appends the digits before the point: the first place takes all digits that the others have no room for.
fn push_whole_part(shown: &mut String, section: &[Token], whole: &str, grouping: Grouping, power: i32) {
    let places = count_digits(section);
    let mut place = 0;
    let push = |shown: &mut String, digit: char, digits_after: usize| {
        shown.push(digit);
        if grouping == Grouping::Thousands && digits_after > 0 && digits_after.is_multiple_of(3) {
            shown.push(',');
        }
    };
    for token in section {
        let Token::Digit(placeholder) = token else {
            push_symbol(shown, token, power);
            continue;
        };
        let digits_after = places - place - 1;
        if place == 0 && whole.len() > places {
            let first = whole.len() - places + 1;
            for (at, digit) in whole[..first].chars().enumerate() {
                push(shown, digit, whole.len() - at - 1);
            }
        } else if let Some(at) = whole.len().checked_sub(digits_after + 1) {
            push(shown, whole.as_bytes()[at].into(), digits_after);
        } else {
            match placeholder {
                '0' => push(shown, '0', digits_after),
                '?' => shown.push(' '),
                _ => {}
            }
        }
        place += 1;
    }
}

fn is_digit(token: &Token) -> bool {
    matches!(token, Token::Digit(_))
}

pub(super) fn count_digits(section: &[Token]) -> usize {
    section.iter().filter(|token| is_digit(token)).count()
}

/// Appends a token that is neither a digit nor part of a date. `power` is the decimal exponent.
pub(super) fn push_symbol(shown: &mut String, token: &Token, power: i32) {
    match token {
        Token::Literal(literal) => shown.push(*literal),
        Token::Percent => shown.push('%'),
        Token::Exponent { digits, shows_plus } => {
            shown.push('E');
            if power < 0 {
                shown.push('-');
            } else if *shows_plus {
                shown.push('+');
            }
            shown.push_str(&format!("{:0digits$}", power.abs()));
        }
        _ => {}
    }
}
