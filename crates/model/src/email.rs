//! An e-mail address that can be a key: trimmed, lower case, plausible.

use email_address::{EmailAddress, Options};

/// What [`Email::parse`] and the tests of `check` agree on: the longest address that SMTP can carry
/// (RFC 5321 section 4.5.3.1.3, less the angle brackets).
pub const LONGEST: usize = 254;

/// An address as it is kept: lower case, one `@`, a domain with a dot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(String);

impl Email {
    /// Takes an address that is already trimmed; upper case becomes lower case. `None` when it is none:
    /// RFC 5321's dot-string local part and a domain name with at least two labels; no quoted local part,
    /// comment or address literal, which no school has and every sign-in provider refuses.
    pub fn parse(text: &str) -> Option<Email> {
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        let plain = !text.is_empty()
            && text.len() <= LONGEST
            && !text.contains(|c: char| c == '"' || c == '(' || c.is_whitespace() || c.is_control());
        (plain && EmailAddress::parse_with_options(text, options).is_ok() && domain_is_a_name(text))
            .then(|| Email(text.to_lowercase()))
    }

    /// Takes an address of the most ordinary form, quickly: small letters, digits and `. _ % + ' -` before the `@`, a plain
    /// domain after it. `None` for every other, which [`Email::parse`] may still take.
    pub fn parse_plain(text: &str) -> Option<Email> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let (local, domain) = text.split_once('@')?;
        let local_fits = (1..=64).contains(&local.len())
            && local.bytes().all(|b| plain(b) || matches!(b, b'.' | b'_' | b'%' | b'+' | b'\'' | b'-'))
            && local.split('.').all(|part| !part.is_empty());
        let label_fits =
            |label: &str| (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-');
        let domain_fits = text.len() <= LONGEST
            && domain.bytes().all(|b| plain(b) || matches!(b, b'.' | b'-'))
            && domain.contains('.')
            && domain.split('.').all(label_fits)
            && domain.rsplit('.').next().is_some_and(|last| last.bytes().any(|b| b.is_ascii_lowercase()));
        (local_fits && domain_fits).then(|| Email(text.to_owned()))
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
        fn the_quick_way_takes_nothing_that_the_careful_one_refuses(text in "[a-z0-9.@_'+-]{1,12}@[a-z0-9.-]{1,20}") {
            if let Some(email) = Email::parse_plain(&text) {
                proptest::prop_assert_eq!(Email::parse(&text), Some(email));
            }
        }
    }

    #[test]
    fn what_cannot_receive_mail_is_no_address() {
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
