//! Excel workbooks (ECMA-376): a sheet is converted to the text of a CSV while it is read, so that there is one way to read
//! rows.

mod number_format;
mod shared_strings;
mod sheet;
mod styles;
#[expect(clippy::module_inception, reason = "the file of the type `Workbook`")]
mod workbook;
mod xml;

pub(crate) use workbook::Workbook;
