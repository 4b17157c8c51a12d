//! Rosters in several files: those of a Clever SFTP sync, and OneRoster's CSV binding 1.1 and 1.2.

mod assemble;
mod check_set;
mod clever;
mod entities;
mod file_columns;
mod file_kinds;
mod judge;
mod links;
mod oneroster;
mod recognized_set;
mod set_reader;
mod set_report;

pub(crate) use check_set::check_set;
pub(crate) use recognized_set::{RecognizedSet, SetFile, set_file_of_header};
pub use recognized_set::{SetFiles, set_of_files};
