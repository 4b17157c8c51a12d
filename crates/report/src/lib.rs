//! A result becomes files that people and scripts read.

mod plan_file;
mod refusal;
mod result_files;
mod result_text;

pub use plan_file::write_plan_file;
pub use refusal::refusal_text;
pub use result_files::{NewResultFile, ResultFiles};
pub use result_text::{
    Cause, causes, check_text, check_verdict, counts, harmless, plan_text, proposals_text, result_text,
    run_text, thousands,
};
