//! Why a file that contains another file gives no table.

use std::io;

use crate::file_type::FileType;
use crate::openpgp::OpenPgpItem;

/// Why an archive or an OpenPGP message gives no table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the archive or message gives no table: {self:?}")]
pub enum ContainerError {
    /// It is cut off, or its bytes do not match its checksums.
    Damaged,
    /// It asks for a password.
    PasswordProtected,
    /// It is compressed or encrypted by a method that is not supported.
    Unsupported,
    /// No entry is a table; the names of some of its entries.
    NoTable(Vec<String>),
    /// Several entries may be the table; their names.
    SeveralTables(Vec<String>),
    /// It is a document of another program.
    Document(FileType),
    /// It unpacks to more bytes than allowed, or has too many entries.
    TooLarge,
    /// An OpenPGP message encrypted to a key, and the district has no key with us.
    EncryptedWithoutKey,
    /// An OpenPGP message encrypted only to keys that are not ours.
    EncryptedToOtherKey,
    /// An OpenPGP message encrypted only with a password.
    EncryptedWithPassword,
    /// An OpenPGP message that is cut off, or whose bytes have changed.
    MessageDamaged,
    /// An OpenPGP signature by none of the district's keys, or not over these bytes.
    BadSignature,
    /// An OpenPGP item that does not contain a file.
    NotAMessage(OpenPgpItem),
}

impl From<ContainerError> for io::Error {
    fn from(error: ContainerError) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

impl ContainerError {
    /// The error inside a reader's error; `None` when that one is about something else, such as the disk.
    pub fn in_io_error(error: &io::Error) -> Option<&ContainerError> {
        error.get_ref()?.downcast_ref()
    }
}
