//! A reader of what a message says.

use std::io::{self, BufRead, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use pgp::composed::{DecryptionOptions, Edata, Message};
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::packet::{ProtectedDataConfig, SymEncryptedProtectedDataConfig};
use pgp::types::Seipdv1ReadMode;

use crate::container::ContainerError;
use crate::openpgp::keys::OpenPgpKeys;
use crate::openpgp::layer::{Armored, Decrypted, Disk, Inflated, Layer, Passage};
use crate::openpgp::session::session_key;
use crate::openpgp::signature::{Seen, at_the_end, at_the_start};

/// What a message says, decrypted and decompressed while it is read. Whether its bytes are what was sent is known at its
/// end: what came out until then may have been changed by somebody.
pub(crate) struct Plaintext<'s> {
    message: Message<'s>,
    /// All layers, the innermost last.
    layers: Vec<Arc<Passage>>,
    keys: Arc<OpenPgpKeys>,
    seen: Seen,
    disk: Disk,
    came_out: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    Ended,
    Failed,
}

impl<'s> Plaintext<'s> {
    /// Opens a message: `armored` or not, from its first byte on.
    pub(crate) fn open(
        file: Box<dyn Read + Send + 's>,
        armored: bool,
        keys: Arc<OpenPgpKeys>,
        seen: Seen,
    ) -> io::Result<Plaintext<'s>> {
        let disk = Disk::default();
        let mut layers = vec![];
        let opened = guarded(|| opened(file, armored, &keys, &disk, &mut layers));
        let message = opened.unwrap_or(Err(ContainerError::MessageDamaged)).map_err(|why| match why {
            ContainerError::MessageDamaged => disk.error(),
            why => why.into(),
        })?;
        seen.set(at_the_start(&message, &keys));
        Ok(Plaintext { message, layers, keys, seen, disk, came_out: 0, state: State::Reading })
    }

    fn step(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = guarded(|| self.message.read(buffer)).and_then(Result::ok);
        let read = read.ok_or_else(|| self.disk.error())?;
        self.came_out += read as u64;
        if let Some(innermost) = self.layers.last() {
            innermost.came_out(self.came_out);
        }
        if read == 0 && !buffer.is_empty() {
            if !self.layers.iter().all(|layer| layer.ended()) {
                return Err(ContainerError::MessageDamaged.into());
            }
            self.seen.set(at_the_end(&self.message, &self.keys)?);
            self.state = State::Ended;
        }
        Ok(read)
    }
}

impl Read for Plaintext<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.state {
            State::Reading => self.step(buffer).inspect_err(|_| self.state = State::Failed),
            State::Ended => Ok(0),
            State::Failed => Err(self.disk.error()),
        }
    }
}

/// The library answers states that it thinks impossible with a panic. Nothing that is sent to us is known to bring it there,
/// and if something did, it would be the file that is damaged and not the program. `None` after a panic; what it left
/// behind is not used again.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// Goes in through the layers up to the text. There is at most one of each kind, as all programs write them: message
/// within message could go on for ever.
fn opened<'s>(
    file: Box<dyn Read + Send + 's>,
    armored: bool,
    keys: &OpenPgpKeys,
    disk: &Disk,
    layers: &mut Vec<Arc<Passage>>,
) -> Result<Message<'s>, ContainerError> {
    let mut message = match armored {
        false => enter(file, disk, layers)?,
        true => {
            let armor = BufReader::with_capacity(1 << 16, file);
            enter(Armored::new(armor), disk, layers)?
        }
    };
    if let Message::Encrypted { esk, mut edata, .. } = message {
        let key = session_key(&esk, keys)?;
        if !is_known(&edata) {
            return Err(ContainerError::Unsupported);
        }
        // GnuPG 2.4 writes its own form of authenticated encryption to keys that allow it.
        let options =
            DecryptionOptions::new().enable_gnupg_aead().set_seipdv1_read_mode(Seipdv1ReadMode::Streaming);
        edata.decrypt_with_options(&key, options).map_err(|error| unusable(&error))?;
        message = enter_content(Decrypted(edata), disk, layers)?;
    }
    if let Message::Compressed { reader, .. } = message {
        let inflated = reader.decompress().map_err(|error| packed_or_damaged(&error))?;
        message = enter_content(Inflated(inflated), disk, layers)?;
    }
    let is_text = match &message {
        Message::Signed { reader, .. } => reader.get_ref().is_literal(),
        message => message.is_literal(),
    };
    if is_text { Ok(message) } else { Err(ContainerError::Unsupported) }
}

/// Whether the message is encrypted in a way that is read here. The library takes it for granted that a cipher for
/// authenticated encryption is one.
fn is_known(edata: &Edata<'_>) -> bool {
    let (sym_alg, aead) = match edata {
        Edata::SymEncryptedProtectedData { reader } | Edata::GnupgAeadData { reader } => {
            match reader.config() {
                ProtectedDataConfig::Seipd(SymEncryptedProtectedDataConfig::V1) => return true,
                ProtectedDataConfig::Seipd(SymEncryptedProtectedDataConfig::V2 { sym_alg, aead, .. }) => {
                    (sym_alg, aead)
                }
                ProtectedDataConfig::GnupgAead(config) => (&config.sym_alg, &config.aead),
            }
        }
        // Without any proof that its bytes are what was sent: no program has written this for twenty years.
        Edata::SymEncryptedData { .. } => return false,
    };
    aead.tag_size().is_some()
        && matches!(
            sym_alg,
            SymmetricKeyAlgorithm::AES128 | SymmetricKeyAlgorithm::AES192 | SymmetricKeyAlgorithm::AES256
        )
}

/// Reads the first packets of what is inside of the innermost layer so far.
fn enter_content<'s>(
    content: impl Read + Send + 's,
    disk: &Disk,
    layers: &mut Vec<Arc<Passage>>,
) -> Result<Message<'s>, ContainerError> {
    if let Some(around) = layers.last() {
        around.is_content();
    }
    enter(content, disk, layers)
}

fn enter<'s>(
    layer: impl Read + Send + 's,
    disk: &Disk,
    layers: &mut Vec<Arc<Passage>>,
) -> Result<Message<'s>, ContainerError> {
    let (passage, mut reader) = Layer::new(layer, disk);
    layers.push(passage);
    reader.fill_buf().map_err(|error| {
        ContainerError::in_io_error(&error).cloned().unwrap_or(ContainerError::MessageDamaged)
    })?;
    Message::from_bytes(reader).map_err(|error| unusable(&error))
}

fn unusable(error: &pgp::errors::Error) -> ContainerError {
    match error {
        pgp::errors::Error::Unsupported { .. } => ContainerError::Unsupported,
        _ => ContainerError::MessageDamaged,
    }
}

/// What is compressed in a way that is not read here is told by this kind.
fn packed_or_damaged(error: &io::Error) -> ContainerError {
    match error.kind() {
        io::ErrorKind::InvalidInput => ContainerError::Unsupported,
        _ => ContainerError::MessageDamaged,
    }
}
