//! A result becomes files that people and scripts read.

mod result_files;
mod result_text;

pub use result_files::{NewResultFile, ResultFiles};
pub use result_text::{
    Cause, causes, check_text, check_verdict, counts, local_time, plan_text, proposals_text, result_text,
    thousands,
};
