//! What a file's bytes lie in: nothing, gzip, a zip archive, a workbook, or an OpenPGP message with one of these in it.
//! Unpacked while they are read, never as a whole; only an archive within a message is held in memory.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder};
use homeroom_model::source::{ReadSeek, Source};
use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

use crate::file_type::FileType;
use crate::openpgp::{Found, OpenPgpItem, Sealed, Seen, Whole, detect};
use crate::rules::{ReadLimits, ReadRules};
use crate::vocabulary::Vocabulary;
use crate::workbook::Workbook;

/// How the table is got out of a file, as often as it is needed.
#[derive(Debug)]
pub(crate) enum Container {
    /// The file is the table.
    Plain,
    /// `.gz`, of one or several members (RFC 1952 section 2.2).
    Gzip,
    /// One entry of a zip archive.
    Zip(Entry),
    /// The entries of a zip archive that may be tables, by their names; several.
    Several(Entries),
    /// A sheet of an Excel workbook.
    Workbook(Workbook),
    /// An OpenPGP message with a plain file or gzip in it.
    Sealed(Sealed, Box<Container>),
    /// A zip archive or a workbook that lay in an OpenPGP message.
    InMemory(Whole, Box<Container>),
}

/// Entries by their names.
pub(crate) type Entries = Vec<(String, Entry)>;

/// Where an entry lies in its archive, and what its bytes must be.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    start: u64,
    packed: u64,
    deflated: bool,
    length: u64,
    crc: u32,
}

/// Why an archive or a message gives no table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerError {
    /// It is cut off, or its bytes are not what its check sums say.
    Damaged,
    /// It asks for a password.
    PasswordProtected,
    /// It is compressed or encrypted by a method that is not supported.
    Unsupported,
    /// No entry is a table; the names of some of those that are there.
    NoTable(Vec<String>),
    /// Several entries may be the table; their names.
    SeveralTables(Vec<String>),
    /// It is a document of another program.
    Document(FileType),
    /// It unpacks to more bytes than allowed, or holds more entries.
    TooLarge,
    /// An OpenPGP message that is encrypted to a key, and there is no key of ours.
    EncryptedWithoutKey,
    /// An OpenPGP message that is encrypted to other keys than ours.
    EncryptedToOtherKey,
    /// An OpenPGP message that is encrypted with a password only.
    EncryptedWithPassword,
    /// An OpenPGP message that is cut off, or whose bytes are not what was encrypted.
    MessageDamaged,
    /// Its OpenPGP signature is of none of the district's keys, or not one of these bytes.
    BadSignature,
    /// An OpenPGP item that does not contain a file.
    NotAMessage(OpenPgpItem),
}

/// Bytes that may be read to find out what an archive holds: far more than one for a roster has.
const DIRECTORY: u64 = 4 << 20;
/// Entries that an archive for a roster may have.
const ENTRIES: usize = 1_000;
/// Unpacked bytes from which on the ratio counts: what is smaller does no harm.
const HARMLESS: u64 = 64 << 20;
/// Unpacked bytes for each packed one. Rosters reach 30; what is made to do harm, 1,000.
const RATIO: u64 = 200;

