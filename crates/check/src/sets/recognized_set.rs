//! Recognizes the files of a set by their names and headers.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::io;

use homeroom_model::check_report::Format;
use homeroom_model::column::normalized;
use homeroom_read::{FileSet, Header, Opened};

use crate::sets::file_kinds::{FileKind, SET_FORMATS};

/// The fewest files with the name and columns of their kind that make a set.
const MIN_FILES_OF_A_SET: usize = 2;

/// The fewest columns that a header must have in common with a kind of file to be recognized as its header.
const MIN_COLUMNS_IN_COMMON: usize = 3;

/// A set whose format is known, with its files by kind.
pub(crate) struct RecognizedSet {
    pub(super) format: Format,
    kinds: &'static [FileKind],
    /// For each kind the position of its file in the archive, and the file's name.
    files: Vec<Option<(usize, String)>>,
    /// The folders of the sets, when there are several; a dot is the top of the archive.
    pub(super) folders: Vec<String>,
}

/// A file of a set.
pub(crate) struct SetFile<'s> {
    pub(crate) kind: &'static FileKind,
    /// Its position in the archive.
    pub(crate) at: usize,
    pub(crate) name: &'s str,
}

impl RecognizedSet {
    /// Recognizes the format of the files; `None` when they are neither Clever's nor OneRoster's.
    pub(crate) fn find(set: &FileSet<'_>) -> io::Result<Option<RecognizedSet>> {
        let names = set.names().map(str::to_owned).collect::<Vec<_>>();
        let mut best = None;
        for (format, kinds) in SET_FORMATS {
            // If two files have the name of a kind, the one that fits better counts; each file counts for one kind only.
            let mut named = Vec::new();
            for (kind, place) in kinds.iter().zip(0..) {
                for (at, name) in names.iter().enumerate().filter(|(_, name)| is_named(name, kind.name)) {
                    let (fits, known_columns) = fit(set, at, kind)?;
                    named.push((Reverse((fits, known_columns)), place, at, name));
                }
            }
            named.sort();
            let mut files = vec![None::<(usize, String)>; kinds.len()];
            let mut fitting = 0;
            let folders = folders_of_sets(&named);
            for (Reverse((fits, _)), place, at, name) in named {
                let is_taken = files.iter().flatten().any(|(taken, _)| *taken == at);
                if files[place].is_none() && !is_taken {
                    files[place] = Some((at, without_folders(name).to_owned()));
                    fitting += usize::from(fits);
                }
            }
            if fitting >= MIN_FILES_OF_A_SET && best.as_ref().is_none_or(|(most, _)| fitting > *most) {
                best = Some((fitting, RecognizedSet { format, kinds, files, folders }));
            }
        }
        Ok(best.map(|(_, recognized)| recognized))
    }

    /// The file of a kind, if there is one.
    pub(super) fn file(&self, kind: &FileKind) -> Option<SetFile<'_>> {
        self.files().find(|file| file.kind == kind)
    }

    /// Every file that is there.
    pub(crate) fn files(&self) -> impl Iterator<Item = SetFile<'_>> {
        let files = self.kinds.iter().zip(&self.files);
        files.filter_map(|(kind, file)| {
            let (at, name) = file.as_ref()?;
            Some(SetFile { kind, at: *at, name })
        })
    }

    /// The names of required files that are missing.
    pub(super) fn missing(&self) -> impl Iterator<Item = &'static str> {
        let files = self.kinds.iter().zip(&self.files);
        files.filter(|(kind, file)| kind.required && file.is_none()).map(|(kind, _)| kind.name)
    }
}

/// A file with the name of a kind: how well it fits, the place of the kind, its position in the archive, and its path.
type NamedFile<'n> = (Reverse<(bool, usize)>, usize, usize, &'n String);

/// The folders that hold a file of the same kind, with all its columns; none when each kind is in one of them only.
fn folders_of_sets(named: &[NamedFile<'_>]) -> Vec<String> {
    let fitting = || named.iter().filter(|(Reverse((fits, _)), ..)| *fits);
    let folder = |path: &str| path.rsplit_once(['/', '\\']).map_or(".", |(folder, _)| folder).to_owned();
    let is_elsewhere = |(_, place, _, path): &NamedFile<'_>| {
        fitting().any(|(_, other, _, beside)| other == place && folder(beside) != folder(path))
    };
    fitting()
        .filter(|file| is_elsewhere(file))
        .map(|(.., path)| folder(path))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// Files in one folder that make a set by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetFiles {
    /// The format of the set.
    pub format: Format,
    /// The name for the archive that holds them: `clever.zip`, `oneroster.zip`.
    pub archive: String,
    /// Their positions in the list of names.
    pub files: Vec<usize>,
}

