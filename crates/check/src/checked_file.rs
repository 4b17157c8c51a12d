//! The content of a file or set of files, apart from its findings.

use homeroom_model::check_report::Format;
use homeroom_model::profile::ProfileChange;
use homeroom_model::protected::Protected;
use homeroom_model::roster::Roster;

/// The content of a file or set of files.
#[derive(Default)]
pub(crate) struct CheckedFile {
    pub(crate) format: Format,
    pub(crate) encoding: String,
    pub(crate) separator: String,
    pub(crate) rows: u64,
    pub(crate) rejected: u64,
    pub(crate) roster: Roster,
    pub(crate) protected: Protected,
    /// Whether rows are missing: it was cut off, the export failed, or a part of it was never written.
    pub(crate) lacks_rows: bool,
    /// Whether the files hold changes only.
    pub(crate) changes_only: bool,
    pub(crate) proposals: Vec<ProfileChange>,
}
