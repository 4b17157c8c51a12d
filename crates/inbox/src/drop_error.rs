//! Why a request of a drop account was refused.

use std::io;

use homeroom_store::StoreError;

/// Why a request was refused. The text is for the district's client; the door translates the variant into its protocol.
#[derive(Debug, thiserror::Error)]
pub enum DropError {
    /// There is nothing at the path.
    #[error("no such file")]
    NotFound,
    /// The path is in a read-only folder.
    #[error("this folder is read-only")]
    ReadOnly,
    /// There is something at the path already.
    #[error("it already exists")]
    Exists,
    /// The path is not a folder.
    #[error("not a folder")]
    NotAFolder,
    /// The path is a folder.
    #[error("it is a folder")]
    IsAFolder,
    /// The folder is not empty.
    #[error("the folder is not empty")]
    NotEmpty,
    /// The path is not valid.
    #[error(transparent)]
    BadPath(#[from] BadPath),
    /// A limit of the account is reached.
    #[error(transparent)]
    Quota(#[from] QuotaExceeded),
    /// An earlier write to the handle failed.
    #[error("an earlier write failed: send the file again")]
    Broken,
    /// Another session keeps changing the file.
    #[error("another session is writing this file: try again later")]
    Busy,
    /// The database failed.
    #[error("the server cannot store the file now: try again later")]
    Store(#[from] StoreError),
    /// The disk failed.
    #[error("the server cannot store the file now: try again later")]
    Io(#[from] io::Error),
}

/// Why a path is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPath {
    /// The path is too long.
    #[error("the path is too long")]
    TooLong,
    /// A name is too long.
    #[error("the name is too long")]
    NameTooLong,
    /// The path is not UTF-8.
    #[error("the name is not in UTF-8")]
    NotUtf8,
    /// A name has a control character.
    #[error("the name contains a control character")]
    ControlCharacter,
    /// The folders are nested too deeply.
    #[error("the folders are nested too deeply")]
    TooDeep,
    /// A folder was to be moved into itself.
    #[error("a folder cannot be moved into itself")]
    IntoItself,
}

/// The limit that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuotaExceeded {
    /// The file is too large.
    #[error("a file may have at most {max_bytes} bytes")]
    FileTooLarge {
        /// The largest size.
        max_bytes: u64,
    },
    /// The account's files have as many bytes as they may have.
    #[error("the account is full: remove files first")]
    AccountFull,
    /// The account has as many files and folders as it may have.
    #[error("the account has {files} files: remove some first")]
    TooManyFiles {
        /// How many it has.
        files: u64,
    },
}
