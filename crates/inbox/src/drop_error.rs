//! Why a drop account's request was refused.

use std::io;

use homeroom_store::StoreError;

/// One text for the district's client; the door turns it into its protocol's codes.
#[derive(Debug, thiserror::Error)]
pub enum DropError {
    /// Nothing stands at the path.
    #[error("no such file")]
    NotFound,
    /// The path lies in a read-only folder.
    #[error("this folder is read-only")]
    ReadOnly,
    /// Something stands at the path already.
    #[error("it is there already")]
    Exists,
    /// A folder was meant.
    #[error("not a folder")]
    NotAFolder,
    /// A file was meant.
    #[error("a folder is there")]
    IsAFolder,
    /// The folder has something in it.
    #[error("the folder is not empty")]
    NotEmpty,
    /// The path cannot be.
    #[error("{0}")]
    BadPath(&'static str),
    /// A limit is reached.
    #[error("{0}")]
    Quota(String),
    /// An earlier write on the handle failed.
    #[error("an earlier write failed: send the file again")]
    Broken,
    /// Others change the file all the time.
    #[error("others are writing this file: try again later")]
    Busy,
    /// The database failed.
    #[error("the server cannot keep the file now: try again later")]
    Store(#[from] StoreError),
    /// The disk failed.
    #[error("the server cannot keep the file now: try again later")]
    Io(#[from] io::Error),
}
