//! The keys for decrypting a district's files and verifying their signatures.

use std::fmt;
use std::sync::Arc;

use homeroom_model::random::Random;
use pgp::composed::{ArmorOptions, Deserializable, SignedPublicKey, SignedPublicSubKey, SignedSecretKey};
use pgp::packet::SignatureType;
use pgp::types::{Fingerprint, KeyDetails, VerifyingKey};

use crate::openpgp::generate::generate;
use crate::openpgp::key_error::KeyError;

/// Our private key, to which a district's files are encrypted, and the public keys with which the district signs. Either may
/// be missing. Cheap to clone.
#[derive(Clone, Default)]
pub struct OpenPgpKeys {
    secret: Option<Arc<SignedSecretKey>>,
    district: Arc<Vec<SignedPublicKey>>,
}

impl fmt::Debug for OpenPgpKeys {
    /// Fingerprints only, so that no secret gets into a log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OpenPgpKeys")
            .field("ours", &self.fingerprint())
            .field("district", &self.district_fingerprints())
            .finish()
    }
}

impl OpenPgpKeys {
    /// Generates a key pair for a district, both keys armored: the private key, which we keep, and the public key, which the
    /// district gets. `created` is in seconds since 1970; programs refuse to encrypt to a key from the future.
    ///
    /// # Errors
    /// When the name is empty or too long.
    pub fn generate(user_id: &str, created: u32, random: &Random) -> Result<(String, String), KeyError> {
        generate(user_id, created, random)
    }

    /// Our private key, armored and without a passphrase.
    ///
    /// # Errors
    /// When it is something else, or has a passphrase.
    pub fn from_armored(secret: &str) -> Result<OpenPgpKeys, KeyError> {
        let (key, _) = SignedSecretKey::from_string(secret).map_err(|_| KeyError::NotAPrivateKey)?;
        let is_locked = |params: &pgp::types::SecretParams| params.is_encrypted();
        if is_locked(key.primary_key.secret_params())
            || key.secret_subkeys.iter().any(|subkey| is_locked(subkey.key.secret_params()))
        {
            return Err(KeyError::HasPassphrase);
        }
        Ok(OpenPgpKeys { secret: Some(Arc::new(key)), district: Arc::default() })
    }

    /// The same with the keys that the district signs with, instead of those known so far. `keys` contains one or several
    /// keys, binary or armored (also as several armored blocks in a row).
    ///
    /// # Errors
    /// When the bytes are something else, or a key has been revoked.
    pub fn with_district_keys(self, keys: &[u8]) -> Result<OpenPgpKeys, KeyError> {
        let mut district = public_keys(keys)?;
        if district.is_empty() {
            return Err(KeyError::NotAKey);
        }
        for key in &mut district {
            if key
                .details
                .revocation_signatures
                .iter()
                .any(|signature| signature.verify_key(&key.primary_key).is_ok())
            {
                return Err(KeyError::Revoked(format_fingerprint(&key.fingerprint())));
            }
            let primary = key.primary_key.clone();
            key.public_subkeys.retain(|subkey| can_sign(subkey, &primary));
        }
        Ok(OpenPgpKeys { district: Arc::new(district), ..self })
    }

    /// Our key's fingerprint, in groups of four digits; `None` without a key.
    pub fn fingerprint(&self) -> Option<String> {
        self.secret.as_ref().map(|key| format_fingerprint(&key.primary_key.fingerprint()))
    }

    /// The fingerprints of the district's keys.
    pub fn district_fingerprints(&self) -> Vec<String> {
        self.district.iter().map(|key| format_fingerprint(&key.fingerprint())).collect()
    }

    /// The fingerprint and the armored key of each of the district's keys.
    ///
    /// # Errors
    /// When a key cannot be written.
    pub fn district_armored(&self) -> Result<Vec<(String, String)>, KeyError> {
        let armored = |key: &SignedPublicKey| {
            let text = key.to_armored_string(ArmorOptions::default()).map_err(|_| KeyError::NotAKey)?;
            Ok((format_fingerprint(&key.fingerprint()), text))
        };
        self.district.iter().map(armored).collect()
    }

    /// Our public key, armored, for the district to import; `None` without a key.
    pub fn public_armored(&self) -> Option<String> {
        let public = SignedPublicKey::from(self.secret.as_deref()?.clone());
        public.to_armored_string(ArmorOptions::default()).ok()
    }

    pub(crate) fn secret(&self) -> Option<&SignedSecretKey> {
        self.secret.as_deref()
    }

    pub(crate) fn has_district_keys(&self) -> bool {
        !self.district.is_empty()
    }

    /// Every key that the district may sign with.
    pub(crate) fn verifying_keys(&self) -> impl Iterator<Item = &dyn VerifyingKey> {
        self.district.iter().flat_map(|key| {
            let subkeys = key.public_subkeys.iter().map(|subkey| &subkey.key as &dyn VerifyingKey);
            std::iter::once(&key.primary_key as &dyn VerifyingKey).chain(subkeys)
        })
    }
}

/// Whether a subkey belongs to its key, may sign and has not been revoked. Anybody who can write to a key file can add a
/// subkey to it, but not the signature that binds it.
fn can_sign(subkey: &SignedPublicSubKey, primary: &pgp::packet::PublicKey) -> bool {
    subkey.verify_bindings(primary).is_ok()
        && subkey.signatures.iter().any(|signature| signature.key_flags().sign())
        && !subkey.signatures.iter().any(|signature| signature.typ() == Some(SignatureType::SubkeyRevocation))
}

fn public_keys(bytes: &[u8]) -> Result<Vec<SignedPublicKey>, KeyError> {
    const BLOCK: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
    let text = String::from_utf8_lossy(bytes);
    if text.contains("-----BEGIN PGP PRIVATE KEY BLOCK-----") {
        return Err(KeyError::PrivateKeyGiven);
    }
    if !text.contains(BLOCK) {
        // A packet of type 5 is a private key; its header may be old or new (RFC 9580 section 4.2).
        if matches!(bytes.first(), Some(0x94..=0x97 | 0xC5)) {
            return Err(KeyError::PrivateKeyGiven);
        }
        let keys = SignedPublicKey::from_bytes_many(bytes).map_err(|_| KeyError::NotAKey)?;
        return keys.collect::<Result<_, _>>().map_err(|_| KeyError::NotAKey);
    }
    let mut all = vec![];
    for block in text.split(BLOCK).skip(1) {
        let block = format!("{BLOCK}{block}");
        let (keys, _) = SignedPublicKey::from_string_many(&block).map_err(|_| KeyError::NotAKey)?;
        for key in keys {
            all.push(key.map_err(|_| KeyError::NotAKey)?);
        }
    }
    Ok(all)
}

/// In groups of four digits, as people compare fingerprints.
fn format_fingerprint(fingerprint: &Fingerprint) -> String {
    let digits = fingerprint.to_string().to_uppercase();
    let groups = digits.as_bytes().chunks(4).map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(" ")
}
