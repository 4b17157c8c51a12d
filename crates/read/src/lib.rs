//! Bytes become rows: container, encoding, separator, header, quotes, damage. Never fails on data.
//!
//! [`read()`] looks at a file's first block for its encoding and at its first lines for separator and header; then
//! [`Table::next_row`] streams, and finds out whether the rest is UTF-8 as well. Memory follows the longest record, not the
//! file.

use std::sync::Arc;

mod cells;
mod column;
mod container;
mod encoding;
mod header;
mod header_search;
mod kind;
mod lines;
mod marks;
mod openpgp;
mod table;
mod workbook;

pub use column::Column;
pub use container::Unusable;
pub use encoding::Encoding;
pub use header::Header;
pub use openpgp::{KeyError, OpenPgpKeys, Signature};
pub use table::{Damage, Opened, Row, Table, open, read};

/// What a file may cost.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The longest record, in bytes.
    pub longest_record: usize,
    /// The most columns.
    pub columns: usize,
    /// The largest file, in bytes.
    pub bytes: u64,
    /// The keys for files that are encrypted or signed with OpenPGP.
    pub keys: Option<Arc<OpenPgpKeys>>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { longest_record: 1 << 20, columns: 1_000, bytes: 4 << 30, keys: None }
    }
}
