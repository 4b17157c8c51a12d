//! Bytes become rows: container, encoding, separator, header, quotes, damage. Never fails on data.
//!
//! [`read()`] looks at a file's first block for its encoding and at its first lines for separator and header; then
//! [`Table::next_row`] streams, and finds out whether the rest is UTF-8 as well. Memory follows the longest record, not the
//! file.

mod cells;
mod container;
mod encoding;
mod header;
mod header_search;
mod kind;
mod lines;
mod marks;
mod openpgp;
mod rules;
mod set;
mod table;
mod vocabulary;
mod workbook;

pub use container::Unusable;
pub use header::Header;
pub use openpgp::{KeyError, OpenPgpKeys, Signature};
pub use rules::{Limits, Rules};
pub use set::{FileSet, pack};
pub use table::{Damage, Opened, Row, Table, open, read};
pub use vocabulary::Vocabulary;
