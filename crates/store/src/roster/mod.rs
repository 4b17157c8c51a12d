//! The stored roster: its tables, loading it whole, writing changes, and the log of changes.

mod changes;
mod columns;
mod entity_tables;
mod feed;
mod history;
mod ids;
mod load;
mod write;

pub use changes::{Operation, RestoredRuns};
pub use entity_tables::{LinkKind, LinkedPerson, StorableEntity};
pub use feed::FeedGap;
