//! Opens a file: detects what it is, chooses the table in it and finds the table's header.

use std::collections::HashSet;
use std::io::{self, Read};

use homeroom_model::encoding::Encoding;
use homeroom_model::source::Source;

use crate::container::Container;
use crate::container_error::ContainerError;
use crate::decoding::Decoding;
use crate::encoding::{as_utf8, detect_encoding, first_block, is_not_utf8};
use crate::file_type::{FileType, not_text};
use crate::guess::{GuessedEncoding, KnownWords, guess};
use crate::header_search::{NoHeader, find_header};
use crate::lines::{Lines, Utf8Check};
use crate::rules::ReadRules;
use crate::set::FileSet;
use crate::survey::Survey;
use crate::table::{Table, TableSource};
use crate::unpacked::BytesRead;
use crate::vocabulary::Vocabulary;

/// What a file turned out to be.
pub enum Opened<'s> {
    /// A table with a header; the check decides whether the header has the required columns.
    Table(Box<Table<'s>>),
    /// Several files that are a roster together, or none of which is one.
    Set(FileSet<'s>),
    /// Empty, or only blank lines.
    Empty,
    /// Not a CSV but another type of file.
    NotText(FileType),
    /// Text whose first lines are not the header of a roster; the beginning of the first line.
    NotATable(String),
    /// An archive or a message that gives no table.
    Unusable(ContainerError),
    /// More columns than allowed; how many.
    TooManyColumns(usize),
    /// The file is larger than allowed.
    TooLarge,
    /// The first line is longer than allowed.
    HeaderTooLong,
}

impl From<NoHeader> for Opened<'_> {
    fn from(reason: NoHeader) -> Self {
        match reason {
            NoHeader::Empty => Opened::Empty,
            NoHeader::TooLong => Opened::HeaderTooLong,
            NoHeader::NoneFound(first_line) => Opened::NotATable(first_line),
        }
    }
}

/// How the encoding of a file is found.
#[derive(Clone, Copy)]
enum FindEncoding {
    /// By its first block.
    FirstBlock,
    /// By all of its words: a byte further down is not UTF-8.
    Words,
    /// It is known.
    Known(Decoding),
}

/// [`read_beside()`] without words that are known.
///
/// # Errors
/// Those of [`read_beside()`].
pub fn read<T>(
    source: &dyn Source,
    rules: &ReadRules,
    work: impl FnMut(Opened<'_>) -> io::Result<T>,
) -> io::Result<T> {
    read_beside(source, rules, &HashSet::new, work)
}

/// Opens a file and gives it to `work`. `work` is called a second time when a byte further down shows that the file is not
/// UTF-8 (it then gets the file in the encoding that makes words of it, best those that are `known`), or when an archive turns
/// out to be damaged while it is read (it then gets [`Opened::Unusable`]).
///
/// # Errors
/// Those of `work`, and when the bytes cannot be read.
pub fn read_beside<T>(
    source: &dyn Source,
    rules: &ReadRules,
    known: &KnownWords<'_>,
    work: impl FnMut(Opened<'_>) -> io::Result<T>,
) -> io::Result<T> {
    read_with(|encoding| unusable_as_opened(open_file(source, rules, known, encoding)), work)
}

/// [`read_beside()`] with a function that opens the file.
fn read_with<'s, T>(
    open: impl Fn(FindEncoding) -> io::Result<Opened<'s>>,
    mut work: impl FnMut(Opened<'_>) -> io::Result<T>,
) -> io::Result<T> {
    let mut result = open(FindEncoding::FirstBlock).and_then(&mut work);
    if result.as_ref().is_err_and(is_not_utf8) {
        result = open(FindEncoding::Words).and_then(&mut work);
    }
    let error = match result {
        Err(error) => error,
        done => return done,
    };
    match ContainerError::in_io_error(&error) {
        Some(reason) => work(Opened::Unusable(reason.clone())),
        None => Err(error),
    }
}

/// Opens a file: detects its container, its encoding (unless `decoding` says how it is read), its separator and its header.
///
/// # Errors
/// When the bytes cannot be read. [`Table::next_row`] also fails when a file opened as UTF-8 has other bytes, and when an
/// archive turns out to be damaged ([`ContainerError::in_io_error`]).
pub fn open<'s>(
    source: &'s dyn Source,
    rules: &'s ReadRules,
    decoding: Option<Decoding>,
) -> io::Result<Opened<'s>> {
    let encoding = decoding.map_or(FindEncoding::FirstBlock, FindEncoding::Known);
    unusable_as_opened(open_file(source, rules, &HashSet::new, encoding))
}

