//! Finds the session key of a message, which is encrypted to each recipient's key.

use pgp::composed::{Esk, PlainSessionKey, SignedSecretKey};
use pgp::packet::PublicKeyEncryptedSessionKey;
use pgp::types::{DecryptionKey, EskType, Password, PkeskVersion};

use crate::container_error::ContainerError;
use crate::openpgp::keys::OpenPgpKeys;

/// Recipients considered: a hidden recipient costs an attempt with each of our keys.
const MAX_RECIPIENTS: usize = 100;

/// The key with which a message is encrypted.
pub(crate) fn session_key(list: &[Esk], keys: &OpenPgpKeys) -> Result<PlainSessionKey, ContainerError> {
    let recipients = list.iter().filter_map(|key| match key {
        Esk::PublicKeyEncryptedSessionKey(key) => Some(key),
        Esk::SymKeyEncryptedSessionKey(_) => None,
    });
    let recipients = recipients.take(MAX_RECIPIENTS).collect::<Vec<_>>();
    if recipients.is_empty() {
        return Err(if list.is_empty() {
            ContainerError::MessageDamaged
        } else {
            ContainerError::EncryptedWithPassword
        });
    }
    let secret = keys.secret().ok_or(ContainerError::EncryptedWithoutKey)?;
    if let Some(key) = recipients.iter().find_map(|recipient| decrypt_session_key(recipient, secret)) {
        return Ok(key);
    }
    Err(match recipients.iter().any(|recipient| is_named(recipient, secret)) {
        true => ContainerError::MessageDamaged,
        false => ContainerError::EncryptedToOtherKey,
    })
}

fn decrypt_session_key(
    recipient: &PublicKeyEncryptedSessionKey,
    secret: &SignedSecretKey,
) -> Option<PlainSessionKey> {
    let values = recipient.values().ok()?;
    let kind = match recipient.version() {
        PkeskVersion::V3 => EskType::V3_4,
        PkeskVersion::V6 => EskType::V6,
        PkeskVersion::Other(_) => return None,
    };
    let decrypt = |key: &dyn DecryptionKey| key.decrypt(&Password::empty(), values, kind).ok()?.ok();
    let subkeys = secret.secret_subkeys.iter().map(|subkey| &subkey.key);
    subkeys.filter(|key| recipient.match_identity(key.public_key())).find_map(|key| decrypt(key)).or_else(
        || recipient.match_identity(secret.primary_key.public_key()).then(|| decrypt(&secret.primary_key))?,
    )
}

/// Whether the recipient is explicitly one of our keys; a hidden recipient may be anybody.
fn is_named(recipient: &PublicKeyEncryptedSessionKey, secret: &SignedSecretKey) -> bool {
    let is_hidden = recipient.id().is_ok_and(|id| id.is_wildcard())
        || recipient.fingerprint().is_ok_and(|fingerprint| fingerprint.is_none());
    let matches = |is_match: &dyn Fn() -> bool| !is_hidden && is_match();
    secret.secret_subkeys.iter().any(|subkey| matches(&|| recipient.match_identity(subkey.key.public_key())))
        || matches(&|| recipient.match_identity(secret.primary_key.public_key()))
}
