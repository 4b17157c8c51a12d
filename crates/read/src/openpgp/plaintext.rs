//! Decrypts and decompresses a message while it is read.

use std::io::{self, BufRead, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use pgp::composed::{DecryptionOptions, Edata, Message};
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::packet::{ProtectedDataConfig, SymEncryptedProtectedDataConfig};
use pgp::types::Seipdv1ReadMode;

use crate::container_error::ContainerError;
use crate::openpgp::detect::MessageForm;
use crate::openpgp::keys::OpenPgpKeys;
use crate::openpgp::layer::{Armored, Decrypted, DiskError, Inflated, Layer, LayerProgress};
use crate::openpgp::session::session_key;
use crate::openpgp::signature::{SharedStatus, status_before, verify};

/// The plaintext of a message. Only its end proves that the bytes are what was sent: until then they may have been tampered
/// with.
pub(crate) struct Plaintext<'s> {
    message: Message<'s>,
    /// All layers, the innermost last.
    layers: Vec<Arc<LayerProgress>>,
    keys: Arc<OpenPgpKeys>,
    signature: SharedStatus,
    disk_error: DiskError,
    bytes_out: u64,
    state: ReadState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ReadState {
    Reading,
    Ended,
    Failed,
}

impl<'s> Plaintext<'s> {
    /// Opens a message; `file` is at its first byte.
    pub(crate) fn open(
        file: Box<dyn Read + Send + 's>,
        form: MessageForm,
        keys: Arc<OpenPgpKeys>,
        signature: SharedStatus,
    ) -> io::Result<Plaintext<'s>> {
        let disk_error = DiskError::default();
        let mut layers = vec![];
        let opened = catch_panic(|| open_layers(file, form, &keys, &disk_error, &mut layers));
        let message = opened.unwrap_or(Err(ContainerError::MessageDamaged)).map_err(|error| match error {
            ContainerError::MessageDamaged => disk_error.or_damaged(),
            error => error.into(),
        })?;
        signature.set(status_before(&message, &keys));
        Ok(Plaintext {
            message,
            layers,
            keys,
            signature,
            disk_error,
            bytes_out: 0,
            state: ReadState::Reading,
        })
    }

    fn step(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = catch_panic(|| self.message.read(buffer)).and_then(Result::ok);
        let read = read.ok_or_else(|| self.disk_error.or_damaged())?;
        self.bytes_out += read as u64;
        if let Some(innermost) = self.layers.last() {
            innermost.allow_beyond(self.bytes_out);
        }
        if read == 0 && !buffer.is_empty() {
            if !self.layers.iter().all(|layer| layer.has_ended()) {
                return Err(ContainerError::MessageDamaged.into());
            }
            self.signature.set(verify(&self.message, &self.keys)?);
            self.state = ReadState::Ended;
        }
        Ok(read)
    }
}

impl Read for Plaintext<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.state {
            ReadState::Reading => self.step(buffer).inspect_err(|_| self.state = ReadState::Failed),
            ReadState::Ended => Ok(0),
            ReadState::Failed => Err(self.disk_error.or_damaged()),
        }
    }
}

/// The library panics in states that it considers impossible. No file is known to cause that, and if one did, the file would be
/// damaged and not the program. `None` after a panic; the panicked state is not used again.
fn catch_panic<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// Opens the layers down to the literal data. At most one layer of each kind is allowed, which is what all programs write:
/// messages within messages could be nested without end.
fn open_layers<'s>(
    file: Box<dyn Read + Send + 's>,
    form: MessageForm,
    keys: &OpenPgpKeys,
    disk_error: &DiskError,
    layers: &mut Vec<Arc<LayerProgress>>,
) -> Result<Message<'s>, ContainerError> {
    let mut message = match form {
        MessageForm::Binary => open_layer(file, disk_error, layers)?,
        MessageForm::Armored => {
            let armor = BufReader::with_capacity(1 << 16, file);
            open_layer(Armored::new(armor), disk_error, layers)?
        }
    };
    if let Message::Encrypted { esk, mut edata, .. } = message {
        let key = session_key(&esk, keys)?;
        if !is_supported(&edata) {
            return Err(ContainerError::Unsupported);
        }
        // GnuPG 2.4 uses its own form of authenticated encryption for keys that allow it.
        let options =
            DecryptionOptions::new().enable_gnupg_aead().set_seipdv1_read_mode(Seipdv1ReadMode::Streaming);
        edata.decrypt_with_options(&key, options).map_err(|error| unsupported_or_damaged(&error))?;
        message = open_content(Decrypted(edata), disk_error, layers)?;
    }
    if let Message::Compressed { reader, .. } = message {
        let inflated = reader.decompress().map_err(|error| unsupported_or_damaged_io(&error))?;
        message = open_content(Inflated(inflated), disk_error, layers)?;
    }
    let is_literal = match &message {
        Message::Signed { reader, .. } => reader.get_ref().is_literal(),
        message => message.is_literal(),
    };
    if is_literal { Ok(message) } else { Err(ContainerError::Unsupported) }
}

/// Whether the encryption is supported. The library assumes that the cipher of an authenticated mode is a suitable one.
fn is_supported(edata: &Edata<'_>) -> bool {
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
        // Not authenticated at all; no program has written this for twenty years.
        Edata::SymEncryptedData { .. } => return false,
    };
    aead.tag_size().is_some()
        && matches!(
            sym_alg,
            SymmetricKeyAlgorithm::AES128 | SymmetricKeyAlgorithm::AES192 | SymmetricKeyAlgorithm::AES256
        )
}

/// Opens a layer inside the innermost one so far.
fn open_content<'s>(
    content: impl Read + Send + 's,
    disk_error: &DiskError,
    layers: &mut Vec<Arc<LayerProgress>>,
) -> Result<Message<'s>, ContainerError> {
    if let Some(outer) = layers.last() {
        outer.allow_all();
    }
    open_layer(content, disk_error, layers)
}

/// Opens a layer and reads its first packets.
fn open_layer<'s>(
    layer: impl Read + Send + 's,
    disk_error: &DiskError,
    layers: &mut Vec<Arc<LayerProgress>>,
) -> Result<Message<'s>, ContainerError> {
    let (progress, mut reader) = Layer::new(layer, disk_error);
    layers.push(progress);
    reader.fill_buf().map_err(|error| {
        ContainerError::in_io_error(&error).cloned().unwrap_or(ContainerError::MessageDamaged)
    })?;
    Message::from_bytes(reader).map_err(|error| unsupported_or_damaged(&error))
}

fn unsupported_or_damaged(error: &pgp::errors::Error) -> ContainerError {
    match error {
        pgp::errors::Error::Unsupported { .. } => ContainerError::Unsupported,
        _ => ContainerError::MessageDamaged,
    }
}

/// The library reports an unsupported compression method as `InvalidInput`.
fn unsupported_or_damaged_io(error: &io::Error) -> ContainerError {
    match error.kind() {
        io::ErrorKind::InvalidInput => ContainerError::Unsupported,
        _ => ContainerError::MessageDamaged,
    }
}
