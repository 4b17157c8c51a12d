//! The permanent ids of people.

use uuid::Uuid;

use crate::district::DistrictStore;
use crate::error::StoreError;

impl DistrictStore {
    /// The SIS id and the permanent id of every student who was ever in the roster, oldest first.
    pub fn student_ids(&self) -> Result<Vec<(String, Uuid)>, StoreError> {
        self.store().read(|tx| {
            tx.rows(
                "SELECT sis_id, id FROM student WHERE district = $1 ORDER BY number",
                &[self.id().0.into()],
                |row| Ok((row.text(0)?, row.uuid(1)?)),
            )
        })
    }
}
