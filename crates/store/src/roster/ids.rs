//! The lasting ids of people.

use uuid::Uuid;

use crate::district::DistrictStore;
use crate::error::StoreError;

impl DistrictStore {
    /// The SIS's number and the lasting id of every student who ever was in the roster, in the order in which they came.
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
