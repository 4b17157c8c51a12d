//! The strings that the cells of a workbook share.

use std::io::{self, Read};

use quick_xml::events::Event;

use crate::container_error::ContainerError;
use crate::workbook::xml::{Xml, add_text};

/// The most bytes of shared strings: a sheet of a million rows has a tenth of that.
const MAX_BYTES: usize = 256 << 20;
/// The most shared strings.
const MAX_STRINGS: usize = 4 << 20;

/// Strings to which cells refer by number.
#[derive(Debug, Default)]
pub(super) struct SharedStrings {
    text: String,
    ends: Vec<u32>,
}

impl SharedStrings {
    pub(super) fn read(xml: &mut Xml<impl Read>) -> io::Result<SharedStrings> {
        let mut strings = SharedStrings::default();
        let mut text = String::new();
        let mut reader = TextReader::default();
        loop {
            let event = xml.next()?;
            match &event {
                Event::Start(element) if element.local_name().as_ref() == "si" => text.clear(),
                Event::Empty(element) if element.local_name().as_ref() == "si" => strings.push("")?,
                Event::End(element) if element.local_name().as_ref() == "si" => {
                    strings.push(&unescape(&text))?
                }
                Event::Eof => return Ok(strings),
                _ => {}
            }
            reader.add(&mut text, &event)?;
        }
    }

    fn push(&mut self, text: &str) -> io::Result<()> {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        if self.text.len() > MAX_BYTES || self.ends.len() > MAX_STRINGS {
            return Err(ContainerError::TooLarge.into());
        }
        Ok(())
    }

    pub(super) fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)? as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        Some(&self.text[start..end])
    }
}

/// Collects the text of a string item: `t` contains it, whole or in runs; `rPh` is a pronunciation, which is left out.
#[derive(Default)]
pub(super) struct TextReader {
    in_text: bool,
    in_pronunciation: bool,
}

impl TextReader {
    pub(super) fn add(&mut self, text: &mut String, event: &Event<'_>) -> io::Result<()> {
        let mut set = |name: &str, is_inside: bool| match name {
            "t" => self.in_text = is_inside,
            "rPh" => self.in_pronunciation = is_inside,
            _ => {}
        };
        match event {
            Event::Start(element) => set(element.local_name().as_ref(), true),
            Event::End(element) => set(element.local_name().as_ref(), false),
            event if self.in_text && !self.in_pronunciation => add_text(text, event)?,
            _ => {}
        }
        Ok(())
    }
}

/// Resolves `_x000D_`, the escape for characters that XML cannot contain (ECMA-376 part 1, section 22.9.2.19).
pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        plain.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        match code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                plain.push(c);
                rest = &rest[at + 7..];
            }
            None => {
                plain.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escaped_characters_are_resolved() {
        for (text, plain) in [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x00e9_", "é"),
            ("snake_x", "snake_x"),
            ("_xyz_", "_xyz_"),
            ("_xD800_é", "_xD800_é"),
            ("_x00é_", "_x00é_"),
        ] {
            assert_eq!(unescape(text), plain);
        }
    }
}
