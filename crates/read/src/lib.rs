//! Bytes become rows: container, encoding, separator, header, quotes, damage. Never fails on data.
//!
//! [`read()`] looks at a file's first block for its encoding and at its first lines for separator and header; then
//! [`Table::next_row`] streams, and finds out whether the rest is UTF-8 as well. Memory follows the longest record, not the
//! file.

mod cells;
mod container;
mod encoding;
mod file_type;
mod header;
mod header_search;
mod lines;
mod marks;
mod openpgp;
mod rules;
mod set;
mod table;
mod vocabulary;
mod workbook;

pub use container::ContainerError;
pub use file_type::FileType;
pub use header::Header;
pub use openpgp::{KeyError, OpenPgpItem, OpenPgpKeys, SignatureStatus};
pub use rules::{ReadLimits, ReadRules};
pub use set::{FileSet, pack};
pub use table::{Opened, RowDamage, Table, TableRow, open, read};
pub use vocabulary::Vocabulary;
