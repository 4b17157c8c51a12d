//! Since when a district has had more students than seats.

use jiff::civil::Date;

use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::tx::Tx;

impl DistrictStore {
    /// The day since which more students are active than there are seats, in the district's time zone.
    pub fn seats_over_since(&self) -> Result<Option<Date>, StoreError> {
        self.store().read(|tx| {
            tx.row("SELECT since FROM seats_over WHERE district = $1", &[self.id().0.into()], |row| {
                row.date(0)
            })
        })
    }

    /// Records that the licence is exceeded on `today`, unless it already was; `None` records that it is not exceeded.
    pub fn seats_over_set_in_tx(&self, tx: &mut Tx<'_>, today: Option<Date>) -> Result<(), StoreError> {
        match today {
            Some(today) => tx.execute(
                "INSERT INTO seats_over (district, since) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                &[self.id().0.into(), (&today.to_string()).into()],
            ),
            None => tx.execute("DELETE FROM seats_over WHERE district = $1", &[self.id().0.into()]),
        }
        .map(drop)
    }
}
