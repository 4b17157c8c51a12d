//! The encodings that files arrive in.

use crate::word::string_enum;

string_enum!(
    /// An encoding of text.
    Encoding {
        /// UTF-8, with or without a byte order mark.
        Utf8 = "utf-8",
        /// UTF-16, low byte first.
        Utf16Le = "utf-16le",
        /// UTF-16, high byte first.
        Utf16Be = "utf-16be",
        /// What is left when a file is not UTF-8: the encoding of Western European Windows.
        Windows1252 = "windows-1252",
        /// Mac OS Roman, which Excel for Mac writes; only when a profile says so.
        Macintosh = "macintosh",
    }
);
