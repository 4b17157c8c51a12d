//! Checks that every student keeps the permanent id they were given first.

use std::collections::BTreeMap;

use homeroom_store::DistrictStore;
use uuid::Uuid;

/// The permanent id of each student so far, by SIS id.
#[derive(Default)]
pub(super) struct Identities(BTreeMap<String, Uuid>);

impl Identities {
    /// Compares the stored ids with the known ones and remembers new students; a line for each id that changed.
    pub(super) fn changed_ids(&mut self, district: &DistrictStore) -> anyhow::Result<Vec<String>> {
        let mut changed = Vec::new();
        for (sis_id, id) in district.student_ids()? {
            let first = *self.0.entry(sis_id.clone()).or_insert(id);
            if first != id {
                changed.push(format!("student {sis_id} had the id {first} and now has {id}"));
            }
        }
        Ok(changed)
    }

    /// How many students there were so far.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}
