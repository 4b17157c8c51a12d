//! Writes a plan into the database in one transaction, and logs what was there before. Acts, never decides.

mod order;
mod stale;

pub use order::{apply_held_in_tx, apply_in_tx, apply_undo_in_tx};
pub use stale::ApplyError;
