//! Ids as spreadsheets and scripts damage them: `610001.0` for `610001`, `="2001"` for `2001`, `6.10001E+05`.

use std::borrow::Cow;

/// What three zeros after a point are: `610.000` is 610 or 610000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThreeZeros {
    /// Decimals, as in `610.0`.
    Decimals,
    /// The last group of a number, as in `610.001`.
    Thousands,
}

impl ThreeZeros {
    /// What they are in a column with these ids: one that can only be a grouped number tells it.
    pub fn in_column<'i>(mut ids: impl Iterator<Item = &'i str>) -> ThreeZeros {
        let is_grouped = |id: &str| id.contains('.') && !id.ends_with("000") && ungrouped(id).is_some();
        if ids.any(is_grouped) { ThreeZeros::Thousands } else { ThreeZeros::Decimals }
    }
}

/// Whether `new` is `old` in a damaged form.
pub fn is_damaged_form(old: &str, new: &str) -> bool {
    [ThreeZeros::Decimals, ThreeZeros::Thousands].into_iter().any(|zeros| {
        let repaired = repaired(new, zeros);
        repaired != new && (repaired == old || repaired == self::repaired(old, zeros))
    })
}

/// The id without what a formula, a decimal or a grouped number added to it; the same id when there is nothing of these.
pub fn repaired(id: &str, three_zeros: ThreeZeros) -> Cow<'_, str> {
    if !id.contains(['.', ',', '\'', '"', '=', '+', ' ', '\u{A0}', '\u{202F}', '\u{2019}']) {
        return id.into();
    }
    let text = id.trim();
    let text = text.strip_prefix('=').unwrap_or(text).trim_matches(['"', '\'']);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((whole, zeros)) = text.split_once('.')
        && digits(whole)
        && digits(zeros)
        && zeros.bytes().all(|byte| byte == b'0')
        && (three_zeros == ThreeZeros::Decimals || zeros.len() != 3 || whole.len() > 3)
    {
        return whole.into();
    }
    if let Some(ungrouped) = ungrouped(text) {
        return ungrouped.into();
    }
    let is_scientific = text.contains(['E', 'e']) && text.starts_with(|first: char| first.is_ascii_digit());
    match text.parse::<f64>() {
        Ok(number) if is_scientific && number.fract() == 0.0 && number < 1e15 => {
            format!("{number:.0}").into()
        }
        _ => text.into(),
    }
}

/// The digits of a number that is written in groups of three, with decimals of zeros or without: `610,001`, `610.001,00`.
fn ungrouped(text: &str) -> Option<String> {
    let group = text.find(|c: char| !c.is_ascii_digit())?;
    let separator = text[group..].chars().next()?;
    if ![',', '.', '\'', ' ', '\u{A0}', '\u{202F}', '\u{2019}'].contains(&separator) {
        return None;
    }
    let decimals = if separator == '.' { ',' } else { '.' };
    let (whole, zeros) = text.split_once(decimals).unwrap_or((text, "0"));
    let mut groups = whole.split(separator);
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()) && is_digits(first))?;
    let rest = groups.collect::<Vec<_>>();
    let are_groups = rest.iter().all(|group| group.len() == 3 && is_digits(group));
    let are_zeros = !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0');
    (!rest.is_empty() && are_groups && are_zeros).then(|| format!("{first}{}", rest.concat()))
}

#[cfg(test)]
mod tests {
    use super::{ThreeZeros, is_damaged_form, repaired};

    #[test]
    fn a_column_tells_thousands_from_decimals() {
        let read = |ids: &[&str]| {
            let zeros = ThreeZeros::in_column(ids.iter().copied());
            ids.iter().map(|id| repaired(id, zeros).into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(read(&["104.000", "104.448"]), ["104000", "104448"]);
        assert_eq!(read(&["104.000", "7.000"]), ["104", "7"]);
        assert_eq!(read(&["104.0", "104448.0"]), ["104", "104448"]);
    }

    #[test]
    fn damage_is_told_from_a_new_id_and_from_a_repair() {
        let damaged =
            ["610001.0", "610001.00", "=\"610001\"", "'610001", "\"610001\"", "610,001", "6.10001E+05"];
        for new in damaged {
            assert!(is_damaged_form("610001", new), "{new}");
            assert!(!is_damaged_form(new, "610001"), "{new} is repaired");
        }
        for new in ["610.001", "610\u{A0}001", "610'001", "610,001.00", "610.001,0"] {
            assert!(is_damaged_form("610001", new), "{new}");
        }
        for new in ["610002", "610002.0", "A610001", "610001", "0610001", "6100,01", "61.0001", "610-001"] {
            assert!(!is_damaged_form("610001", new), "{new}");
        }
    }
}
