//! The encodings that files arrive in.

use crate::word::string_enum;

string_enum!(
    /// An encoding of text. Of those with one byte for each letter, the first that fits is taken when nothing else decides.
    Encoding {
        /// UTF-8, with or without a byte order mark.
        Utf8 = "utf-8",
        /// UTF-16, low byte first.
        Utf16Le = "utf-16le",
        /// UTF-16, high byte first.
        Utf16Be = "utf-16be",
        /// Windows in Western Europe and America.
        Windows1252 = "windows-1252",
        /// Mac OS Roman, which old programs for the Mac write.
        Macintosh = "macintosh",
        /// DOS in America.
        Ibm437 = "ibm437",
        /// DOS in Western Europe.
        Ibm850 = "ibm850",
        /// Windows in Central Europe.
        Windows1250 = "windows-1250",
        /// Windows, Cyrillic.
        Windows1251 = "windows-1251",
        /// Latin 2: Unix in Central Europe.
        Iso8859_2 = "iso-8859-2",
        /// Windows in Turkey.
        Windows1254 = "windows-1254",
        /// Windows in the Baltic countries.
        Windows1257 = "windows-1257",
        /// Windows, Greek.
        Windows1253 = "windows-1253",
        /// Unix, Cyrillic.
        Koi8R = "koi8-r",
        /// DOS, Cyrillic.
        Ibm866 = "ibm866",
        /// Mac OS, Cyrillic.
        MacCyrillic = "x-mac-cyrillic",
        /// DOS in Central Europe.
        Ibm852 = "ibm852",
    }
);

impl Encoding {
    /// The name that people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le | Encoding::Utf16Be => "UTF-16",
            Encoding::Windows1252 => "Windows-1252",
            Encoding::Macintosh => "Mac Roman",
            Encoding::Ibm437 => "DOS (code page 437)",
            Encoding::Ibm850 => "DOS (code page 850)",
            Encoding::Windows1250 => "Windows-1250",
            Encoding::Windows1251 => "Windows-1251",
            Encoding::Iso8859_2 => "ISO 8859-2",
            Encoding::Windows1254 => "Windows-1254",
            Encoding::Windows1257 => "Windows-1257",
            Encoding::Windows1253 => "Windows-1253",
            Encoding::Koi8R => "KOI8-R",
            Encoding::Ibm866 => "DOS (code page 866)",
            Encoding::MacCyrillic => "Mac Cyrillic",
            Encoding::Ibm852 => "DOS (code page 852)",
        }
    }
}
