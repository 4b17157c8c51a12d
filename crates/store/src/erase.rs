//! Erases a district, and finds the blobs that are still in use.

use homeroom_model::audit::AuditAction;
use homeroom_model::ids::BlobId;

use crate::district::DistrictStore;
use crate::engine::Store;
use crate::error::StoreError;

impl Store {
    /// The id and size of every blob that the database refers to.
    pub fn blobs_referenced(&self) -> Result<Vec<(BlobId, u64)>, StoreError> {
        self.read(|tx| {
            tx.rows(
                "SELECT blob, bytes FROM upload UNION SELECT blob, bytes FROM drop_file WHERE blob IS NOT NULL",
                &[],
                |row| Ok((row.blob(0)?, u64::try_from(row.int(1)?).unwrap_or_default())),
            )
        })
    }
}

impl DistrictStore {
    /// Erases the district with all its rows. A sweep removes the bytes that no other district uses
    /// ([`blobs_sweep`](Store::blobs_sweep)).
    pub fn erase(&self) -> Result<(), StoreError> {
        self.store().write(|tx| {
            let settings = self.settings_locked_in_tx(tx)?;
            let entries = tx.row(
                "SELECT count(*) FROM audit_entry WHERE district = $1",
                &[self.id().0.into()],
                |row| row.int(0),
            )?;
            let entries = entries.unwrap_or_default();
            for table in crate::TABLES_OF_A_DISTRICT {
                tx.execute(&format!("DELETE FROM {table} WHERE district = $1"), &[self.id().0.into()])?;
            }
            tx.execute("DELETE FROM district WHERE id = $1", &[self.id().0.into()])?;
            let (subject, entries) =
                (format!("district {}", settings.slug), format!("{entries} entries of its audit log"));
            self.store().installation_audit_add_in_tx(
                tx,
                self.cause(),
                AuditAction::DistrictErased,
                (&subject, &entries),
            )
        })
    }
}
