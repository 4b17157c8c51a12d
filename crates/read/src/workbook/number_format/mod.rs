//! What a cell shows for a number, according to its number format (ECMA-376 part 1, sections 18.8.30 and 18.8.31).

mod date;
mod format;
mod number;
mod token;

pub(super) use date::Epoch;
pub(super) use format::NumberFormat;