impl Container {
    /// Finds out what a file that begins with `start` lies in.
    pub(crate) fn of(
        source: &dyn Source,
        rules: &ReadRules,
        start: &[u8],
    ) -> io::Result<Result<Container, ContainerError>> {
        match detect(start, source.length()) {
            Some(Found::NotAMessage(item)) => return Ok(Err(ContainerError::NotAMessage(item))),
            Some(Found::Armored(at)) => return Container::in_message(source, rules, at, true),
            Some(Found::Binary) => return Container::in_message(source, rules, 0, false),
            None => {}
        }
        if start.starts_with(b"\x1F\x8B") {
            return Ok(Ok(Container::Gzip));
        }
        if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
            return match parts(Budget { inner: source.open()?, left: DIRECTORY }) {
                Ok(Parts::Table(entry)) => Ok(Ok(Container::Zip(entry))),
                Ok(Parts::Tables(entries)) => Ok(Ok(Container::Several(entries))),
                Ok(Parts::Workbook(parts)) => {
                    let vocabulary = Vocabulary::flat(&rules.profile);
                    Workbook::open(source, &rules.limits, &vocabulary, &parts)
                        .map(Container::Workbook)
                        .map(Ok)
                }
                Err(why) => Ok(Err(why)),
            };
        }
        Ok(Ok(Container::Plain))
    }

    /// The entries, when there are several that may be tables; and the archive, when it lay in a message.
    pub(crate) fn several(&mut self) -> Option<(Entries, Option<Whole>)> {
        match self {
            Container::Several(entries) => Some((std::mem::take(entries), None)),
            Container::InMemory(whole, inside) => {
                inside.several().map(|(entries, _)| (entries, Some(whole.clone())))
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

    /// Looks at what an OpenPGP message holds.
    fn in_message(
        source: &dyn Source,
        rules: &ReadRules,
        start: u64,
        armored: bool,
    ) -> io::Result<Result<Container, ContainerError>> {
        let limits = &rules.limits;
        let keys = rules.keys.clone().unwrap_or_default();
        let sealed = Sealed { start, armored, keys, seen: Seen::default() };
        let plaintext = || unsealed(&sealed, source.open()?, limits, source.length(), &Taken::default());
        let begin = crate::encoding::start(&mut plaintext()?)?;
        if begin.starts_with(b"\x1F\x8B") {
            return Ok(Ok(Container::Sealed(sealed, Box::new(Container::Gzip))));
        }
        if begin.starts_with(b"PK\x03\x04") || begin.starts_with(b"PK\x05\x06") {
            let whole = Whole::read(plaintext()?, sealed.seen.clone())?;
            let inside = Container::of(whole.bytes(), rules, &begin)?;
            return Ok(inside.map(|inside| Container::InMemory(whole, Box::new(inside))));
        }
        // A message within a message: nobody means that, and it could go on for ever.
        if detect(&begin, u64::MAX).is_some() {
            return Ok(Err(ContainerError::Unsupported));
        }
        Ok(Ok(Container::Sealed(sealed, Box::new(Container::Plain))))
    }

    /// What is known of the file's signature, now and when more of it has been read.
    pub(crate) fn seen(&self) -> Seen {
        match self {
            Container::Sealed(sealed, _) => sealed.seen.clone(),
            Container::InMemory(whole, _) => whole.seen().clone(),
            _ => Seen::default(),
        }
    }

    /// A reader of what the container holds. `taken` counts the bytes of the file that have been read.
    pub(crate) fn open<'s>(
        &self,
        source: &'s dyn Source,
        limits: &ReadLimits,
        taken: &Taken,
    ) -> io::Result<Box<dyn Read + Send + 's>> {
        self.open_from(&|| source.open(), source.length(), limits, taken)
    }

    fn open_from<'s>(
        &self,
        file: &dyn Fn() -> io::Result<Box<dyn ReadSeek + Send + 's>>,
        length: u64,
        limits: &ReadLimits,
        taken: &Taken,
    ) -> io::Result<Box<dyn Read + Send + 's>> {
        let counted = || Ok::<_, io::Error>(Counted { inner: file()?, taken: taken.clone() });
        Ok(match self {
            // Several tables are opened one by one, each as an entry.
            Container::Plain | Container::Several(_) => Box::new(counted()?),
            Container::Gzip => gunzipped(counted()?, limits, length),
            Container::Zip(entry) => entry.open(file()?, limits, taken)?,
            // What a sheet says in few bytes, such as a cell far to the right, may be much text.
            Container::Workbook(workbook) => {
                Box::new(Unpacked::new(workbook.rows(file()?, limits, taken)?, limits, length, None))
            }
            Container::Sealed(sealed, inside) => {
                let plaintext = unsealed(sealed, file()?, limits, length, taken)?;
                match **inside {
                    Container::Gzip => gunzipped(plaintext, limits, length),
                    _ => plaintext,
                }
            }
            Container::InMemory(whole, inside) => {
                inside.open_from(&|| Ok(whole.open()), whole.bytes().len() as u64, limits, taken)?
            }
        })
    }
}

