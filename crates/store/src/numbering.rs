//! Numbers within a district: 1, 2, 3 …, given out one at a time.

use crate::district::DistrictStore;
use crate::engine::EngineKind;
use crate::error::StoreError;
use crate::tx::Tx;

/// A sequence of numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sequence {
    /// Runs, undos and redos, which share one sequence.
    Run,
    /// Drop accounts.
    DropAccount,
    /// Pins.
    Pin,
    /// Versions of the profile.
    ProfileVersion,
}

impl DistrictStore {
    /// Makes others who lock the district wait until this transaction ends.
    pub(crate) fn district_lock_in_tx(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        match tx.engine() {
            // A write transaction is the only one.
            EngineKind::Sqlite => Ok(()),
            EngineKind::Postgres => {
                let sql = "SELECT 1 FROM district WHERE id = $1 FOR UPDATE";
                let locked = tx.row(sql, &[self.id().0.into()], |row| row.int(0))?;
                locked.map(drop).ok_or_else(|| StoreError::NotFound("the district".into()))
            }
        }
    }

    /// The next number of a sequence. The district stays locked until the transaction ends, so that no two get the same.
    pub(crate) fn next_number_in_tx(&self, tx: &mut Tx<'_>, sequence: Sequence) -> Result<i64, StoreError> {
        self.district_lock_in_tx(tx)?;
        let sql = match sequence {
            // Counted in the district's own row, because some numbers leave no other row behind.
            Sequence::Run => "UPDATE district SET last_run = last_run + 1 WHERE id = $1 RETURNING last_run",
            Sequence::DropAccount => {
                "SELECT coalesce(max(number), 0) + 1 FROM drop_account WHERE district = $1"
            }
            Sequence::Pin => "SELECT coalesce(max(number), 0) + 1 FROM pin WHERE district = $1",
            Sequence::ProfileVersion => {
                "SELECT coalesce(max(version), 0) + 1 FROM file_profile WHERE district = $1"
            }
        };
        let number = tx.row(sql, &[self.id().0.into()], |row| row.int(0))?;
        number.ok_or_else(|| StoreError::NotFound("the district".into()))
    }
}
