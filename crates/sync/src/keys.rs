//! Makes and adds the OpenPGP keys that a district's files are opened and checked with.

use homeroom_read::OpenPgpKeys;
use homeroom_store::DistrictStore;
use homeroom_store::openpgp_keys::{OpenPgpKeyPair, OpenPgpSigner};

use crate::error::SyncError;

/// The key pair that a district encrypts its files to; made when it is first asked for. `name` is shown in it.
///
/// # Errors
/// [`SyncError::Key`] when the name cannot be part of a key.
pub fn district_key(district: &DistrictStore, name: &str) -> Result<OpenPgpKeyPair, SyncError> {
    if let Some(key) = district.openpgp_key()? {
        return Ok(key);
    }
    let store = district.store();
    let created_at = store.now();
    let seconds = u32::try_from(created_at.as_second()).unwrap_or(u32::MAX);
    let (secret, public) = OpenPgpKeys::generate(&format!("Homeroom for {name}"), seconds, store.random())?;
    Ok(district.openpgp_key_save(&OpenPgpKeyPair { secret, public, created_at })?)
}

/// Adds the public keys in a file to those that the district signs with; their fingerprints.
///
/// # Errors
/// [`SyncError::Key`] when the file holds something else.
pub fn add_signing_keys(district: &DistrictStore, file: &[u8]) -> Result<Vec<String>, SyncError> {
    let keys = OpenPgpKeys::default().with_district_keys(file)?.district_armored()?;
    for (fingerprint, public) in &keys {
        district.openpgp_signers_add(&OpenPgpSigner {
            fingerprint: fingerprint.clone(),
            public: public.clone(),
        })?;
    }
    Ok(keys.into_iter().map(|(fingerprint, _)| fingerprint).collect())
}
