//! Nobody loses their id: whoever was seen once is looked up again.

use std::collections::BTreeMap;

use homeroom_store::DistrictStore;
use uuid::Uuid;

/// The id that each student got, by the number in the SIS.
#[derive(Default)]
pub(super) struct Identities(BTreeMap<String, Uuid>);

impl Identities {
    /// Looks everybody up; whoever has another id than before is told, newcomers are remembered.
    pub(super) fn look_up(&mut self, district: &DistrictStore) -> anyhow::Result<Vec<String>> {
        let mut lost = Vec::new();
        for (sis_id, id) in district.student_ids()? {
            let first = *self.0.entry(sis_id.clone()).or_insert(id);
            if first != id {
                lost.push(format!("student {sis_id} was {first} and is {id}"));
            }
        }
        Ok(lost)
    }

    /// How many students have been seen.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}
