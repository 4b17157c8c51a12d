//! Questions about a district, answered from its roster, its log and its kept files. Nothing here changes anything.

mod decisions;
mod error;
mod export;
mod feed;
mod history;
mod look_back;
mod planned_changes;
mod planning;
mod preview;
mod replan;
mod rules;
mod trace;

pub use error::AskError;
pub use export::{Exported, export_flat};
pub use feed::{WrittenRecords, changes_since, write_changes, write_records};
pub use history::find_histories;
pub use planned_changes::planned_changes;
pub use planning::{FileExtent, Planner, SplitPlan};
pub use preview::{preview, roster_of_file};
pub use replan::{Reread, reread};
pub use rules::reading_rules;
pub use trace::trace;
