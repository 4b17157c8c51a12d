//! Rosters in several files: those of a Clever SFTP sync, and OneRoster's CSV binding 1.1 and 1.2.

mod assemble;
mod clever;
mod family;
mod links;
mod oneroster;
mod parts;
mod stored;
mod tables;

pub(crate) use assemble::check_set;
pub(crate) use family::{Family, set_file_of_header};
pub use family::{SetFiles, set_of_files};
