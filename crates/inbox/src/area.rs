//! The parts of an account's file tree: its own files, and two read-only folders.

use crate::drop_path::DropPath;

/// The folder of the district's result files, which all its accounts see.
const RESULTS: &str = "results";
/// The folder of sample files, the same for everyone.
const SAMPLES: &str = "samples";

/// A part of an account's file tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    /// The account's own files.
    Own,
    /// `results/`.
    Results,
    /// `samples/`.
    Samples,
}

impl Area {
    /// The area that a path is in. The root is the account's own.
    pub(crate) fn containing(path: &DropPath) -> Area {
        Area::containing_stored(path.as_str())
    }

    /// [`Area::containing`] for the path of a stored file.
    pub(crate) fn containing_stored(path: &str) -> Area {
        match path.split('/').next() {
            Some(RESULTS) => Area::Results,
            Some(SAMPLES) => Area::Samples,
            _ => Area::Own,
        }
    }

    /// The area whose folder is at exactly this path; `None` for the root and everything else.
    pub(crate) fn of_folder(path: &DropPath) -> Option<Area> {
        match path.as_str() {
            RESULTS => Some(Area::Results),
            SAMPLES => Some(Area::Samples),
            _ => None,
        }
    }

    /// The names of the read-only folders in the root.
    pub(crate) const READ_ONLY_FOLDERS: [&str; 2] = [RESULTS, SAMPLES];
}
