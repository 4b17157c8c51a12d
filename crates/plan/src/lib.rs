//! Stored roster, wanted roster and policy become a plan. Decides, never acts.
//!
//! Pure: the same stored roster, the same upload and the same policy give the same plan, byte for byte.

mod diff;
mod fuses;
mod identity;
mod inputs;
mod key_moves;
mod merge;
mod pending;
mod pins;
mod plan;
mod proposals;
mod protection;
mod roster_person;
mod undo;

pub use fuses::{
    AppliedBefore, Approval, LastMove, Limits, OLD_DAYS, PAST_DAYS, Past, PastLink, PlanParts, explain, split,
};
pub use inputs::PlanInputs;
pub use pending::still_pending;
pub use plan::{Planned, plan};
pub use undo::undo;
