//! The directory of a zip archive: which entries may be tables, and how an entry is unpacked.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};

use flate2::bufread::DeflateDecoder;
use homeroom_model::source::{ReadSeek, Source};
use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

use crate::container_error::ContainerError;
use crate::file_type::FileType;
use crate::rules::ReadLimits;
use crate::unpacked::{BytesRead, Checksum, Counted, Unpacked, buffered};

/// Bytes that may be read to list an archive's entries: far more than an archive with a roster needs.
const MAX_DIRECTORY_BYTES: u64 = 4 << 20;
/// The most entries of an archive.
const MAX_ENTRIES: usize = 1_000;
/// Entry names given in an error.
const MAX_NAMES: usize = 10;

/// Where an entry lies in its archive, and what its unpacked bytes must match.
#[derive(Clone, Debug)]
pub(crate) struct ArchiveEntry {
    start: u64,
    packed_length: u64,
    is_deflated: bool,
    checksum: Checksum,
}

impl ArchiveEntry {
    fn from_zip<R: Read + Seek>(entry: &ZipFile<'_, R>) -> Result<ArchiveEntry, ContainerError> {
        if entry.encrypted() {
            return Err(ContainerError::PasswordProtected);
        }
        let is_deflated = match entry.compression() {
            CompressionMethod::Stored => false,
            CompressionMethod::Deflated => true,
            _ => return Err(ContainerError::Unsupported),
        };
        Ok(ArchiveEntry {
            start: entry.data_start().ok_or(ContainerError::Damaged)?,
            packed_length: entry.compressed_size(),
            is_deflated,
            checksum: Checksum { length: entry.size(), crc: entry.crc32() },
        })
    }

    /// A reader of the unpacked entry. `file` is the archive.
    pub(crate) fn open<'s>(
        &self,
        mut file: Box<dyn ReadSeek + Send + 's>,
        limits: &ReadLimits,
        bytes_read: &BytesRead,
    ) -> io::Result<Box<dyn Read + Send + 's>> {
        file.seek(SeekFrom::Start(self.start))?;
        let packed = Counted { inner: file, bytes_read: bytes_read.clone() }.take(self.packed_length);
        Ok(match self.is_deflated {
            true => {
                let inflated = DeflateDecoder::new(buffered(packed));
                Box::new(Unpacked::new(inflated, limits, self.packed_length).expecting(self.checksum))
            }
            false => Box::new(Unpacked::new(packed, limits, self.packed_length).expecting(self.checksum)),
        })
    }
}

/// An entry with its path in the archive.
pub(crate) type NamedEntry = (String, ArchiveEntry);

/// The entries of an archive that may be read.
pub(crate) enum ArchiveContents {
    /// The only entry that may be a table.
    Table(ArchiveEntry),
    /// Several entries that may be tables.
    Tables(Vec<NamedEntry>),
    /// The parts of a workbook by their paths.
    Workbook(HashMap<String, ArchiveEntry>),
}

/// Lists the entries of a zip archive.
///
/// # Errors
/// The outer error is the disk's.
pub(crate) fn list(source: &dyn Source) -> io::Result<Result<ArchiveContents, ContainerError>> {
    Ok(contents(Budget { inner: source.open()?, left: MAX_DIRECTORY_BYTES }))
}

fn contents(archive: impl Read + Seek) -> Result<ArchiveContents, ContainerError> {
    let mut archive = ZipArchive::new(archive).map_err(|error| match error {
        zip::result::ZipError::Io(error) if is_budget_spent(&error) => ContainerError::TooLarge,
        _ => ContainerError::Damaged,
    })?;
    if archive.len() > MAX_ENTRIES {
        return Err(ContainerError::TooLarge);
    }
    let mut tables = Vec::new();
    let mut others = Vec::new();
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at).map_err(|_| ContainerError::Damaged)?;
        let name = entry.name().map_err(|_| ContainerError::Damaged)?.into_owned();
        match EntryKind::from_path(&name) {
            EntryKind::Table => tables.push((at, name)),
            EntryKind::Other => others.push((at, name)),
            EntryKind::Litter => {}
        }
    }
    let has = |path: &str| others.iter().any(|(_, name)| name == path);
    let mut entry_at =
        |at| ArchiveEntry::from_zip(&archive.by_index_raw(at).map_err(|_| ContainerError::Damaged)?);
    if has("xl/workbook.xml") {
        let parts = others.into_iter().map(|(at, name)| Ok((name, entry_at(at)?)));
        return parts.collect::<Result<_, _>>().map(ArchiveContents::Workbook);
    }
    if let Some((_, document)) = DOCUMENTS.iter().find(|(path, _)| has(path)) {
        return Err(ContainerError::Document(*document));
    }
    // The only file of an archive is the roster, whatever its name.
    if tables.is_empty() && others.len() == 1 {
        tables.append(&mut others);
    }
    match tables.as_slice() {
        [] => {
            Err(ContainerError::NoTable(others.into_iter().take(MAX_NAMES).map(|(_, name)| name).collect()))
        }
        [(at, _)] => entry_at(*at).map(ArchiveContents::Table),
        _ => {
            let entries = tables.into_iter().map(|(at, name)| Ok((name, entry_at(at)?)));
            entries.collect::<Result<_, _>>().map(ArchiveContents::Tables)
        }
    }
}

/// Documents that are zip archives, by an entry that each of them has.
const DOCUMENTS: [(&str, FileType); 4] = [
    ("xl/workbook.bin", FileType::BinaryExcel),
    ("word/document.xml", FileType::Word),
    ("ppt/presentation.xml", FileType::PowerPoint),
    ("content.xml", FileType::OpenDocument),
];

enum EntryKind {
    Table,
    Other,
    /// Folders, and files that operating systems add.
    Litter,
}

impl EntryKind {
    fn from_path(path: &str) -> EntryKind {
        let parts = path.split(['/', '\\']).collect::<Vec<_>>();
        let name = parts.last().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
        if name.is_empty() || name.starts_with('.') || parts.contains(&"__MACOSX") {
            return EntryKind::Litter;
        }
        match name.rsplit_once('.') {
            _ if matches!(name.as_str(), "thumbs.db" | "desktop.ini") => EntryKind::Litter,
            Some((_, "csv" | "txt" | "tsv" | "tab")) => EntryKind::Table,
            _ => EntryKind::Other,
        }
    }
}

/// A reader with a limit on how much is read: the list of entries is read into memory at whatever length it has.
struct Budget<R> {
    inner: R,
    left: u64,
}

#[derive(Debug, thiserror::Error)]
#[error("the archive's list of entries is too long")]
struct BudgetSpent;

fn is_budget_spent(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<BudgetSpent>())
}

impl<R: Read> Read for Budget<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| io::Error::other(BudgetSpent))?;
        Ok(read)
    }
}

impl<R: Seek> Seek for Budget<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
