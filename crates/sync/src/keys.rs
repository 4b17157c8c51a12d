//! The OpenPGP keys that a district's files are opened and checked with.

use std::sync::Arc;

use homeroom_read::{KeyError, OpenPgpKeys};
use homeroom_store::openpgp_keys::{DistrictKey, SigningKey};
use homeroom_store::{DistrictStore, StoreError};

use crate::error::SyncError;

/// The key pair that a district encrypts its files to; made when it is asked for first. `name` is shown in it.
///
/// # Errors
/// [`SyncError::Refused`] when the name cannot stand in a key.
pub fn district_key(district: &DistrictStore, name: &str) -> Result<DistrictKey, SyncError> {
    if let Some(key) = district.district_key()? {
        return Ok(key);
    }
    let store = district.store();
    let created_at = store.now();
    let seconds = u32::try_from(created_at.as_second()).unwrap_or(u32::MAX);
    let (secret, public) = OpenPgpKeys::generate(&format!("Homeroom for {name}"), seconds, store.random())
        .map_err(|error| SyncError::Refused(error.to_string()))?;
    Ok(district.district_key_keep(&DistrictKey { secret, public, created_at })?)
}

/// Knows the keys in a file as those that the district signs with; their fingerprints.
///
/// # Errors
/// [`SyncError::Refused`] when the file holds something else.
pub fn know_signing_keys(district: &DistrictStore, file: &[u8]) -> Result<Vec<String>, SyncError> {
    let refused = |error: KeyError| SyncError::Refused(error.to_string());
    let keys = OpenPgpKeys::default().with_district_keys(file).map_err(refused)?;
    let known = keys.district_armored().map_err(refused)?;
    for (fingerprint, public) in &known {
        district
            .signing_keys_add(&SigningKey { fingerprint: fingerprint.clone(), public: public.clone() })?;
    }
    Ok(known.into_iter().map(|(fingerprint, _)| fingerprint).collect())
}

/// What the reader needs; `None` when the district has no key of either kind.
pub(crate) fn keys_of(district: &DistrictStore) -> Result<Option<Arc<OpenPgpKeys>>, StoreError> {
    let (ours, theirs) = (district.district_key()?, district.signing_keys_list()?);
    if ours.is_none() && theirs.is_empty() {
        return Ok(None);
    }
    let unusable = |error: KeyError| StoreError::Unusable(format!("a district's OpenPGP key: {error}"));
    let mut keys = match ours {
        Some(ours) => OpenPgpKeys::from_armored(&ours.secret).map_err(unusable)?,
        None => OpenPgpKeys::default(),
    };
    if !theirs.is_empty() {
        let blocks = theirs.iter().map(|key| key.public.as_str()).collect::<Vec<_>>().join("\n");
        keys = keys.with_district_keys(blocks.as_bytes()).map_err(unusable)?;
    }
    Ok(Some(Arc::new(keys)))
}
