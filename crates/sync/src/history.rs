//! What became of one school, class, teacher or student.

use homeroom_model::history::History;
use homeroom_model::ids::EntityKind;
use homeroom_model::roster::{Class, Person, School, Student};
use homeroom_plan::Fields;
use homeroom_store::roster::KeptEntity;
use homeroom_store::{DistrictStore, StoreError};

/// The histories of all things of a kind that have or ever had a key: an id, a SIS number, or an address. None when nothing
/// ever had it.
pub fn history(district: &DistrictStore, kind: EntityKind, key: &str) -> Result<Vec<History>, StoreError> {
    match kind {
        EntityKind::School => histories::<School>(district, key),
        EntityKind::Class => histories::<Class>(district, key),
        EntityKind::Teacher => histories::<Person>(district, key),
        EntityKind::Student => histories::<Student>(district, key),
    }
}

fn histories<V: KeptEntity + Fields>(
    district: &DistrictStore,
    key: &str,
) -> Result<Vec<History>, StoreError> {
    let history = |number: u32| {
        let (logged, makers) = district.history_load::<V>(number)?;
        Ok(homeroom_plan::history(V::KIND, &logged, &makers))
    };
    district.history_find::<V>(key)?.into_iter().map(history).collect()
}
