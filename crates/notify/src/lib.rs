//! A result becomes files that people and scripts read.

mod result_files;
mod result_text;

pub use result_files::{NewResultFile, ResultFiles};
pub use result_text::{check_text, plan_text, result_text, thousands};