fn gunzipped<'s>(gzip: impl Read + Send + 's, limits: &ReadLimits, packed: u64) -> Box<dyn Read + Send + 's> {
    Box::new(Unpacked::new(MultiGzDecoder::new(buffered(gzip)), limits, packed, None))
}

fn unsealed<'s>(
    sealed: &Sealed,
    mut file: Box<dyn ReadSeek + Send + 's>,
    limits: &ReadLimits,
    length: u64,
    taken: &Taken,
) -> io::Result<Box<dyn Read + Send + 's>> {
    sealed.seek(&mut *file)?;
    let file = Counted { inner: file, taken: taken.clone() };
    Ok(Box::new(Unpacked::new(sealed.open(Box::new(file))?, limits, length, None)))
}

impl Entry {
    fn of<R: Read + Seek>(entry: &ZipFile<'_, R>) -> Result<Entry, ContainerError> {
        if entry.encrypted() {
            return Err(ContainerError::PasswordProtected);
        }
        let deflated = match entry.compression() {
            CompressionMethod::Stored => false,
            CompressionMethod::Deflated => true,
            _ => return Err(ContainerError::Unsupported),
        };
        Ok(Entry {
            start: entry.data_start().ok_or(ContainerError::Damaged)?,
            packed: entry.compressed_size(),
            deflated,
            length: entry.size(),
            crc: entry.crc32(),
        })
    }

    /// A reader of the unpacked entry.
    pub(crate) fn open<'s>(
        &self,
        mut file: Box<dyn ReadSeek + Send + 's>,
        limits: &ReadLimits,
        taken: &Taken,
    ) -> io::Result<Box<dyn Read + Send + 's>> {
        file.seek(SeekFrom::Start(self.start))?;
        let packed = Counted { inner: file, taken: taken.clone() }.take(self.packed);
        let ends = Some((self.length, self.crc));
        Ok(match self.deflated {
            true => Box::new(Unpacked::new(DeflateDecoder::new(buffered(packed)), limits, self.packed, ends)),
            false => Box::new(Unpacked::new(packed, limits, self.packed, ends)),
        })
    }
}

fn buffered<R: Read>(reader: R) -> BufReader<R> {
    BufReader::with_capacity(1 << 16, reader)
}

/// What an archive holds that may be read.
enum Parts {
    Table(Entry),
    /// Several that may be tables, by their names.
    Tables(Entries),
    /// The parts of a workbook by their paths.
    Workbook(HashMap<String, Entry>),
}

fn parts(archive: impl Read + Seek) -> Result<Parts, ContainerError> {
    let mut archive = ZipArchive::new(archive).map_err(|error| match error {
        zip::result::ZipError::Io(error) if Spent::is(&error) => ContainerError::TooLarge,
        _ => ContainerError::Damaged,
    })?;
    if archive.len() > ENTRIES {
        return Err(ContainerError::TooLarge);
    }
    let mut tables = Vec::new();
    let mut others = Vec::new();
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at).map_err(|_| ContainerError::Damaged)?;
        let name = entry.name().map_err(|_| ContainerError::Damaged)?.into_owned();
        match kind(&name) {
            Kind::Table => tables.push((at, name)),
            Kind::Other => others.push((at, name)),
            Kind::Litter => {}
        }
    }
    let has = |path: &str| others.iter().any(|(_, name)| name == path);
    if has("xl/workbook.xml") {
        let part = |(at, name)| {
            Ok((name, Entry::of(&archive.by_index_raw(at).map_err(|_| ContainerError::Damaged)?)?))
        };
        return others.into_iter().map(part).collect::<Result<_, _>>().map(Parts::Workbook);
    }
    const DOCUMENTS: [(&str, FileType); 4] = [
        ("xl/workbook.bin", FileType::BinaryExcel),
        ("word/document.xml", FileType::Word),
        ("ppt/presentation.xml", FileType::PowerPoint),
        ("content.xml", FileType::OpenDocument),
    ];
    if let Some((_, document)) = DOCUMENTS.iter().find(|(path, _)| has(path)) {
        return Err(ContainerError::Document(*document));
    }
    // An archive with one file: whatever its name is, it is meant.
    if tables.is_empty() && others.len() == 1 {
        tables.append(&mut others);
    }
    let names = |list: Vec<(usize, String)>| list.into_iter().take(10).map(|(_, name)| name).collect();
    let mut entry = |at| Entry::of(&archive.by_index_raw(at).map_err(|_| ContainerError::Damaged)?);
    match tables.as_slice() {
        [] => Err(ContainerError::NoTable(names(others))),
        [(at, _)] => entry(*at).map(Parts::Table),
        _ => tables
            .into_iter()
            .map(|(at, name)| Ok((name, entry(at)?)))
            .collect::<Result<_, _>>()
            .map(Parts::Tables),
    }
}

