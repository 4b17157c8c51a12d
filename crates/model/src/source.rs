//! A file's bytes, which can be read more than once: the reader reads them twice, the result files once more.

use std::io::{self, Cursor, Read, Seek};

/// A reader that can seek.
pub trait ReadSeek: Read + Seek {}

impl<R: Read + Seek> ReadSeek for R {}

/// Something that can be read from its beginning any number of times with the same bytes.
pub trait Source: Send + Sync {
    /// A reader at the first byte.
    fn open(&self) -> io::Result<Box<dyn ReadSeek + Send + '_>>;
    /// The number of bytes.
    fn length(&self) -> u64;
}

impl Source for Vec<u8> {
    fn open(&self) -> io::Result<Box<dyn ReadSeek + Send + '_>> {
        Ok(Box::new(Cursor::new(self.as_slice())))
    }

    fn length(&self) -> u64 {
        self.len() as u64
    }
}
