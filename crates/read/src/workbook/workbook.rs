//! Opens a workbook and chooses the sheet with the roster.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use homeroom_model::source::{ReadSeek, Source};
use quick_xml::events::Event;

use crate::archive::ArchiveEntry;
use crate::container_error::ContainerError;
use crate::header_search::detect_dialect;
use crate::rules::ReadLimits;
use crate::unpacked::BytesRead;
use crate::vocabulary::Vocabulary;
use crate::workbook::number_format::Epoch;
use crate::workbook::shared_strings::SharedStrings;
use crate::workbook::sheet::{Sheet, SheetContext};
use crate::workbook::styles::read_formats;
use crate::workbook::xml::{Xml, attribute};

/// A workbook whose roster is on one sheet.
#[derive(Debug)]
pub(crate) struct Workbook {
    shared: Arc<SheetContext>,
    sheet: ArchiveEntry,
}

const MAX_SHEETS: usize = 200;
/// Rows of a sheet searched for its header, and their bytes.
const MAX_HEADER_ROWS: usize = 20;
const MAX_HEADER_BYTES: u64 = 1 << 20;
/// Known columns that make a row a header.
const MIN_KNOWN_COLUMNS: usize = 3;

impl Workbook {
    /// Reads everything except the sheets, then chooses the first sheet with a roster's header, or else the first sheet.
    pub(crate) fn open(
        source: &dyn Source,
        limits: &ReadLimits,
        vocabulary: &Vocabulary,
        parts: &HashMap<String, ArchiveEntry>,
    ) -> io::Result<Workbook> {
        let open = |entry: &ArchiveEntry| entry.open(source.open()?, limits, &BytesRead::default());
        let part = |path: &str| parts.get(path).map(|entry| open(entry).map(Xml::new)).transpose();
        let mut shared = SheetContext::default();
        let mut sheets = Vec::new();
        if let Some(mut xml) = part("xl/workbook.xml")? {
            (sheets, shared.epoch) = read_workbook(&mut xml)?;
        }
        let mut targets = HashMap::new();
        if let Some(mut xml) = part("xl/_rels/workbook.xml.rels")? {
            targets = read_relationships(&mut xml)?;
        }
        if let Some(mut xml) = part("xl/sharedStrings.xml")? {
            shared.strings = SharedStrings::read(&mut xml)?;
        }
        if let Some(mut xml) = part("xl/styles.xml")? {
            shared.formats = read_formats(&mut xml)?;
        }
        let entries = sheets.iter().filter_map(|id| parts.get(&path_in_archive(targets.get(id)?)));
        let shared = Arc::new(shared);
        let mut chosen = None;
        for entry in entries {
            let sheet = Sheet::new(shared.clone(), open(entry)?, limits);
            if has_header(sheet, vocabulary)? {
                chosen = Some(entry);
                break;
            }
            chosen = chosen.or(Some(entry));
        }
        let sheet = chosen.ok_or(ContainerError::Damaged)?.clone();
        Ok(Workbook { shared, sheet })
    }

    /// A reader of the chosen sheet as a CSV.
    pub(crate) fn rows<'s>(
        &self,
        file: Box<dyn ReadSeek + Send + 's>,
        limits: &ReadLimits,
        bytes_read: &BytesRead,
    ) -> io::Result<impl Read + Send + use<'s>> {
        Ok(Sheet::new(self.shared.clone(), self.sheet.open(file, limits, bytes_read)?, limits))
    }
}

/// Whether one of the first rows is the header of a roster.
fn has_header(sheet: impl Read, vocabulary: &Vocabulary) -> io::Result<bool> {
    let lines = BufReader::new(sheet.take(MAX_HEADER_BYTES)).split(b'\n').take(MAX_HEADER_ROWS);
    for line in lines {
        if detect_dialect(&line?, vocabulary, None).1.known_count() >= MIN_KNOWN_COLUMNS {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The relationship ids of the sheets in their order, hidden sheets last; and the epoch.
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
                    // The local name of `r:id`; `sheetId` is another attribute.
                    list.extend(attribute(&element, "id"));
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
        if shown.len() + hidden.len() > MAX_SHEETS {
            return Err(ContainerError::TooLarge.into());
        }
    }
    shown.append(&mut hidden);
    Ok((shown, epoch))
}

/// The targets of the workbook's relationships by their ids.
fn read_relationships(xml: &mut Xml<impl Read>) -> io::Result<HashMap<String, String>> {
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
        if targets.len() > MAX_SHEETS * 2 {
            return Err(ContainerError::TooLarge.into());
        }
    }
}

/// A relationship's target as a path in the archive. It is relative to `xl/` unless it begins with a slash.
fn path_in_archive(target: &str) -> String {
    target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned)
}
