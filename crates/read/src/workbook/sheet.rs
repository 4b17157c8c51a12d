//! A sheet as the text of a CSV: a line for each row, so that the line of a finding is the row in the sheet.

use std::io::{self, Read};
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};

use crate::rules::ReadLimits;
use crate::workbook::parts::{Shared, TextOf, unescaped};
use crate::workbook::xml::{Xml, add_text, attribute};

/// Excel's own limits (ECMA-376 part 1, annex on limits of applications).
const ROWS: u32 = 1_048_576;
const COLUMNS: usize = 16_384;

pub(super) struct Sheet<R> {
    shared: Arc<Shared>,
    xml: Xml<R>,
    /// Rows that have become text.
    rows: u32,
    /// Text that has not been taken yet.
    text: Vec<u8>,
    taken: usize,
    at_end: bool,
    /// Bytes of a row from which on its cells are left out: nobody reads so long a record, and one text may stand in
    /// every cell.
    longest: usize,
}

/// A cell that is being read.
struct Cell {
    column: usize,
    kind: Option<String>,
    style: usize,
}

impl<R: Read> Sheet<R> {
    pub(super) fn new(shared: Arc<Shared>, part: R, limits: &ReadLimits) -> Sheet<R> {
        let (xml, longest) = (Xml::new(part), limits.longest_record);
        Sheet { shared, xml, rows: 0, text: vec![], taken: 0, at_end: false, longest }
    }

    /// Turns the next row into text.
    fn next_row(&mut self) -> io::Result<()> {
        self.text.clear();
        self.taken = 0;
        loop {
            match self.xml.next()? {
                Event::Start(element) if element.local_name().as_ref() == "row" => {
                    let number = row_number(&element);
                    self.begin_row(number);
                    self.cells()?;
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

    /// Adds a blank line for each row that is left out.
    fn begin_row(&mut self, number: Option<u32>) {
        let next = self.rows + 1;
        self.rows = number.filter(|number| (next..=ROWS).contains(number)).unwrap_or(next);
        self.text.resize((self.rows - next) as usize, b'\n');
    }

    /// The cells up to the end of the row.
    fn cells(&mut self) -> io::Result<()> {
        let mut cell = None;
        let mut next_column = 0;
        let mut value = String::new();
        let (mut in_value, mut inline) = (false, TextOf::default());
        let start = self.text.len();
        // Columns that have their text or their blank.
        let mut written = 0;
        loop {
            let event = self.xml.next()?;
            match &event {
                Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                    "c" => {
                        let column = attribute(element, "r")
                            .and_then(|place| column_of(&place))
                            .unwrap_or(next_column);
                        next_column = column + 1;
                        value.clear();
                        let style = attribute(element, "s").and_then(|style| style.parse().ok()).unwrap_or(0);
                        cell = Some(Cell { column, kind: attribute(element, "t"), style });
                    }
                    "v" => in_value = matches!(event, Event::Start(_)),
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "row" => return Ok(()),
                    "v" => in_value = false,
                    "c" => {
                        if let Some(cell) = cell.take()
                            && (written..COLUMNS).contains(&cell.column)
                            && self.text.len() - start <= self.longest
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

impl Shared {
    /// What a cell shows.
    fn shown(&self, cell: &Cell, value: &str) -> String {
        match cell.kind.as_deref() {
            Some("s") => {
                value.trim().parse().ok().and_then(|at| self.texts.get(at)).unwrap_or_default().to_owned()
            }
            Some("str" | "inlineStr") => unescaped(value),
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
fn column_of(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic).take(4);
    let number =
        letters.fold(0, |number, letter| number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    number.checked_sub(1)
}

/// A value as a cell of a CSV. A line break would move the lines away from the rows: it becomes a blank.
fn push_field(text: &mut Vec<u8>, value: &str) {
    let quoted = value.contains([',', '"']);
    if quoted {
        text.push(b'"');
    }
    for byte in value.bytes() {
        match byte {
            b'\n' | b'\r' => text.push(b' '),
            b'"' => text.extend(b"\"\""),
            other => text.push(other),
        }
    }
    if quoted {
        text.push(b'"');
    }
}

impl<R: Read> Read for Sheet<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.text.len() && !self.at_end {
            self.next_row()?;
        }
        let mut rest = &self.text[self.taken..];
        let read = rest.read(buffer)?;
        self.taken += read;
        Ok(read)
    }
}
