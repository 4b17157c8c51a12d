//! A note about `school_id`s in settings that no school has.

use std::collections::BTreeSet;

use homeroom_store::DistrictStore;

use crate::output::Output;

/// Notes which `school_id`s are not in the roster: they may be misspelled, or their schools may be still to come.
pub(super) fn note_unknown_schools<'s>(
    output: &Output,
    district: &DistrictStore,
    schools: impl Iterator<Item = &'s String>,
) -> anyhow::Result<()> {
    let roster = district.roster_load()?;
    let is_known = |key: &str| roster.schools.iter().any(|school| roster.texts.get(school.values.key) == key);
    for school in schools.filter(|school| !is_known(school)).collect::<BTreeSet<_>>() {
        output.note(&format!(
            "homeroom: the roster has no school with the school_id '{school}' yet; is it misspelled?"
        ));
    }
    Ok(())
}