/// Turns a [`ContainerError`] into [`Opened::Unusable`].
fn unusable_as_opened(opened: io::Result<Opened<'_>>) -> io::Result<Opened<'_>> {
    opened.or_else(|error| ContainerError::in_io_error(&error).cloned().map(Opened::Unusable).ok_or(error))
}

fn open_file<'s>(
    source: &'s dyn Source,
    rules: &'s ReadRules,
    known: &'s KnownWords<'s>,
    encoding: FindEncoding,
) -> io::Result<Opened<'s>> {
    if source.length() > rules.limits.bytes {
        return Ok(Opened::TooLarge);
    }
    let mut container = match Container::detect(source, rules, &first_block(&mut source.open()?)?)? {
        Ok(container) => container,
        Err(reason) => return Ok(Opened::Unusable(reason)),
    };
    let vocabulary = Vocabulary::flat(&rules.profile);
    if let Some((entries, archive)) = container.take_several() {
        container = match choose_roster(FileSet { source, rules, known, entries, archive }, &vocabulary)? {
            Ok(container) => container,
            Err(opened) => return Ok(opened),
        };
    }
    let file = OneFile { source, container: &container, rules, known };
    file.open_table(&vocabulary, encoding)
}

/// The most required columns that a file may lack and still be recognized as a flat roster.
pub const MAX_MISSING_COLUMNS: usize = 3;
/// File names given in an error.
const MAX_NAMES: usize = 10;

/// The container of the only flat roster among several files; otherwise what the files are together.
fn choose_roster<'s>(set: FileSet<'s>, vocabulary: &Vocabulary) -> io::Result<Result<Container, Opened<'s>>> {
    let mut rosters = vec![];
    for file in 0..set.entries.len() {
        let is_roster = set.read(file, vocabulary, |opened| {
            let Opened::Table(table) = opened else { return Ok(false) };
            Ok(table.header().known_count() > 0 && table.header().missing().count() <= MAX_MISSING_COLUMNS)
        })?;
        if is_roster {
            rosters.push(file);
        }
    }
    Ok(match rosters.as_slice() {
        [] => Err(Opened::Set(set)),
        [file] => Ok(set.container(*file)),
        several => {
            let names = several.iter().take(MAX_NAMES).map(|file| set.entries[*file].0.clone()).collect();
            Err(Opened::Unusable(ContainerError::SeveralTables(names)))
        }
    })
}

impl FileSet<'_> {
    /// Opens a file, by its position in [`FileSet::names`], as a table with these columns and gives it to `work`, like
    /// [`read()`].
    ///
    /// # Errors
    /// Those of `work`, and when the bytes cannot be read.
    pub fn read<T>(
        &self,
        file: usize,
        vocabulary: &Vocabulary,
        work: impl FnMut(Opened<'_>) -> io::Result<T>,
    ) -> io::Result<T> {
        let container = self.container(file);
        let file =
            OneFile { source: self.source, container: &container, rules: self.rules, known: self.known };
        let open = |encoding| unusable_as_opened(file.open_table(vocabulary, encoding));
        read_with(open, work)
    }
}

/// A table in a container, before it is opened.
struct OneFile<'s, 'c> {
    source: &'s dyn Source,
    container: &'c Container,
    rules: &'s ReadRules,
    known: &'c KnownWords<'c>,
}

impl<'s> OneFile<'s, '_> {
    /// Opens the table. A known encoding takes precedence over a byte order mark, which takes precedence over the profile's
    /// encoding.
    fn open_table(&self, vocabulary: &Vocabulary, encoding: FindEncoding) -> io::Result<Opened<'s>> {
        let OneFile { container, rules, .. } = *self;
        let limits = &rules.limits;
        let detected = detect_encoding(&mut self.bytes(&BytesRead::default())?)?;
        let from_profile = rules.profile.encoding.filter(|_| !detected.is_marked);
        let by_first_block = from_profile.or(detected.encoding);
        if !matches!(by_first_block, Some(Encoding::Utf16Le | Encoding::Utf16Be))
            && let Some(file_type) = not_text(&detected.start)
        {
            return Ok(Opened::NotText(file_type));
        }
        let guessed = match (encoding, by_first_block) {
            (FindEncoding::Known(decoding), _) => Some(GuessedEncoding::known(decoding)),
            (FindEncoding::FirstBlock, Some(_)) => None,
            _ => Some(guess(Survey::of(self.bytes(&BytesRead::default())?)?, self.known)),
        };
        let by_first_block = Decoding::Whole(by_first_block.unwrap_or(Encoding::Utf8));
        let decoding = guessed.as_ref().map_or(by_first_block, |guessed| guessed.decoding);
        let bytes_read = BytesRead::default();
        let reader = as_utf8(self.bytes(&bytes_read)?, decoding)?;
        let check = if decoding == Decoding::Whole(Encoding::Utf8) { Utf8Check::On } else { Utf8Check::Off };
        let mut lines = Lines::new(reader, limits.longest_record, check);
        let separator = rules.profile.separator.map(|separator| separator as u8);
        let mut found = match find_header(&mut lines, vocabulary, separator)? {
            Ok(found) => found,
            Err(reason) => return Ok(reason.into()),
        };
        if container.is_sheet() {
            found.header.allow_unnamed(limits.columns);
        }
        if found.header.width() > limits.columns {
            return Ok(Opened::TooManyColumns(found.header.width()));
        }
        let encoding = decoding.encoding();
        let source = TableSource { lines, bytes_read, encoding, guessed, signature: container.signature() };
        Ok(Opened::Table(Box::new(Table::begin(source, found)?)))
    }

    fn bytes(&self, bytes_read: &BytesRead) -> io::Result<Box<dyn Read + Send + 's>> {
        self.container.open(self.source, &self.rules.limits, bytes_read)
    }
}
