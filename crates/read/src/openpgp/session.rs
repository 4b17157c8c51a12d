//! Finds the key of a message: each message has one of its own, which is encrypted to the recipients' keys.

use pgp::composed::{Esk, PlainSessionKey, SignedSecretKey};
use pgp::packet::PublicKeyEncryptedSessionKey;
use pgp::types::{DecryptionKey, EskType, Password, PkeskVersion};

use crate::container::ContainerError;
use crate::openpgp::keys::OpenPgpKeys;

/// Recipients that are looked at: one that hides its name costs a try with each of our keys.
const RECIPIENTS: usize = 100;

/// The key that a message is encrypted with.
pub(crate) fn session_key(list: &[Esk], keys: &OpenPgpKeys) -> Result<PlainSessionKey, ContainerError> {
    let recipients = list.iter().filter_map(|key| match key {
        Esk::PublicKeyEncryptedSessionKey(key) => Some(key),
        Esk::SymKeyEncryptedSessionKey(_) => None,
    });
    let recipients = recipients.take(RECIPIENTS).collect::<Vec<_>>();
    if recipients.is_empty() {
        return Err(if list.is_empty() {
            ContainerError::MessageDamaged
        } else {
            ContainerError::EncryptedWithPassword
        });
    }
    let secret = keys.secret().ok_or(ContainerError::EncryptedWithoutKey)?;
    if let Some(key) = recipients.iter().find_map(|recipient| opened(recipient, secret)) {
        return Ok(key);
    }
    Err(match recipients.iter().any(|recipient| is_named(recipient, secret)) {
        true => ContainerError::MessageDamaged,
        false => ContainerError::EncryptedToOtherKey,
    })
}

fn opened(recipient: &PublicKeyEncryptedSessionKey, secret: &SignedSecretKey) -> Option<PlainSessionKey> {
    let values = recipient.values().ok()?;
    let kind = match recipient.version() {
        PkeskVersion::V3 => EskType::V3_4,
        PkeskVersion::V6 => EskType::V6,
        PkeskVersion::Other(_) => return None,
    };
    let with = |key: &dyn DecryptionKey| key.decrypt(&Password::empty(), values, kind).ok()?.ok();
    let subkeys = secret.secret_subkeys.iter().map(|subkey| &subkey.key);
    subkeys.filter(|key| recipient.match_identity(key.public_key())).find_map(|key| with(key)).or_else(|| {
        recipient.match_identity(secret.primary_key.public_key()).then(|| with(&secret.primary_key))?
    })
}

/// Whether the recipient is one of our keys by name; a hidden one may be anybody.
fn is_named(recipient: &PublicKeyEncryptedSessionKey, secret: &SignedSecretKey) -> bool {
    let hidden = recipient.id().is_ok_and(|id| id.is_wildcard())
        || recipient.fingerprint().is_ok_and(|fingerprint| fingerprint.is_none());
    let is = |key: &dyn Fn() -> bool| !hidden && key();
    secret.secret_subkeys.iter().any(|subkey| is(&|| recipient.match_identity(subkey.key.public_key())))
        || is(&|| recipient.match_identity(secret.primary_key.public_key()))
}
