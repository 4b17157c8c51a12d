//! The files of OneRoster's CSV binding, 1.1 and 1.2: whole (bulk) or changes (delta).

mod delta;
mod enrollments;
mod manifest;
mod read;
mod users;

pub(super) use read::read;
