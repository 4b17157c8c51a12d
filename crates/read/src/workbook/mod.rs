//! Excel workbooks (ECMA-376): a sheet becomes the text of a CSV while it is read, so that rows are read in one way only.

mod number_format;
mod parts;
mod sheet;
mod xml;

pub(crate) use parts::Workbook;
