//! The number formats of a workbook's cell styles.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::Arc;

use quick_xml::events::Event;

use crate::container_error::ContainerError;
use crate::workbook::number_format::NumberFormat;
use crate::workbook::xml::{Xml, attribute};

/// Excel's own limit (ECMA-376 part 1, annex on application limits).
const MAX_STYLES: usize = 65_490;
/// Bytes of a format code.
const MAX_CODE_LENGTH: usize = 255;
/// Custom number formats of a workbook. Excel allows some 250, other programs more.
const MAX_CODES: usize = 4_000;

/// Reads the number format of each cell style.
pub(super) fn read_formats(xml: &mut Xml<impl Read>) -> io::Result<Vec<Arc<NumberFormat>>> {
    // Very many styles may use one long format: each format is kept once.
    let mut codes = HashMap::new();
    let mut built_in = HashMap::new();
    let mut formats = Vec::new();
    let mut in_cell_styles = false;
    loop {
        match xml.next()? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "numFmt" => {
                    let number =
                        attribute(&element, "numFmtId").and_then(|number| number.parse::<u32>().ok());
                    let code = attribute(&element, "formatCode").filter(|code| code.len() <= MAX_CODE_LENGTH);
                    if let (Some(number), Some(code)) = (number, code) {
                        codes.insert(number, Arc::new(NumberFormat::parse(&code)));
                    }
                }
                "cellXfs" => in_cell_styles = true,
                "xf" if in_cell_styles => {
                    let number =
                        attribute(&element, "numFmtId").and_then(|number| number.parse().ok()).unwrap_or(0);
                    let format = codes.get(&number).unwrap_or_else(|| {
                        built_in.entry(number).or_insert_with(|| Arc::new(NumberFormat::built_in(number)))
                    });
                    formats.push(format.clone());
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "cellXfs" => in_cell_styles = false,
            Event::Eof => return Ok(formats),
            _ => {}
        }
        if formats.len() > MAX_STYLES || codes.len() > MAX_CODES {
            return Err(ContainerError::TooLarge.into());
        }
    }
}
