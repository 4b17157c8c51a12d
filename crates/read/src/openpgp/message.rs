//! A message as a container: opened as often as it is needed, or held in memory.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use homeroom_model::source::ReadSeek;

use crate::container::ContainerError;
use crate::openpgp::keys::OpenPgpKeys;
use crate::openpgp::plaintext::Plaintext;
use crate::openpgp::signature::Seen;

/// Bytes of an archive or a workbook within a message that are held in memory: it has to be read from any place, and a
/// decrypted message only runs from its beginning to its end. Rosters of half a million rows pack to 50 MB.
const IN_MEMORY: u64 = 256 << 20;

/// How a message is opened.
#[derive(Debug)]
pub(crate) struct Sealed {
    /// Where in the file it begins.
    pub(crate) start: u64,
    pub(crate) armored: bool,
    pub(crate) keys: Arc<OpenPgpKeys>,
    pub(crate) seen: Seen,
}

impl Sealed {
    /// Goes in the file to where the message begins.
    pub(crate) fn seek(&self, file: &mut (impl Seek + ?Sized)) -> io::Result<()> {
        file.seek(SeekFrom::Start(self.start)).map(|_| ())
    }

    /// A reader of the plaintext of a message that begins here.
    pub(crate) fn open<'s>(&self, file: Box<dyn Read + Send + 's>) -> io::Result<Plaintext<'s>> {
        Plaintext::open(file, self.armored, self.keys.clone(), self.seen.clone())
    }
}

/// A plaintext in memory.
#[derive(Clone)]
pub(crate) struct Whole {
    bytes: Arc<Vec<u8>>,
    seen: Seen,
}

impl Whole {
    /// Reads it; with its end all checks have been made.
    pub(crate) fn read(plaintext: impl Read, seen: Seen) -> io::Result<Whole> {
        let mut bytes = vec![];
        plaintext.take(IN_MEMORY + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > IN_MEMORY {
            return Err(ContainerError::TooLarge.into());
        }
        Ok(Whole { bytes: Arc::new(bytes), seen })
    }

    pub(crate) fn bytes(&self) -> &Vec<u8> {
        &self.bytes
    }

    /// A reader that holds on to the bytes.
    pub(crate) fn open<'s>(&self) -> Box<dyn ReadSeek + Send + 's> {
        Box::new(Cursor::new(Held(self.bytes.clone())))
    }

    pub(crate) fn seen(&self) -> &Seen {
        &self.seen
    }
}

impl std::fmt::Debug for Whole {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Whole({} bytes)", self.bytes.len())
    }
}

struct Held(Arc<Vec<u8>>);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
