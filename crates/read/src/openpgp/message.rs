//! A message as a container: opened as often as it is needed, or decrypted into memory.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use homeroom_model::source::ReadSeek;

use crate::container_error::ContainerError;
use crate::openpgp::detect::MessageForm;
use crate::openpgp::keys::OpenPgpKeys;
use crate::openpgp::plaintext::Plaintext;
use crate::openpgp::signature::SharedStatus;

/// The largest archive or workbook within a message. It is held in memory, since it has to be read at random positions and a
/// message can only be decrypted from its beginning to its end. Rosters of half a million rows pack to 50 MB.
const MAX_IN_MEMORY: u64 = 256 << 20;

/// A message in a file, and the keys to open it.
#[derive(Debug)]
pub(crate) struct OpenPgpMessage {
    /// The byte of the file at which it begins.
    pub(crate) start: u64,
    pub(crate) form: MessageForm,
    pub(crate) keys: Arc<OpenPgpKeys>,
    pub(crate) signature: SharedStatus,
}

impl OpenPgpMessage {
    /// Moves to the beginning of the message.
    pub(crate) fn seek(&self, file: &mut (impl Seek + ?Sized)) -> io::Result<()> {
        file.seek(SeekFrom::Start(self.start)).map(|_| ())
    }

    /// A reader of the plaintext; `file` is at the beginning of the message.
    pub(crate) fn open<'s>(&self, file: Box<dyn Read + Send + 's>) -> io::Result<Plaintext<'s>> {
        Plaintext::open(file, self.form, self.keys.clone(), self.signature.clone())
    }
}

/// The decrypted file of a message, in memory.
#[derive(Clone)]
pub(crate) struct DecryptedFile {
    bytes: Arc<Vec<u8>>,
    signature: SharedStatus,
}

impl DecryptedFile {
    /// Reads all of it, and thereby verifies it.
    pub(crate) fn read(plaintext: impl Read, signature: SharedStatus) -> io::Result<DecryptedFile> {
        let mut bytes = vec![];
        plaintext.take(MAX_IN_MEMORY + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_IN_MEMORY {
            return Err(ContainerError::TooLarge.into());
        }
        Ok(DecryptedFile { bytes: Arc::new(bytes), signature })
    }

    pub(crate) fn bytes(&self) -> &Vec<u8> {
        &self.bytes
    }

    /// A reader that shares ownership of the bytes.
    pub(crate) fn open<'s>(&self) -> Box<dyn ReadSeek + Send + 's> {
        Box::new(Cursor::new(SharedBytes(self.bytes.clone())))
    }

    pub(crate) fn signature(&self) -> &SharedStatus {
        &self.signature
    }
}

impl std::fmt::Debug for DecryptedFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "DecryptedFile({} bytes)", self.bytes.len())
    }
}

struct SharedBytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for SharedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
