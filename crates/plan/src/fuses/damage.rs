//! Ids as spreadsheets and scripts damage them: `610001.0` for `610001`, `="2001"` for `2001`, `6.10001E+05`.

/// Whether `new` is `old` in a damaged form.
pub(super) fn is_damaged_form(old: &str, new: &str) -> bool {
    let repaired = repaired(new);
    repaired != new && (repaired == old || repaired == self::repaired(old))
}

/// The id without what a formula, a decimal or a grouped number added to it.
fn repaired(id: &str) -> String {
    let text = id.trim();
    let text = text.strip_prefix('=').unwrap_or(text).trim_matches(['"', '\'']);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((whole, zeros)) = text.split_once('.')
        && digits(whole)
        && digits(zeros)
        && zeros.bytes().all(|byte| byte == b'0')
    {
        return whole.to_owned();
    }
    let ungrouped = text.replace(',', "");
    if text.contains(',') && digits(&ungrouped) {
        return ungrouped;
    }
    let is_scientific = text.contains(['E', 'e']) && text.starts_with(|first: char| first.is_ascii_digit());
    match text.parse::<f64>() {
        Ok(number) if is_scientific && number.fract() == 0.0 && number < 1e15 => format!("{number:.0}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::is_damaged_form;

    #[test]
    fn damage_is_told_from_a_new_id_and_from_a_repair() {
        let damaged =
            ["610001.0", "610001.00", "=\"610001\"", "'610001", "\"610001\"", "610,001", "6.10001E+05"];
        for new in damaged {
            assert!(is_damaged_form("610001", new), "{new}");
            assert!(!is_damaged_form(new, "610001"), "{new} is repaired");
        }
        for new in ["610002", "610002.0", "A610001", "610001", "0610001"] {
            assert!(!is_damaged_form("610001", new), "{new}");
        }
    }
}
