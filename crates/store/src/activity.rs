//! When something last happened on a district's drop accounts.

use jiff::Timestamp;

use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::tx::Tx;

impl DistrictStore {
    /// Records that something happened on the district's accounts, so that a run waits until they are quiet.
    pub fn activity_touch_in_tx(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        let values = [self.id().0.into(), self.store().now().into()];
        tx.execute(
            "INSERT INTO activity (district, at) VALUES ($1, $2) ON CONFLICT (district) DO UPDATE SET at = excluded.at",
            &values,
        )
        .map(drop)
    }

    /// When something last happened on the district's accounts.
    pub fn activity_last(&self) -> Result<Option<Timestamp>, StoreError> {
        self.store().read(|tx| {
            tx.row("SELECT at FROM activity WHERE district = $1", &[self.id().0.into()], |row| row.time(0))
        })
    }
}
