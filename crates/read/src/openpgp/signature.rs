//! Who a file is from, as far as its signature tells.

use std::sync::{Arc, Mutex};

use pgp::composed::Message;
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::SignatureType;

use crate::container::ContainerError;
use crate::openpgp::keys::OpenPgpKeys;

/// What is known of a file's signature. One that does not match is no table ([`ContainerError::BadSignature`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignatureStatus {
    /// There is none, and no key of the district is known; or the file is no OpenPGP message.
    #[default]
    None,
    /// The message is not signed, although a key of the district is known.
    Missing,
    /// The message is signed, and no key is known to check it with; or not all rows have been read yet.
    Unchecked,
    /// It is signed with a key of the district.
    Verified,
}

/// What the readers of a message have found out about its signature so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen(Arc<Mutex<SignatureStatus>>);

impl Seen {
    pub(crate) fn get(&self) -> SignatureStatus {
        *self.0.lock().expect("no code panics while it holds this")
    }

    pub(crate) fn set(&self, signature: SignatureStatus) {
        *self.0.lock().expect("no code panics while it holds this") = signature;
    }
}

/// What is known of a message before it has been read.
pub(crate) fn at_the_start(message: &Message<'_>, keys: &OpenPgpKeys) -> SignatureStatus {
    match message.is_signed() {
        true => SignatureStatus::Unchecked,
        false if keys.knows_the_district() => SignatureStatus::Missing,
        false => SignatureStatus::None,
    }
}

/// What is known of a message that has been read to its end. One signature of the district's is enough: others may be
/// those of people whom we do not know.
pub(crate) fn at_the_end(
    message: &Message<'_>,
    keys: &OpenPgpKeys,
) -> Result<SignatureStatus, ContainerError> {
    let Message::Signed { reader, .. } = message else {
        return Ok(at_the_start(message, keys));
    };
    if !keys.knows_the_district() {
        return Ok(SignatureStatus::Unchecked);
    }
    for at in 0..reader.num_signatures() {
        let trusted = reader.signature(at).is_some_and(|signature| {
            // Only a signature of a document is one: the same key signs names and keys as well.
            matches!(signature.typ(), Some(SignatureType::Binary | SignatureType::Text))
                && signature.hash_alg() != Some(HashAlgorithm::Md5)
        });
        if trusted && keys.verifying().any(|key| message.verify_nested_explicit(at, key).is_ok()) {
            return Ok(SignatureStatus::Verified);
        }
    }
    Err(ContainerError::BadSignature)
}
