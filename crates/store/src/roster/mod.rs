//! The stored roster: its tables, loading it whole, writing changes, and the log of changes.

mod changes;
mod columns;
mod history;
mod ids;
mod kept;
mod load;
mod write;

pub use changes::{Operation, RestoredRuns};
pub use kept::{KeptEntity, KeptLink, LinkedPerson};
