//! The encodings that files arrive in.

use serde::{Deserialize, Serialize};

/// An encoding of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, low byte first.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// What is left when a file is not UTF-8: the encoding of Western European Windows.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// Mac OS Roman, which Excel for Mac writes; only when a profile says so.
    #[serde(rename = "macintosh")]
    Macintosh,
}

impl Encoding {
    /// The word in JSON and profiles: `utf-8`, `utf-16le`, `utf-16be`, `windows-1252`, `macintosh`.
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Windows1252 => "windows-1252",
            Encoding::Macintosh => "macintosh",
        }
    }
}
