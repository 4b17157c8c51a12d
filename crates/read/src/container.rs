//! What a file's bytes are wrapped in: nothing, gzip, a zip archive, a workbook, or an OpenPGP message with one of these
//! inside. Everything is unpacked while it is read; only an archive within a message is held in memory.

use std::io::{self, Read};

use homeroom_model::source::{ReadSeek, Source};

use crate::archive::{self, ArchiveContents, ArchiveEntry, NamedEntry};
use crate::container_error::ContainerError;
use crate::encoding::first_block;
use crate::openpgp::{DecryptedFile, Detected, MessageForm, OpenPgpMessage, SharedStatus, detect};
use crate::rules::{ReadLimits, ReadRules};
use crate::unpacked::{BytesRead, Counted, Unpacked, gunzipped};
use crate::vocabulary::Vocabulary;
use crate::workbook::Workbook;

const GZIP: &[u8] = b"\x1F\x8B";

/// How the table is extracted from a file, as often as it is needed.
#[derive(Debug)]
pub(crate) enum Container {
    /// The file is the table.
    Plain,
    /// `.gz`, of one or several members (RFC 1952 section 2.2).
    Gzip,
    /// One entry of a zip archive.
    Zip(ArchiveEntry),
    /// Several entries of a zip archive that may be tables.
    Several(Vec<NamedEntry>),
    /// A sheet of an Excel workbook.
    Workbook(Workbook),
    /// An OpenPGP message with a plain file or gzip inside.
    Message(OpenPgpMessage, Box<Container>),
    /// A zip archive or a workbook from an OpenPGP message.
    InMemory(DecryptedFile, Box<Container>),
}

impl Container {
    /// Detects the container of a file that begins with `start`.
    pub(crate) fn detect(
        source: &dyn Source,
        rules: &ReadRules,
        start: &[u8],
    ) -> io::Result<Result<Container, ContainerError>> {
        match detect(start, source.length()) {
            Some(Detected::NotAMessage(item)) => return Ok(Err(ContainerError::NotAMessage(item))),
            Some(Detected::Message { start, form }) => {
                return Container::in_message(source, rules, start, form);
            }
            None => {}
        }
        if start.starts_with(GZIP) {
            return Ok(Ok(Container::Gzip));
        }
        if is_zip(start) {
            return match archive::list(source)? {
                Ok(ArchiveContents::Table(entry)) => Ok(Ok(Container::Zip(entry))),
                Ok(ArchiveContents::Tables(entries)) => Ok(Ok(Container::Several(entries))),
                Ok(ArchiveContents::Workbook(parts)) => {
                    let vocabulary = Vocabulary::flat(&rules.profile);
                    Workbook::open(source, &rules.limits, &vocabulary, &parts)
                        .map(Container::Workbook)
                        .map(Ok)
                }
                Err(error) => Ok(Err(error)),
            };
        }
        Ok(Ok(Container::Plain))
    }

    /// Takes the entries out when several may be tables; and the archive, when it came in a message.
    pub(crate) fn take_several(&mut self) -> Option<(Vec<NamedEntry>, Option<DecryptedFile>)> {
        match self {
            Container::Several(entries) => Some((std::mem::take(entries), None)),
            Container::InMemory(archive, inside) => {
                inside.take_several().map(|(entries, _)| (entries, Some(archive.clone())))
            }
            _ => None,
        }
    }

    /// Whether the table is the sheet of a workbook.
    pub(crate) fn is_sheet(&self) -> bool {
        match self {
            Container::Workbook(_) => true,
            Container::InMemory(_, inside) => inside.is_sheet(),
            _ => false,
        }
    }

    /// Detects the container inside an OpenPGP message.
    fn in_message(
        source: &dyn Source,
        rules: &ReadRules,
        start: u64,
        form: MessageForm,
    ) -> io::Result<Result<Container, ContainerError>> {
        let limits = &rules.limits;
        let keys = rules.keys.clone().unwrap_or_default();
        let message = OpenPgpMessage { start, form, keys, signature: SharedStatus::default() };
        let plaintext =
            || decrypted(&message, source.open()?, limits, source.length(), &BytesRead::default());
        let first = first_block(&mut plaintext()?)?;
        if first.starts_with(GZIP) {
            return Ok(Ok(Container::Message(message, Box::new(Container::Gzip))));
        }
        if is_zip(&first) {
            let file = DecryptedFile::read(plaintext()?, message.signature.clone())?;
            let inside = Container::detect(file.bytes(), rules, &first)?;
            return Ok(inside.map(|inside| Container::InMemory(file, Box::new(inside))));
        }
        // Nobody sends a message within a message, and the nesting could be endless.
        if detect(&first, u64::MAX).is_some() {
            return Ok(Err(ContainerError::Unsupported));
        }
        Ok(Ok(Container::Message(message, Box::new(Container::Plain))))
    }

    /// The status of the file's signature, which changes while the file is read.
    pub(crate) fn signature(&self) -> SharedStatus {
        match self {
            Container::Message(message, _) => message.signature.clone(),
            Container::InMemory(file, _) => file.signature().clone(),
            _ => SharedStatus::default(),
        }
    }

    /// A reader of the table. `bytes_read` counts the bytes of the file that have been read.
    pub(crate) fn open<'s>(
        &self,
        source: &'s dyn Source,
        limits: &ReadLimits,
        bytes_read: &BytesRead,
    ) -> io::Result<Box<dyn Read + Send + 's>> {
        self.open_from(&|| source.open(), source.length(), limits, bytes_read)
    }

    fn open_from<'s>(
        &self,
        file: &dyn Fn() -> io::Result<Box<dyn ReadSeek + Send + 's>>,
        length: u64,
        limits: &ReadLimits,
        bytes_read: &BytesRead,
    ) -> io::Result<Box<dyn Read + Send + 's>> {
        let counted = || Ok::<_, io::Error>(Counted { inner: file()?, bytes_read: bytes_read.clone() });
        Ok(match self {
            // Several tables are opened one by one, each as an entry.
            Container::Plain | Container::Several(_) => Box::new(counted()?),
            Container::Gzip => gunzipped(counted()?, limits, length),
            Container::Zip(entry) => entry.open(file()?, limits, bytes_read)?,
            // A few bytes of a sheet, such as a cell far to the right, may become much text.
            Container::Workbook(workbook) => {
                Box::new(Unpacked::new(workbook.rows(file()?, limits, bytes_read)?, limits, length))
            }
            Container::Message(message, inside) => {
                let plaintext = decrypted(message, file()?, limits, length, bytes_read)?;
                match **inside {
                    Container::Gzip => gunzipped(plaintext, limits, length),
                    _ => plaintext,
                }
            }
            Container::InMemory(file, inside) => {
                inside.open_from(&|| Ok(file.open()), file.bytes().len() as u64, limits, bytes_read)?
            }
        })
    }
}

fn is_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
}

fn decrypted<'s>(
    message: &OpenPgpMessage,
    mut file: Box<dyn ReadSeek + Send + 's>,
    limits: &ReadLimits,
    length: u64,
    bytes_read: &BytesRead,
) -> io::Result<Box<dyn Read + Send + 's>> {
    message.seek(&mut *file)?;
    let file = Counted { inner: file, bytes_read: bytes_read.clone() };
    Ok(Box::new(Unpacked::new(message.open(Box::new(file))?, limits, length)))
}
