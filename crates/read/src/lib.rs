//! Turns bytes into rows: container, encoding, separator, header, quotes, damage. Never fails on data.
//!
//! [`read()`] detects a file's encoding from its first block, and its separator and header from its first lines; then
//! [`Table::next_row`] streams the rows and checks that the rest of the file is UTF-8 too. When it is not, a pass over the words of
//! the file tells the encoding. Memory depends on the longest
//! record, not on the size of the file.

mod archive;
mod cells;
mod container;
mod container_error;
mod decoding;
mod encoding;
mod file_type;
mod guess;
mod header;
mod header_search;
mod letters;
mod lines;
mod marks;
mod open;
mod openpgp;
mod pack;
mod rules;
mod set;
mod survey;
mod table;
mod unpacked;
mod vocabulary;
mod workbook;

pub use container_error::ContainerError;
pub use decoding::Decoding;
pub use file_type::FileType;
pub use guess::{GuessedEncoding, KnownWords};
pub use header::Header;
pub use open::{MAX_MISSING_COLUMNS, Opened, open, read, read_beside};
pub use openpgp::{KeyError, OpenPgpItem, OpenPgpKeys, SignatureStatus};
pub use pack::pack;
pub use rules::{ReadLimits, ReadRules};
pub use set::FileSet;
pub use survey::words;
pub use table::{RowDamage, Table, TableRow};
pub use vocabulary::Vocabulary;
