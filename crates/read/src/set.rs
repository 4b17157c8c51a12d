//! Several files in one archive: a roster among others, or a roster in several tables.

use homeroom_model::source::Source;

use crate::archive::NamedEntry;
use crate::container::Container;
use crate::guess::KnownWords;
use crate::openpgp::DecryptedFile;
use crate::rules::ReadRules;

/// Files of an archive that may be tables.
pub struct FileSet<'s> {
    pub(crate) source: &'s dyn Source,
    pub(crate) rules: &'s ReadRules,
    pub(crate) known: &'s KnownWords<'s>,
    pub(crate) entries: Vec<NamedEntry>,
    /// The archive, when it came in an OpenPGP message.
    pub(crate) archive: Option<DecryptedFile>,
}

impl FileSet<'_> {
    /// The files' names, with their folders.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, _)| name.as_str())
    }

    /// The container of one file, by its position in [`FileSet::names`].
    pub(crate) fn container(&self, file: usize) -> Container {
        let entry = Container::Zip(self.entries[file].1.clone());
        match &self.archive {
            Some(archive) => Container::InMemory(archive.clone(), Box::new(entry)),
            None => entry,
        }
    }
}
