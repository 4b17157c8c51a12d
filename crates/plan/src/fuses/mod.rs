//! Fuses: limits on a plan. A blown fuse holds a part of the plan until someone decides.

mod causes;
mod context;
mod identity;
mod limits;
mod partition;
mod places;
mod removals;
mod seats;
mod split;
mod turnover;
mod updates;

pub use limits::Limits;
pub use split::{Approval, PlanParts, split};
