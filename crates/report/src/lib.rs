//! Results as texts and files that people and scripts read.

mod causes;
mod day;
mod plan_file;
mod render_check;
mod render_hold;
mod render_plan;
mod render_refusal;
mod render_run;
mod render_seats;
mod result_files;
mod terminal_safe;

pub use causes::{Cause, causes};
pub use plan_file::{PlanPart, write_plan_file};
pub use render_check::{check_verdict, render_check, render_counts, render_reading_proposals};
pub use render_hold::same_hold_message;
pub use render_plan::render_plan;
pub use render_refusal::render_refusal;
pub use render_run::{render_result, render_run};
pub use result_files::{NewResultFile, ResultFiles, ResultWriter};
pub use terminal_safe::terminal_safe;