enum Kind {
    Table,
    Other,
    /// Folders, and what operating systems put beside files.
    Litter,
}

fn kind(path: &str) -> Kind {
    let parts = path.split(['/', '\\']).collect::<Vec<_>>();
    let name = parts.last().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
    if name.is_empty() || name.starts_with('.') || parts.contains(&"__MACOSX") {
        return Kind::Litter;
    }
    match name.rsplit_once('.') {
        _ if matches!(name.as_str(), "thumbs.db" | "desktop.ini") => Kind::Litter,
        Some((_, "csv" | "txt" | "tsv" | "tab")) => Kind::Table,
        _ => Kind::Other,
    }
}

/// How many bytes of the file, as it lies there, have been read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taken(Arc<AtomicU64>);

impl Taken {
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

struct Counted<R> {
    inner: R,
    taken: Taken,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.taken.0.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// What comes out of a packed file: watched for its length, and at the end compared with what the archive says of it.
struct Unpacked<R> {
    inner: R,
    crc: crc32fast::Hasher,
    length: u64,
    most: u64,
    /// The length and check sum that there must be.
    ends: Option<(u64, u32)>,
}

impl<R> Unpacked<R> {
    fn new(inner: R, limits: &ReadLimits, packed: u64, ends: Option<(u64, u32)>) -> Unpacked<R> {
        let most = limits.bytes.min(HARMLESS.max(packed.saturating_mul(RATIO)));
        Unpacked { inner, crc: crc32fast::Hasher::new(), length: 0, most, ends }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer).map_err(|error| match error.raw_os_error() {
            // What the operating system says is about the disk; the rest, about the bytes.
            Some(_) => error,
            None if error.kind() == io::ErrorKind::Interrupted
                || ContainerError::in_io_error(&error).is_some() =>
            {
                error
            }
            None => ContainerError::Damaged.into(),
        })?;
        self.length += read as u64;
        if self.length > self.most {
            return Err(ContainerError::TooLarge.into());
        }
        if let Some(ends) = self.ends {
            self.crc.update(&buffer[..read]);
            if read == 0 && !buffer.is_empty() && ends != (self.length, self.crc.clone().finalize()) {
                return Err(ContainerError::Damaged.into());
            }
        }
        Ok(read)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the archive gives no table")]
struct Stopped(ContainerError);

impl From<ContainerError> for io::Error {
    fn from(why: ContainerError) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, Stopped(why))
    }
}

impl ContainerError {
    /// Whether an error of a reader is about the archive, and what.
    pub fn in_io_error(error: &io::Error) -> Option<&ContainerError> {
        error.get_ref()?.downcast_ref::<Stopped>().map(|stopped| &stopped.0)
    }
}

/// A reader that gives only so many bytes: the list of an archive's entries is read into memory as it stands there.
struct Budget<R> {
    inner: R,
    left: u64,
}

#[derive(Debug, thiserror::Error)]
#[error("the archive's list of entries is too long")]
struct Spent;

impl Spent {
    fn is(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<Spent>())
    }
}

impl<R: Read> Read for Budget<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| io::Error::other(Spent))?;
        Ok(read)
    }
}

impl<R: Seek> Seek for Budget<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
