//! Finds the histories behind a key.

use homeroom_model::fields::Fields;
use homeroom_model::history::History;
use homeroom_model::ids::EntityKind;
use homeroom_model::roster::{Class, School, Student, Teacher};
use homeroom_store::roster::StorableEntity;
use homeroom_store::{DistrictStore, StoreError};

use super::from_log::history_from_log;

/// The histories of all entities of a kind that have or ever had a key: an id, a SIS id, or an address. Empty when none ever
/// had it.
pub fn find_histories(
    district: &DistrictStore,
    kind: EntityKind,
    key: &str,
) -> Result<Vec<History>, StoreError> {
    match kind {
        EntityKind::School => histories::<School>(district, key),
        EntityKind::Class => histories::<Class>(district, key),
        EntityKind::Teacher => histories::<Teacher>(district, key),
        EntityKind::Student => histories::<Student>(district, key),
    }
}

fn histories<V: StorableEntity + Fields>(
    district: &DistrictStore,
    key: &str,
) -> Result<Vec<History>, StoreError> {
    let history = |number| {
        let (logged, causes) = district.history_load::<V>(number)?;
        Ok(history_from_log(V::KIND, &logged, &causes))
    };
    district.history_find::<V>(key)?.into_iter().map(history).collect()
}
