//! Verifies a message's signature, which shows who sent the file.

use std::sync::{Arc, Mutex};

use pgp::composed::Message;
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::SignatureType;

use crate::container_error::ContainerError;
use crate::openpgp::keys::OpenPgpKeys;

/// The status of a file's signature. A signature that does not match is an error ([`ContainerError::BadSignature`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignatureStatus {
    /// There is no signature and none is expected: no key of the district is known, or the file is not an OpenPGP message.
    #[default]
    None,
    /// The message is not signed, although a key of the district is known.
    Missing,
    /// The message is signed, and no key of the district is known to verify it; or not all rows have been read yet.
    Unchecked,
    /// It is signed with a key of the district.
    Verified,
}

/// The status of a message's signature, shared between its readers.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedStatus(Arc<Mutex<SignatureStatus>>);

impl SharedStatus {
    pub(crate) fn get(&self) -> SignatureStatus {
        *self.0.lock().expect("no code panics while it holds this")
    }

    pub(crate) fn set(&self, signature: SignatureStatus) {
        *self.0.lock().expect("no code panics while it holds this") = signature;
    }
}

/// The status before the message has been read.
pub(crate) fn status_before(message: &Message<'_>, keys: &OpenPgpKeys) -> SignatureStatus {
    match message.is_signed() {
        true => SignatureStatus::Unchecked,
        false if keys.has_district_keys() => SignatureStatus::Missing,
        false => SignatureStatus::None,
    }
}

/// The status of a message that has been read to its end. One signature by the district is enough: there may be others by
/// people we do not know.
///
/// # Errors
/// When the district has keys and none of the signatures is by one of them.
pub(crate) fn verify(message: &Message<'_>, keys: &OpenPgpKeys) -> Result<SignatureStatus, ContainerError> {
    let Message::Signed { reader, .. } = message else {
        return Ok(status_before(message, keys));
    };
    if !keys.has_district_keys() {
        return Ok(SignatureStatus::Unchecked);
    }
    for at in 0..reader.num_signatures() {
        let is_acceptable = reader.signature(at).is_some_and(|signature| {
            // Only signatures over documents count: the same key also signs names and keys.
            matches!(signature.typ(), Some(SignatureType::Binary | SignatureType::Text))
                && signature.hash_alg() != Some(HashAlgorithm::Md5)
        });
        if is_acceptable && keys.verifying_keys().any(|key| message.verify_nested_explicit(at, key).is_ok()) {
            return Ok(SignatureStatus::Verified);
        }
    }
    Err(ContainerError::BadSignature)
}
