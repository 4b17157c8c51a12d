//! The partition of a plan into what is applied at once and what waits.

mod close;
mod held;
mod key_transfers;
mod split;

pub(super) use held::Partition;
pub(super) use split::PartitionedPlan;
