//! The tokens of a number format's code.

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Literal(char),
    /// A digit: where the number has none, `0` shows a zero, `#` nothing and `?` a blank.
    Digit(char),
    Point,
    Comma,
    Percent,
    /// `E+00`: the number of digits, and whether a plus sign is shown.
    Exponent {
        digits: usize,
        shows_plus: bool,
    },
    /// Year, month, day, hour, minute (`n`) or second, and how often its letter is repeated.
    Date(char, usize),
    /// `[h]`: elapsed hours, minutes or seconds, which continue beyond a day.
    Elapsed(char),
    /// `AM/PM`.
    AmPm,
    /// "General" as a part of a format.
    General,
}

impl Token {
    pub(super) fn is_date(&self) -> bool {
        matches!(self, Token::Date(..) | Token::Elapsed(_) | Token::AmPm)
    }
}

/// Splits a code at its unquoted semicolons.
pub(super) fn split_sections(code: &str) -> Vec<&str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let parts = code.split(|c: char| {
        if std::mem::take(&mut is_escaped) {
            return false;
        }
        match c {
            '\\' if !is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ => {}
        }
        c == ';' && !is_quoted
    });
    parts.collect()
}

/// The tokens of a section; `None` when it has something that is not supported, such as fractions.
pub(super) fn tokens(section: &str) -> Option<Vec<Token>> {
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
            // A blank of a character's width, or a character that fills the cell: neither is text.
            '_' | '*' => rest = after.chars().next().map_or("", |skipped| &after[skipped.len_utf8()..]),
            '[' => {
                let end = after.find(']')?;
                push_bracket(&mut tokens, &after[..end])?;
                rest = &after[end + 1..];
            }
            '0' | '#' | '?' => tokens.push(Token::Digit(c)),
            '.' => tokens.push(Token::Point),
            ',' => tokens.push(Token::Comma),
            '%' => tokens.push(Token::Percent),
            'E' | 'e' if after.starts_with(['+', '-']) => {
                let digits = after[1..].chars().take_while(|c| matches!(c, '0' | '#' | '?')).count();
                tokens.push(Token::Exponent { digits, shows_plus: after.starts_with('+') });
                rest = &after[1 + digits..];
            }
            'A' | 'a' if starts_with(after, "M/PM") => {
                tokens.push(Token::AmPm);
                rest = &after[4..];
            }
            'A' | 'a' if starts_with(after, "/P") => {
                tokens.push(Token::AmPm);
                rest = &after[2..];
            }
            'G' | 'g' if starts_with(after, "eneral") => {
                tokens.push(Token::General);
                rest = &after[6..];
            }
            'y' | 'm' | 'd' | 'h' | 's' | 'Y' | 'M' | 'D' | 'H' | 'S' => {
                let count = 1 + after.chars().take_while(|next| next.eq_ignore_ascii_case(&c)).count();
                tokens.push(Token::Date(c.to_ascii_lowercase(), count));
                rest = &after[count - 1..];
            }
            '@' => tokens.push(Token::General),
            '/' if tokens.iter().any(|token| matches!(token, Token::Digit('?' | '#'))) => return None,
            literal => tokens.push(Token::Literal(literal)),
        }
    }
    Some(mark_minutes(tokens))
}

/// Adds the tokens of `[h]`, an elapsed time, or `[$€-407]`, a currency; colors and conditions are ignored.
fn push_bracket(tokens: &mut Vec<Token>, inside: &str) -> Option<()> {
    let letter = inside.chars().next()?.to_ascii_lowercase();
    if "hms".contains(letter) && inside.chars().all(|c| c.to_ascii_lowercase() == letter) {
        tokens.push(Token::Elapsed(letter));
    } else if let Some(currency) = inside.strip_prefix('$') {
        tokens.extend(currency.split('-').next().unwrap_or_default().chars().map(Token::Literal));
    }
    Some(())
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start))
}

/// Changes the letter of minutes to `n`: an `m` after hours or before seconds means minutes, not months.
fn mark_minutes(mut tokens: Vec<Token>) -> Vec<Token> {
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
