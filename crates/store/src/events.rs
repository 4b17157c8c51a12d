//! The log of what happened in a district, written in the transaction in which it happened. Whatever tells somebody about a district
//! reads it, and nothing else.

use homeroom_model::event::{Event, EventKind};

use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::tx::Tx;

impl DistrictStore {
    /// Adds an event. Others who add one wait until the transaction ends: nothing long may follow in it.
    pub fn events_add_in_tx(&self, tx: &mut Tx<'_>, event: &EventKind) -> Result<(), StoreError> {
        let number = tx.row(
            "INSERT INTO event_head (district, number) VALUES ($1, 1)
             ON CONFLICT (district) DO UPDATE SET number = event_head.number + 1 RETURNING number",
            &[self.id().0.into()],
            |row| row.int(0),
        )?;
        let event = serde_json::to_string(event).expect("an event has a JSON form");
        tx.execute(
            "INSERT INTO event (district, number, at, event) VALUES ($1, $2, $3, $4)",
            &[
                self.id().0.into(),
                number.unwrap_or_default().into(),
                self.store().now().into(),
                (&event).into(),
            ],
        )
        .map(drop)
    }

    /// Events after the one with the number `after`, oldest first.
    pub fn events_list(&self, after: i64, most: u32) -> Result<Vec<Event>, StoreError> {
        self.store().read(|tx| {
            tx.rows(
                "SELECT number, at, event FROM event WHERE district = $1 AND number > $2 ORDER BY number LIMIT $3",
                &[self.id().0.into(), after.into(), most.into()],
                |row| {
                    let kind = serde_json::from_str(&row.text(2)?)
                        .map_err(|error| StoreError::Unusable(format!("an event: {error}")))?;
                    Ok(Event { number: row.int(0)?, at: row.time(1)?, kind })
                },
            )
        })
    }
}
