//! The history of one school, class, teacher or student.

mod find;
mod from_log;

pub use find::find_histories;
