//! Gathers a district's rules for reading files: its profile, its OpenPGP keys and its expected file name.

use std::sync::Arc;

use homeroom_model::district::District;
use homeroom_read::{KeyError, OpenPgpKeys, ReadLimits, ReadRules};
use homeroom_store::{DistrictStore, StoreError};

/// The district's rules for reading files, within `limits`.
pub fn reading_rules(
    district: &DistrictStore,
    settings: &District,
    limits: &ReadLimits,
) -> Result<ReadRules, StoreError> {
    Ok(ReadRules {
        limits: limits.clone(),
        profile: district.profile()?,
        keys: openpgp_keys(district)?,
        today: Some(settings.today(district.store().now())),
        file_name: Some(settings.file.clone()),
    })
}

/// The keys that files are decrypted with and signatures are checked with; `None` when the district has neither.
fn openpgp_keys(district: &DistrictStore) -> Result<Option<Arc<OpenPgpKeys>>, StoreError> {
    let (own, signers) = (district.openpgp_key()?, district.openpgp_signers_list()?);
    if own.is_none() && signers.is_empty() {
        return Ok(None);
    }
    let unusable = |error: KeyError| StoreError::Unusable(format!("a district's OpenPGP key: {error}"));
    let mut keys = match own {
        Some(own) => OpenPgpKeys::from_armored(&own.secret).map_err(unusable)?,
        None => OpenPgpKeys::default(),
    };
    if !signers.is_empty() {
        let blocks = signers.iter().map(|key| key.public.as_str()).collect::<Vec<_>>().join("\n");
        keys = keys.with_district_keys(blocks.as_bytes()).map_err(unusable)?;
    }
    Ok(Some(Arc::new(keys)))
}
