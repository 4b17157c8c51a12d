//! A path in an account's file tree. It is a key, never a path on disk.

use std::fmt;

use crate::drop_error::{BadPath, DropError};

/// The longest path, in bytes.
const MAX_LENGTH: usize = 4096;
/// The longest name, in bytes.
const MAX_NAME_LENGTH: usize = 255;
/// The deepest nesting of folders.
const MAX_DEPTH: usize = 32;

/// A path without `.` and `..`, and without a slash at either end; the root is empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DropPath(String);

impl DropPath {
    /// Parses a client's path. `..` in the root stays in the root, as on any system.
    pub fn parse(bytes: &[u8]) -> Result<DropPath, DropError> {
        if bytes.len() > MAX_LENGTH {
            return Err(BadPath::TooLong.into());
        }
        let text = std::str::from_utf8(bytes).map_err(|_| BadPath::NotUtf8)?;
        let mut names = Vec::new();
        for name in text.split('/') {
            match name {
                "" | "." => {}
                ".." => {
                    names.pop();
                }
                name if name.len() > MAX_NAME_LENGTH => return Err(BadPath::NameTooLong.into()),
                name if name.chars().any(is_control) => {
                    return Err(BadPath::ControlCharacter.into());
                }
                name => names.push(name),
            }
        }
        if names.len() > MAX_DEPTH {
            return Err(BadPath::TooDeep.into());
        }
        Ok(DropPath(names.join("/")))
    }

    /// The path, without a slash at either end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the account's root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The last name; empty for the root.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The folder that it is in; the root's is the root.
    pub fn parent(&self) -> DropPath {
        DropPath(self.0.rsplit_once('/').map(|(folder, _)| folder).unwrap_or_default().to_owned())
    }

    /// Whether the name shows that the file is not complete: some clients write under a temporary name first.
    pub fn is_temporary(&self) -> bool {
        let name = self.name().to_lowercase();
        name.starts_with('.')
            || [".filepart", ".tmp", ".part", ".upload"].iter().any(|suffix| name.ends_with(suffix))
    }
}

/// Whether a character is a control character, or changes the direction of the text that follows.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

impl fmt::Display for DropPath {
    /// As clients write it, from the root.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::DropPath;

    #[test]
    fn no_path_leads_out_of_the_account() {
        for (path, parsed) in [
            ("", "/"),
            ("/", "/"),
            ("roster.csv", "/roster.csv"),
            ("../../etc/passwd", "/etc/passwd"),
            ("/../..//a/./b/../c/", "/a/c"),
            ("a\\..\\b", "/a\\..\\b"),
            ("..．/x", "/..．/x"),
        ] {
            assert_eq!(DropPath::parse(path.as_bytes()).unwrap().to_string(), parsed, "{path}");
        }
    }

    #[test]
    fn invalid_names_are_refused() {
        let long = "x".repeat(256);
        let longer = "x/".repeat(2_100);
        for path in ["a\0b", "a\nb", "a\u{202e}b", long.as_str(), longer.as_str()] {
            assert!(DropPath::parse(path.as_bytes()).is_err(), "{path}");
        }
        assert!(DropPath::parse(b"caf\xe9.csv").is_err());
    }

    #[test]
    fn temporary_names_are_recognized() {
        for name in ["roster.csv.filepart", "a.tmp", "x/roster.csv.PART", ".roster.csv.Xyz", "r.upload"] {
            assert!(DropPath::parse(name.as_bytes()).unwrap().is_temporary(), "{name}");
        }
        assert!(!DropPath::parse(b"roster.csv").unwrap().is_temporary());
    }

    proptest! {
        #[test]
        fn no_path_has_a_name_that_leads_out(bytes in proptest::collection::vec(prop_oneof![Just(b'.'), Just(b'/'), Just(b'\\'), any::<u8>()], 0..200)) {
            if let Ok(path) = DropPath::parse(&bytes) {
                prop_assert!(!path.as_str().starts_with('/') && !path.as_str().ends_with('/'));
                prop_assert!(path.is_root() || path.as_str().split('/').all(|name| !name.is_empty() && name != "." && name != ".."));
                prop_assert!(!path.as_str().contains('\0'));
                prop_assert_eq!(DropPath::parse(path.to_string().as_bytes()).unwrap(), path);
            }
        }
    }
}
