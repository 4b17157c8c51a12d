//! A plan becomes rows, in one transaction, with a log of what was there before. Acts, never decides.

mod order;
mod stale;

pub use order::{apply_in_tx, apply_undo_in_tx};
pub use stale::ApplyError;
