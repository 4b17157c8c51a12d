//! Fuses: limits on a plan. A blown fuse holds a part of the plan until someone decides.

mod blank;
mod causes;
mod columns;
mod consequences;
mod context;
mod emptied;
mod exchanges;
mod file;
mod gaps;
mod identity;
mod keys;
mod limits;
mod new_classes;
mod partition;
mod past;
mod people;
mod places;
mod proposals;
mod reach;
mod removals;
mod roles;
mod schools;
mod seats;
mod sources;
mod split;
mod turnover;
mod unreadable;
mod update_causes;
mod updates;
mod wording;

pub use consequences::explain;
pub use limits::Limits;
pub use past::{AppliedBefore, LastMove, OLD_DAYS, PAST_DAYS, Past};
pub use split::{Approval, PlanParts, split};
