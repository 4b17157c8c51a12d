//! A claimed job, whose claim guards all that is written for it.

use homeroom_store::jobs::Job;
use homeroom_store::{DistrictStore, StoreError, Tx};

/// The job that is being done, and its district.
pub(crate) struct Claim<'a> {
    pub(crate) district: &'a DistrictStore,
    pub(crate) job: &'a Job,
}

impl Claim<'_> {
    /// Writes something before the end of the job, or nothing when another worker has taken it over.
    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        write: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let store = self.district.store();
        store.write(|tx| {
            store.jobs_hold_in_tx(tx, self.job)?;
            write(tx)
        })
    }

    /// Writes what the job comes to, and finishes it, in one transaction; nothing when another worker has taken it over.
    pub(crate) fn finish<T, E: From<StoreError>>(
        &self,
        write: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let store = self.district.store();
        store.write(|tx| {
            store.jobs_finish_in_tx(tx, self.job)?;
            write(tx)
        })
    }

    /// Finishes a job that has nothing to do.
    pub(crate) fn finish_idle(&self) -> Result<(), StoreError> {
        self.finish(|_| Ok(()))
    }
}
