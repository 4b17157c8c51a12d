//! The parts of a workbook around its sheets: which sheets there are, the texts they share, how numbers are shown.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use homeroom_model::source::{ReadSeek, Source};
use quick_xml::events::Event;

use crate::container::{ContainerError, Entry, Taken};
use crate::header_search::dialect_and_header;
use crate::rules::ReadLimits;
use crate::vocabulary::Vocabulary;
use crate::workbook::number_format::{Epoch, Format};
use crate::workbook::sheet::Sheet;
use crate::workbook::xml::{Xml, add_text, attribute};

/// A workbook whose roster stands on one sheet.
#[derive(Debug)]
pub(crate) struct Workbook {
    shared: Arc<Shared>,
    sheet: Entry,
}

/// What all sheets need.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) texts: SharedTexts,
    /// For each cell style how it shows numbers.
    pub(super) formats: Vec<Arc<Format>>,
    pub(super) epoch: Epoch,
}

/// The texts that cells name by number.
#[derive(Debug, Default)]
pub(crate) struct SharedTexts {
    text: String,
    ends: Vec<u32>,
}

/// Bytes of shared text: a sheet of a million rows has a tenth of it.
const TEXT: usize = 256 << 20;
/// Shared texts, sheets and styles.
const TEXTS: usize = 4 << 20;
const SHEETS: usize = 200;
/// Excel's own limit (ECMA-376 part 1, annex on limits of applications).
const STYLES: usize = 65_490;
const CODE: usize = 255;
/// Number formats of a workbook's own. Excel keeps some 250; other programs, more.
const CODES: usize = 4_000;
/// Rows of a sheet in which its header is looked for, and bytes of them.
const HEADER_ROWS: usize = 20;
const HEADER_BYTES: u64 = 1 << 20;
/// Known columns that make a header.
const KNOWN: usize = 3;

impl Workbook {
    /// Reads everything but the sheets, then chooses the first sheet with a roster's header, else the first.
    pub(crate) fn open(
        source: &dyn Source,
        limits: &ReadLimits,
        vocabulary: &Vocabulary,
        parts: &HashMap<String, Entry>,
    ) -> io::Result<Workbook> {
        let part = |path: &str| {
            let entry = parts.get(path);
            entry
                .map(|entry| {
                    Ok::<_, io::Error>(Xml::new(entry.open(source.open()?, limits, &Taken::default())?))
                })
                .transpose()
        };
        let mut shared = Shared::default();
        let mut sheets = Vec::new();
        if let Some(mut xml) = part("xl/workbook.xml")? {
            (sheets, shared.epoch) = read_workbook(&mut xml)?;
        }
        let mut targets = HashMap::new();
        if let Some(mut xml) = part("xl/_rels/workbook.xml.rels")? {
            targets = relations(&mut xml)?;
        }
        if let Some(mut xml) = part("xl/sharedStrings.xml")? {
            shared.texts = SharedTexts::read(&mut xml)?;
        }
        if let Some(mut xml) = part("xl/styles.xml")? {
            shared.formats = read_formats(&mut xml)?;
        }
        let entries = sheets.iter().filter_map(|relation| parts.get(&path(targets.get(relation)?)));
        let shared = Arc::new(shared);
        let mut chosen = None;
        for entry in entries {
            let sheet =
                Sheet::new(shared.clone(), entry.open(source.open()?, limits, &Taken::default())?, limits);
            if has_header(sheet, vocabulary)? {
                chosen = Some(entry);
                break;
            }
            chosen = chosen.or(Some(entry));
        }
        let sheet = chosen.ok_or(ContainerError::Damaged)?.clone();
        Ok(Workbook { shared, sheet })
    }

    /// The chosen sheet as a CSV.
    pub(crate) fn rows<'s>(
        &self,
        file: Box<dyn ReadSeek + Send + 's>,
        limits: &ReadLimits,
        taken: &Taken,
    ) -> io::Result<impl Read + Send + use<'s>> {
        Ok(Sheet::new(self.shared.clone(), self.sheet.open(file, limits, taken)?, limits))
    }
}

