//! "Why is this student (not) here": person → run → line → rule → result.

mod answer;
mod draft;
mod file_lines;
mod held_change;
mod student;
mod subject;

pub use student::trace;
