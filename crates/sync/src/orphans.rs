//! Runs that are neither done nor in the queue. There should be none; a database that was restored or repaired by hand may have some.

use std::collections::HashSet;

use homeroom_model::run::Run;
use homeroom_store::{DistrictStore, StoreError};

use crate::task::Task;

/// The runs of a district that are queued or running, for which no job exists.
pub fn orphaned_runs(district: &DistrictStore) -> Result<Vec<Run>, StoreError> {
    district.store().read(|tx| {
        let keys = district.jobs_keys_in_tx(tx)?.into_iter().collect::<HashSet<_>>();
        let mut unfinished = district.runs_unfinished_in_tx(tx)?;
        unfinished.retain(|run| Task::Run(run.number).dedup_key().is_some_and(|key| !keys.contains(&key)));
        Ok(unfinished)
    })
}

/// Queues the orphaned runs of a district again. Returns how many.
pub fn adopt_orphaned_runs(district: &DistrictStore) -> Result<usize, StoreError> {
    let orphans = orphaned_runs(district)?;
    district.store().write(|tx| {
        let now = district.store().now();
        orphans.iter().try_for_each(|run| Task::Run(run.number).enqueue_in_tx(district, tx, now).map(drop))
    })?;
    Ok(orphans.len())
}