/// Whether one of the first rows is the header of a roster.
fn has_header(sheet: impl Read, vocabulary: &Vocabulary) -> io::Result<bool> {
    let lines = BufReader::new(sheet.take(HEADER_BYTES)).split(b'\n').take(HEADER_ROWS);
    for line in lines {
        if dialect_and_header(&line?, vocabulary, None).1.known() >= KNOWN {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The relations of the sheets in their order, those that are hidden last; and the epoch.
fn read_workbook(xml: &mut Xml<impl Read>) -> io::Result<(Vec<String>, Epoch)> {
    let (mut shown, mut hidden, mut epoch) = (Vec::new(), Vec::new(), Epoch::default());
    loop {
        match xml.next()? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "workbookPr" => {
                    epoch.from_1904 =
                        matches!(attribute(&element, "date1904").as_deref(), Some("1" | "true"));
                }
                "sheet" => {
                    let is_hidden = attribute(&element, "state").is_some_and(|state| state != "visible");
                    let list = if is_hidden { &mut hidden } else { &mut shown };
                    // The relation's `id` comes behind `sheetId`; both are asked for by their whole local names.
                    list.extend(attribute(&element, "id"));
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
        if shown.len() + hidden.len() > SHEETS {
            return Err(ContainerError::TooLarge.into());
        }
    }
    shown.append(&mut hidden);
    Ok((shown, epoch))
}

/// The targets of a part's relations.
fn relations(xml: &mut Xml<impl Read>) -> io::Result<HashMap<String, String>> {
    let mut targets = HashMap::new();
    loop {
        match xml.next()? {
            Event::Start(element) | Event::Empty(element) => {
                if let Some(id) = attribute(&element, "Id")
                    && let Some(target) = attribute(&element, "Target")
                {
                    targets.insert(id, target);
                }
            }
            Event::Eof => return Ok(targets),
            _ => {}
        }
        if targets.len() > SHEETS * 2 {
            return Err(ContainerError::TooLarge.into());
        }
    }
}

/// A relation's target as a path of the archive: it is relative to `xl/` unless it begins with a slash.
fn path(target: &str) -> String {
    target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned)
}

/// How each cell style shows numbers.
fn read_formats(xml: &mut Xml<impl Read>) -> io::Result<Vec<Arc<Format>>> {
    // Very many styles may name one long format: each is kept once.
    let mut codes = HashMap::new();
    let mut built_in = HashMap::new();
    let mut formats = Vec::new();
    let mut in_cells = false;
    loop {
        match xml.next()? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "numFmt" => {
                    let number =
                        attribute(&element, "numFmtId").and_then(|number| number.parse::<u32>().ok());
                    let code = attribute(&element, "formatCode").filter(|code| code.len() <= CODE);
                    if let (Some(number), Some(code)) = (number, code) {
                        codes.insert(number, Arc::new(Format::parse(&code)));
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => {
                    let number =
                        attribute(&element, "numFmtId").and_then(|number| number.parse().ok()).unwrap_or(0);
                    let format = codes.get(&number).unwrap_or_else(|| {
                        built_in.entry(number).or_insert_with(|| Arc::new(Format::built_in(number)))
                    });
                    formats.push(format.clone());
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "cellXfs" => in_cells = false,
            Event::Eof => return Ok(formats),
            _ => {}
        }
        if formats.len() > STYLES || codes.len() > CODES {
            return Err(ContainerError::TooLarge.into());
        }
    }
}

impl SharedTexts {
    fn read(xml: &mut Xml<impl Read>) -> io::Result<SharedTexts> {
        let mut texts = SharedTexts::default();
        let mut one = String::new();
        let mut inside = TextOf::default();
        loop {
            let event = xml.next()?;
            match &event {
                Event::Start(element) if element.local_name().as_ref() == "si" => one.clear(),
                Event::Empty(element) if element.local_name().as_ref() == "si" => texts.push("")?,
                Event::End(element) if element.local_name().as_ref() == "si" => {
                    texts.push(&unescaped(&one))?
                }
                Event::Eof => return Ok(texts),
                _ => {}
            }
            inside.add(&mut one, &event)?;
        }
    }

    fn push(&mut self, text: &str) -> io::Result<()> {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        if self.text.len() > TEXT || self.ends.len() > TEXTS {
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

/// Follows the elements of a text: `t` holds it, in one piece or in runs; `rPh` says how to pronounce it.
#[derive(Default)]
pub(super) struct TextOf {
    in_text: bool,
    in_pronunciation: bool,
}

impl TextOf {
    pub(super) fn add(&mut self, text: &mut String, event: &Event<'_>) -> io::Result<()> {
        let mut enter = |name: &str, into: bool| match name {
            "t" => self.in_text = into,
            "rPh" => self.in_pronunciation = into,
            _ => {}
        };
        match event {
            Event::Start(element) => enter(element.local_name().as_ref(), true),
            Event::End(element) => enter(element.local_name().as_ref(), false),
            event if self.in_text && !self.in_pronunciation => add_text(text, event)?,
            _ => {}
        }
        Ok(())
    }
}

/// Characters that XML cannot hold stand as `_x000D_` (ECMA-376 part 1, section 22.9.2.19).
pub(super) fn unescaped(text: &str) -> String {
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
    use super::unescaped;

    #[test]
    fn characters_that_xml_cannot_hold_are_understood() {
        for (text, plain) in [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x00e9_", "é"),
            ("snake_x", "snake_x"),
            ("_xyz_", "_xyz_"),
            ("_xD800_é", "_xD800_é"),
            ("_x00é_", "_x00é_"),
        ] {
            assert_eq!(unescaped(text), plain);
        }
    }
}
