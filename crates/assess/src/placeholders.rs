//! Words that stand in a cell because a program or a person had no value for it: `N/A`, `unknown`, `none@none`, `999999`.

use crate::member::Attribute;

/// Nobody is called so.
const NO_NAMES: [&str; 27] = [
    "n/a",
    "n.a.",
    "n/a.",
    "#n/a",
    "#null!",
    "#div/0!",
    "#num!",
    "#spill!",
    "#calc!",
    "#error!",
    "tbd",
    "tba",
    "tbc",
    "xxx",
    "xxxx",
    "unknown",
    "undefined",
    "(null)",
    "(none)",
    "(blank)",
    "[null]",
    "<null>",
    "noname",
    "no name",
    "nan",
    "anonymous",
    "redacted",
];

/// Somebody may be called so: only when several are.
const RARE_NAMES: [&str; 14] = [
    "test", "none", "null", "nil", "na", "nn", "x", "xx", "dummy", "empty", "blank", "first", "last", "name",
];

/// What stands before the `@` of an address that is nobody's.
const NO_ADDRESSES: [&str; 18] = [
    "noemail",
    "no-email",
    "no.email",
    "no_email",
    "none",
    "null",
    "unknown",
    "na",
    "n.a",
    "n/a",
    "test",
    "nobody",
    "noreply",
    "no-reply",
    "invalid",
    "dummy",
    "placeholder",
    "tbd",
];

/// How sure it is that a value is a placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placeholder {
    /// Whoever has it.
    Surely,
    /// Only when several people have got one: it may be a name.
    WhenSeveral,
}

/// Whether a value stands for none.
pub(crate) fn placeholder(text: &str, attribute: Attribute) -> Option<Placeholder> {
    if text.len() > 40 || text.is_empty() {
        return None;
    }
    let lower = text.to_lowercase();
    let is_name = attribute.is_name();
    if attribute == Attribute::Email {
        let local = lower.split('@').next().unwrap_or_default();
        return NO_ADDRESSES.contains(&local).then_some(Placeholder::Surely);
    }
    let is_sign = !lower.contains(char::is_alphanumeric) && !lower.contains(['?', '\u{FFFD}']);
    if is_sign || NO_NAMES.contains(&&*lower) || !is_name && is_filler(&lower) {
        return Some(Placeholder::Surely);
    }
    if is_name && lower.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Placeholder::Surely);
    }
    RARE_NAMES.contains(&&*lower).then_some(if is_name {
        Placeholder::WhenSeveral
    } else {
        Placeholder::Surely
    })
}

/// `0000`, `999999`, `xxxxx`: what is typed where a number must be.
fn is_filler(text: &str) -> bool {
    let mut letters = text.chars();
    let first = letters.next();
    matches!(first, Some('0' | '9' | 'x')) && text.len() >= 4 && letters.all(|letter| Some(letter) == first)
}

#[cfg(test)]
mod tests {
    use super::{Placeholder, placeholder};
    use crate::member::Attribute::{CleverId, Email, LastName, SisId};

    #[test]
    fn a_word_is_judged_by_its_column() {
        let surely = Some(Placeholder::Surely);
        for (text, attribute, judged) in [
            ("N/A", LastName, surely),
            ("-", LastName, surely),
            ("0", LastName, surely),
            ("Test", LastName, Some(Placeholder::WhenSeveral)),
            ("Null", LastName, Some(Placeholder::WhenSeveral)),
            ("noemail@lincoln.example.org", Email, surely),
            ("null@null", Email, surely),
            ("null.island@lincoln.example.org", Email, None),
            ("999999", SisId, surely),
            ("0000", SisId, surely),
            ("1000", SisId, None),
            ("unknown", CleverId, surely),
            ("O'Brien", LastName, None),
            ("Xxavier", LastName, None),
            ("Ð", LastName, None),
            ("??", LastName, None),
        ] {
            assert_eq!(placeholder(text, attribute), judged, "{text}");
        }
    }
}
