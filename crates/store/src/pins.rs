//! Pins: changes made by hand that a sync must not undo.

use homeroom_model::audit::AuditAction;
use homeroom_model::event::EventKind;
use homeroom_model::ids::PinNumber;
use homeroom_model::pin::{Pin, PinChange};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::district::DistrictStore;
use crate::error::StoreError;
use crate::numbering::Sequence;
use crate::tx::{Row, Tx};

const COLUMNS: &str = "number, what, owner, reason, created_at, last_day, expires_at";

/// A pin to add.
#[derive(Clone, Copy, Debug)]
pub struct NewPin<'a> {
    /// What is different from the file.
    pub change: &'a PinChange,
    /// Who wants it.
    pub owner: &'a str,
    /// Why.
    pub reason: &'a str,
    /// The last day on which it is in force.
    pub until: Date,
    /// The end of that day in the district's time zone.
    pub expires_at: Timestamp,
}

fn pin_of(row: &Row<'_>) -> Result<Pin, StoreError> {
    let change = serde_json::from_str::<PinChange>(&row.text(1)?)
        .map_err(|error| StoreError::Unusable(format!("a pin: {error}")))?;
    Ok(Pin {
        number: PinNumber(row.int(0)?),
        change,
        owner: row.text(2)?,
        reason: row.text(3)?,
        created_at: row.time(4)?,
        until: row.date(5)?,
        expires_at: row.time(6)?,
    })
}

impl DistrictStore {
    /// Adds a pin. Returns its number.
    pub fn pins_add(&self, new: &NewPin<'_>) -> Result<PinNumber, StoreError> {
        let NewPin { change, owner, reason, until, expires_at } = *new;
        let json = serde_json::to_string(change).expect("a pin has a JSON form");
        let now = self.store().now();
        self.store().write(|tx| {
            let number = PinNumber(self.next_number_in_tx(tx, Sequence::Pin)?);
            tx.execute(
                "INSERT INTO pin (district, number, what, owner, reason, created_at, last_day, expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                &[
                    self.id().0.into(),
                    number.0.into(),
                    (&json).into(),
                    owner.into(),
                    reason.into(),
                    now.into(),
                    (&until.to_string()).into(),
                    expires_at.into(),
                ],
            )?;
            self.audit_in_tx(tx, AuditAction::PinAdded, &format!("pin {number}"), &format!("until {until}"))?;
            self.events_add_in_tx(tx, &EventKind::PinAdded { pin: number })?;
            Ok(number)
        })
    }

    /// Removes a pin. Returns whether it was in force.
    pub fn pins_remove(&self, pin: PinNumber) -> Result<bool, StoreError> {
        let now = self.store().now();
        self.store().write(|tx| {
            self.district_lock_in_tx(tx)?;
            let removed = tx.execute(
                "UPDATE pin SET removed_at = $3 WHERE district = $1 AND number = $2 AND removed_at IS NULL AND expires_at > $3",
                &[self.id().0.into(), pin.0.into(), now.into()],
            )?;
            if removed > 0 {
                self.audit_in_tx(tx, AuditAction::PinRemoved, &format!("pin {pin}"), "")?;
                self.events_add_in_tx(tx, &EventKind::PinRemoved { pin })?;
            }
            Ok(removed > 0)
        })
    }

    /// The pins in force, oldest first.
    pub fn pins_list(&self) -> Result<Vec<Pin>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM pin WHERE district = $1 AND removed_at IS NULL AND expires_at > $2 ORDER BY number"
        );
        self.store().read(|tx| tx.rows(&sql, &[self.id().0.into(), self.store().now().into()], pin_of))
    }

    /// Whether a pin was added, removed or has expired since then.
    pub fn pins_changed_since(&self, at: Timestamp) -> Result<bool, StoreError> {
        let now = self.store().now();
        let changed = |tx: &mut Tx<'_>| {
            tx.row(
                "SELECT 1 FROM pin WHERE district = $1
                   AND (created_at >= $2 OR removed_at >= $2
                        OR (removed_at IS NULL AND expires_at >= $2 AND expires_at <= $3)) LIMIT 1",
                &[self.id().0.into(), at.into(), now.into()],
                |row| row.int(0),
            )
        };
        Ok(self.store().read(changed)?.is_some())
    }
}