/// The set that files in one folder make, by their names; `None` when they make none. Only the check shows whether the
/// files are complete and match their names.
pub fn set_of_files(names: &[&str]) -> Option<SetFiles> {
    let as_set = |(format, kinds): (Format, &[FileKind])| {
        let is_there = |kind: &FileKind| names.iter().any(|name| is_named(name, kind.name));
        let kinds_there = kinds.iter().filter(|kind| is_there(kind)).count();
        let is_file = |name: &str| kinds.iter().any(|kind| is_named(name, kind.name));
        let files = names.iter().enumerate().filter(|(_, name)| is_table(name) && is_file(name));
        let files = files.map(|(at, _)| at).collect::<Vec<_>>();
        (kinds_there, SetFiles { format, archive: format!("{format}.zip"), files })
    };
    let (kinds_there, set) = SET_FORMATS.into_iter().map(as_set).max_by_key(|(kinds, _)| *kinds)?;
    (kinds_there >= MIN_FILES_OF_A_SET && set.files.len() >= MIN_FILES_OF_A_SET).then_some(set)
}

/// Which file of which set has a header with these cells: `users.csv` of OneRoster.
pub(crate) fn set_file_of_header(cells: &[String]) -> Option<(Format, &'static str)> {
    let kinds =
        SET_FORMATS.into_iter().flat_map(|(format, kinds)| kinds.iter().map(move |kind| (format, kind)));
    let known = |kind: &FileKind| Header::from_cells(cells.to_vec(), &kind.vocabulary()).known_count();
    let (known, format, name) =
        kinds.map(|(format, kind)| (known(kind), format, kind.name)).max_by_key(|(known, ..)| *known)?;
    (known >= MIN_COLUMNS_IN_COMMON).then_some((format, name))
}

fn is_table(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| matches!(extension.as_str(), "csv" | "txt" | "tsv" | "tab"))
}

/// Whether a file's header has all required columns of a kind, and how many of the kind's columns it has.
fn fit(set: &FileSet<'_>, file: usize, kind: &FileKind) -> io::Result<(bool, usize)> {
    set.read(file, &kind.vocabulary(), |opened| {
        let Opened::Table(table) = opened else { return Ok((false, 0)) };
        Ok((table.header().missing().next().is_none(), table.header().known_count()))
    })
}

/// Whether a file has the name of a kind, perhaps with a date or the district's name beside it: `lincoln_users_2026.csv`.
fn is_named(path: &str, kind: &str) -> bool {
    let name = without_folders(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.split(|c: char| !c.is_alphabetic()).any(|word| normalized(word) == kind)
}

fn without_folders(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use homeroom_model::check_report::Format;

    use super::{is_named, set_of_files};

    #[test]
    fn files_in_one_folder_are_a_set_if_their_names_are_those_of_a_set() {
        let of = |names: &[&str]| set_of_files(names).map(|set| (set.format, set.files));
        let clever =
            ["schools.csv", "students.csv", "teachers.csv", "sections.csv", "enrollments.csv", "notes.txt"];
        assert_eq!(of(&clever), Some((Format::Clever, vec![0, 1, 2, 3, 4])));
        let oneroster = ["manifest.csv", "orgs.csv", "users.csv", "enrollments.csv", "users.csv.filepart"];
        assert_eq!(of(&oneroster), Some((Format::Oneroster, vec![0, 1, 2, 3])));
        assert_eq!(of(&["roster.csv", "students.csv"]), None, "one file of five is not a set");
        assert_eq!(of(&["enrollments.csv", "monday.csv"]), None);
    }

    #[test]
    fn a_file_is_recognized_by_a_word_of_its_name() {
        for name in ["users.csv", "Users.CSV", "export/users.csv", "lincoln_users_2026-11-24.csv"] {
            assert!(is_named(name, "users"), "{name}");
        }
        for name in ["superusers.csv", "user.csv", "users/orgs.csv", ""] {
            assert!(!is_named(name, "users"), "{name}");
        }
    }
}
