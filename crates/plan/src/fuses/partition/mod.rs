//! The partition of a plan into what is applied at once and what waits.

mod close;
mod key_transfers;
mod namesakes;
mod split;
mod waiting;

pub(super) use split::PartitionedPlan;
pub(super) use waiting::Partition;
