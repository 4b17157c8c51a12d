//! A sheet as the text of a CSV with one line for each row, so that the line of a finding is the row of the sheet.

use std::io::{self, Read};
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};

use crate::rules::ReadLimits;
use crate::workbook::number_format::{Epoch, NumberFormat};
use crate::workbook::shared_strings::{SharedStrings, TextReader, unescape};
use crate::workbook::xml::{Xml, add_text, attribute};

/// Excel's own limits (ECMA-376 part 1, annex on application limits).
const MAX_ROWS: u32 = 1_048_576;
const MAX_COLUMNS: usize = 16_384;

/// What all sheets of a workbook share.
#[derive(Debug, Default)]
pub(super) struct SheetContext {
    pub(super) strings: SharedStrings,
    /// The number format of each cell style.
    pub(super) formats: Vec<Arc<NumberFormat>>,
    pub(super) epoch: Epoch,
}

/// A reader of a sheet as text.
pub(super) struct Sheet<R> {
    shared: Arc<SheetContext>,
    xml: Xml<R>,
    /// The number of rows converted so far.
    rows: u32,
    /// The text of the current row.
    text: Vec<u8>,
    /// How much of the text has been read.
    bytes_read: usize,
    at_end: bool,
    /// The bytes of a row after which its cells are left out: such a record is too long to be read, and every cell may refer
    /// to the same long string.
    max_row_bytes: usize,
}

/// A cell that is being read.
struct Cell {
    column: usize,
    cell_type: Option<String>,
    style: usize,
}

impl<R: Read> Sheet<R> {
    pub(super) fn new(shared: Arc<SheetContext>, part: R, limits: &ReadLimits) -> Sheet<R> {
        let (xml, max_row_bytes) = (Xml::new(part), limits.longest_record);
        Sheet { shared, xml, rows: 0, text: vec![], bytes_read: 0, at_end: false, max_row_bytes }
    }

    /// Converts the next row to text.
    fn next_row(&mut self) -> io::Result<()> {
        self.text.clear();
        self.bytes_read = 0;
        loop {
            match self.xml.next()? {
                Event::Start(element) if element.local_name().as_ref() == "row" => {
                    let number = row_number(&element);
                    self.begin_row(number);
                    self.convert_cells()?;
                    self.text.push(b'\n');
                    return Ok(());
                }
                Event::Empty(element) if element.local_name().as_ref() == "row" => {
                    let number = row_number(&element);
                    self.begin_row(number);
                    self.text.push(b'\n');
                    return Ok(());
                }
                Event::Eof => {
                    self.at_end = true;
                    return Ok(());
                }
                _ => {}
            }
        }
    }

    /// Adds a blank line for each row that the sheet leaves out.
    fn begin_row(&mut self, number: Option<u32>) {
        let next = self.rows + 1;
        self.rows = number.filter(|number| (next..=MAX_ROWS).contains(number)).unwrap_or(next);
        self.text.resize((self.rows - next) as usize, b'\n');
    }

    /// Converts the cells up to the end of the row.
    fn convert_cells(&mut self) -> io::Result<()> {
        let mut cell = None;
        let mut next_column = 0;
        let mut value = String::new();
        let (mut in_value, mut inline) = (false, TextReader::default());
        let start = self.text.len();
        // The number of columns written, including empty ones.
        let mut written = 0;
        loop {
            let event = self.xml.next()?;
            match &event {
                Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                    "c" => {
                        let column = attribute(element, "r")
                            .and_then(|reference| column_of(&reference))
                            .unwrap_or(next_column);
                        next_column = column + 1;
                        value.clear();
                        let style = attribute(element, "s").and_then(|style| style.parse().ok()).unwrap_or(0);
                        cell = Some(Cell { column, cell_type: attribute(element, "t"), style });
                    }
                    "v" => in_value = matches!(event, Event::Start(_)),
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "row" => return Ok(()),
                    "v" => in_value = false,
                    "c" => {
                        if let Some(cell) = cell.take()
                            && (written..MAX_COLUMNS).contains(&cell.column)
                            && self.text.len() - start <= self.max_row_bytes
                        {
                            let shown = self.shared.shown(&cell, &value);
                            let gap = cell.column - written + usize::from(written > 0);
                            self.text.resize(self.text.len() + gap, b',');
                            push_field(&mut self.text, &shown);
                            written = cell.column + 1;
                        }
                    }
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
            if in_value {
                add_text(&mut value, &event)?;
            } else if cell.is_some() {
                inline.add(&mut value, &event)?;
            }
        }
    }
}

impl SheetContext {
    /// What a cell shows.
    fn shown(&self, cell: &Cell, value: &str) -> String {
        match cell.cell_type.as_deref() {
            Some("s") => {
                value.trim().parse().ok().and_then(|at| self.strings.get(at)).unwrap_or_default().to_owned()
            }
            Some("str" | "inlineStr") => unescape(value),
            Some("b") => if value.trim() == "1" { "TRUE" } else { "FALSE" }.into(),
            Some("e" | "d") => value.to_owned(),
            _ => match (value.trim().parse::<f64>(), self.formats.get(cell.style)) {
                (Ok(number), Some(format)) if number.is_finite() => format.show(number, self.epoch),
                _ => value.trim().to_owned(),
            },
        }
    }
}

fn row_number(element: &BytesStart<'_>) -> Option<u32> {
    attribute(element, "r")?.parse().ok()
}

/// The column of `AB12`, counted from 0.
fn column_of(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic).take(4);
    let number =
        letters.fold(0, |number, letter| number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    number.checked_sub(1)
}

/// Appends a value as a CSV cell. A line break becomes a blank, so that lines remain rows.
fn push_field(text: &mut Vec<u8>, value: &str) {
    let needs_quotes = value.contains([',', '"']);
    if needs_quotes {
        text.push(b'"');
    }
    for byte in value.bytes() {
        match byte {
            b'\n' | b'\r' => text.push(b' '),
            b'"' => text.extend(b"\"\""),
            byte => text.push(byte),
        }
    }
    if needs_quotes {
        text.push(b'"');
    }
}

impl<R: Read> Read for Sheet<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.bytes_read == self.text.len() && !self.at_end {
            self.next_row()?;
        }
        let mut rest = &self.text[self.bytes_read..];
        let read = rest.read(buffer)?;
        self.bytes_read += read;
        Ok(read)
    }
}
