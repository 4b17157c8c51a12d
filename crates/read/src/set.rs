//! Several files in one archive: a roster among others, or a roster in several tables.

use std::io;

use homeroom_model::source::Source;

use crate::container::{Container, ContainerError, Entries};
use crate::openpgp::Whole;
use crate::rules::ReadRules;
use crate::table::{Opened, open_table, or_unusable, read_with};
use crate::vocabulary::Vocabulary;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Files that may be tables.
pub struct FileSet<'s> {
    source: &'s dyn Source,
    rules: &'s ReadRules,
    files: Entries,
    /// The archive, when it lay in a message.
    within: Option<Whole>,
}

impl<'s> FileSet<'s> {
    pub(crate) fn new(
        source: &'s dyn Source,
        rules: &'s ReadRules,
        files: Entries,
        within: Option<Whole>,
    ) -> FileSet<'s> {
        FileSet { source, rules, files, within }
    }

    /// What a file of the set lies in.
    fn container(&self, file: usize) -> Container {
        let entry = Container::Zip(self.files[file].1.clone());
        match &self.within {
            Some(whole) => Container::InMemory(whole.clone(), Box::new(entry)),
            None => entry,
        }
    }

    /// The files' names, with the folders that they lie in.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(name, _)| name.as_str())
    }

    /// Opens a file by its place in [`FileSet::names`], as a table with such columns, and gives it to `work`, as
    /// [`crate::read()`] does.
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
        let open =
            |encoding| or_unusable(open_table(self.source, &container, self.rules, vocabulary, encoding));
        read_with(open, work)
    }
}

/// Packs files into an archive as they lie, under their names: what a set is read from. The same files give the same bytes.
///
/// # Errors
/// When a file cannot be read, or the archive not be written.
pub fn pack<'n, R: io::Read>(
    files: impl IntoIterator<Item = (&'n str, R)>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut archive = ZipWriter::new_stream(out);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
    for (name, mut file) in files {
        archive.start_file(name, options)?;
        io::copy(&mut file, &mut archive)?;
    }
    archive.finish()?;
    Ok(())
}

/// Required columns of the flat CSV that a file may lack and still be meant as one.
const MISSING: usize = 3;

/// The one file among others that is a flat roster; else what the files are together.
pub(crate) fn the_roster<'s>(
    set: FileSet<'s>,
    vocabulary: &Vocabulary,
) -> io::Result<Result<Container, Opened<'s>>> {
    let mut rosters = vec![];
    for file in 0..set.files.len() {
        let is_roster = set.read(file, vocabulary, |opened| {
            let Opened::Table(table) = opened else { return Ok(false) };
            Ok(table.header().known() > 0 && table.header().missing().count() <= MISSING)
        })?;
        if is_roster {
            rosters.push(file);
        }
    }
    Ok(match rosters.as_slice() {
        [] => Err(Opened::Set(set)),
        [file] => Ok(set.container(*file)),
        several => {
            let names = several.iter().take(NAMES).map(|file| set.files[*file].0.clone()).collect();
            Err(Opened::Unusable(ContainerError::SeveralTables(names)))
        }
    })
}

/// Names that are worth telling.
const NAMES: usize = 10;
