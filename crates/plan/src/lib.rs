//! Stored roster, wanted roster and policy become a plan. Decides, never acts.
//!
//! Pure: the same stored roster, the same upload and the same policy give the same plan, byte for byte.

mod diff;
mod evidence;
mod fitting;
mod fuses;
mod matching;
mod pins;
mod protection;
mod replay;
mod undo;

pub use diff::{ByHand, Planned, plan};
pub use fuses::{Approval, Limits, Parts, split};
pub use undo::undo;
