//! Parsers for values of options, so that an invalid value is a usage error with a sentence of our own.

use homeroom_model::grade::Grade;
use homeroom_model::ids::RunId;
use jiff::civil::Date;

/// `2027-01-12`
pub(crate) fn day(text: &str) -> Result<Date, String> {
    text.parse()
        .map_err(|_| format!("'{text}' is not a valid date: write year-month-day, such as 2027-01-12"))
}

/// A run's id, as `homeroom runs` lists it.
pub(crate) fn run_id(text: &str) -> Result<RunId, String> {
    text.parse().map_err(|_| format!("'{text}' is not a run id: `homeroom runs DISTRICT` lists them"))
}

/// `KG`, `01` … `12`
pub(crate) fn grade(text: &str) -> Result<Grade, String> {
    Grade::parse(text).ok_or_else(|| format!("'{text}' is not a valid grade: use KG or 01 to 12"))
}

/// Text that says something.
pub(crate) fn not_blank(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("it must not be empty".into()) } else { Ok(text.to_owned()) }
}

/// The name of a file, without a folder.
pub(crate) fn file_name(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(['/', '\0']) || text.starts_with('.') {
        return Err(format!("'{text}' is not a valid file name: use a name such as roster.csv"));
    }
    Ok(text.to_owned())
}

/// The user name of an SFTP account.
pub(crate) fn user_name(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !(1..=64).contains(&text.len()) || !text.chars().all(allowed) {
        return Err(format!(
            "'{text}' is not a valid user name: use up to 64 letters, digits, '-', '_' and '.'"
        ));
    }
    Ok(text.to_owned())
}
