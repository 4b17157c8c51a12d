//! An e-mail address that can be a key: trimmed, lower case, plausible.

use email_address::{EmailAddress, Options};

/// The longest address that SMTP can carry
/// (RFC 5321 section 4.5.3.1.3, less the angle brackets).
pub const MAX_LENGTH: usize = 254;

/// An address as it is stored: lower case, one `@`, a domain with a dot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(String);

impl Email {
    /// Parses an address that is already trimmed; upper case becomes lower case. Accepts RFC 5321's dot-string
    /// local part and a domain name with at least two labels, but no quoted local part, comment or address
    /// literal, which no school has and every sign-in provider refuses.
    pub fn parse(text: &str) -> Option<Email> {
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        let plain = !text.is_empty()
            && text.len() <= MAX_LENGTH
            && !text.contains(|c: char| c == '"' || c == '(' || c.is_whitespace() || c.is_control());
        (plain && EmailAddress::parse_with_options(text, options).is_ok() && domain_is_a_name(text))
            .then(|| Email(text.to_lowercase()))
    }

    /// Parses an address of the most common form, quickly: lower-case letters, digits and `. _ % + ' -` before the `@`, a plain
    /// domain after it. `None` for others, which [`Email::parse`] may still accept.
    pub fn parse_plain(text: &str) -> Option<Email> {
        let bytes = text.as_bytes();
        let at = bytes.iter().position(|byte| *byte == b'@')?;
        let plain =
            text.len() <= MAX_LENGTH && is_plain_local(&bytes[..at]) && is_plain_domain(&bytes[at + 1..]);
        plain.then(|| Email(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

fn is_plain_local(local: &[u8]) -> bool {
    // Spreadsheets mark text with an apostrophe at the beginning.
    if local.first() == Some(&b'\'') {
        return false;
    }
    let mut before = b'.';
    for byte in local {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'%' | b'+' | b'\'' | b'-' => {}
            b'.' if before != b'.' => {}
            _ => return false,
        }
        before = *byte;
    }
    before != b'.' && local.len() <= 64
}

fn is_plain_domain(domain: &[u8]) -> bool {
    let (mut before, mut length, mut dots, mut letters) = (b'.', 0, 0, false);
    for byte in domain {
        match byte {
            b'a'..=b'z' => letters = true,
            b'0'..=b'9' => {}
            b'-' if before != b'.' => {}
            b'.' if before != b'.' && before != b'-' => (length, dots, letters) = (-1, dots + 1, false),
            _ => return false,
        }
        before = *byte;
        length += 1;
        if length > 63 {
            return false;
        }
    }
    before != b'.' && before != b'-' && dots > 0 && letters
}

/// Labels of 1 to 63 letters, digits or inner hyphens (RFC 1035 section 2.3.1; other scripts as in RFC 6531), the
/// last one not all digits.
fn domain_is_a_name(text: &str) -> bool {
    let Some((_, domain)) = text.rsplit_once('@') else { return false };
    let label_fits = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    domain.split('.').all(label_fits)
        && domain.rsplit('.').next().is_some_and(|last| last.contains(|c: char| !c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::Email;

    #[test]
    fn ordinary_school_addresses_are_addresses() {
        for text in [
            "ann.lee@lincoln.k12.ca.us",
            "O'Brien@x.org",
            "a+b@x-y.org",
            "CBeane@sds.example.org",
            "b_c@x.edu",
        ] {
            assert_eq!(Email::parse(text).map(Email::into_string), Some(text.to_lowercase()), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn parse_plain_accepts_nothing_that_parse_refuses(text in "[a-z0-9.@_'+-]{1,12}@[a-z0-9.-]{1,20}") {
            if let Some(email) = Email::parse_plain(&text) {
                proptest::prop_assert_eq!(Email::parse(&text), Some(email));
            }
        }

        #[test]
        fn parse_plain_accepts_ordinary_addresses(text in "[a-z0-9]{1,9}([._-][a-z0-9]{1,9}){0,3}@([a-z0-9]{1,9}\\.){1,3}[a-z]{2,9}") {
            proptest::prop_assert!(Email::parse_plain(&text).is_some());
        }
    }

    #[test]
    fn what_cannot_receive_mail_is_not_an_address() {
        for text in [
            "",
            "ann",
            "ann@",
            "@x.org",
            "ann@@x.org",
            "ann@x",
            "ann lee@x.org",
            "a..b@x.org",
            ".a@x.org",
            "a.@x.org",
            "a@x..org",
            "a@-x.org",
            "a@[127.0.0.1]",
            "\"ann lee\"@x.org",
            "Ann <ann@x.org>",
            "a@x.org.",
            "a@1.2.3.4",
            "a,b@x.org",
            "a@b@x.org",
        ] {
            assert_eq!(Email::parse(text), None, "{text}");
        }
    }
}
