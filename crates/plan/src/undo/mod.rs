//! Undoes what a run changed, or redoes it.

mod consistency;
mod kept;
mod plan_undo;
mod reversal;

pub use plan_undo::undo;
