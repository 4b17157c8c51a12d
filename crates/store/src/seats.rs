//! Since when a district's licence is exceeded.

use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::tx::Tx;

impl DistrictStore {
    /// The day since which more students are active than there are seats, as `2026-11-24`.
    pub fn seats_over_since(&self) -> Result<Option<String>, StoreError> {
        self.store().read(|tx| {
            tx.row("SELECT since FROM seats_over WHERE district = $1", &[self.id().0.into()], |row| {
                row.text(0)
            })
        })
    }

    /// Notes that the licence is exceeded on a day, unless it has been before; or that it is not.
    pub fn seats_over_set_in_tx(&self, tx: &mut Tx<'_>, today: Option<&str>) -> Result<(), StoreError> {
        match today {
            Some(today) => tx.execute(
                "INSERT INTO seats_over (district, since) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                &[self.id().0.into(), today.into()],
            ),
            None => tx.execute("DELETE FROM seats_over WHERE district = $1", &[self.id().0.into()]),
        }
        .map(drop)
    }
}
