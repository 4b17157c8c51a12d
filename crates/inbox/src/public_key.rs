//! Parses the public keys with which accounts log in.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use homeroom_store::drop_accounts::DropAccountKey;

/// Why a text is not a public key that an account can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// It is a private key.
    #[error("this is a private key: keep it secret, and give us the file that ends in .pub")]
    PrivateKey,
    /// It is something else.
    #[error("this is not a public key; one looks like `ssh-ed25519 AAAA… name`")]
    NotAKey,
    /// Keys of this algorithm are not accepted.
    #[error("keys of the type '{0}' are not accepted: use ssh-ed25519 or ssh-rsa")]
    UnsupportedAlgorithm(String),
    /// The encoded key is not what its beginning says.
    #[error("the public key is cut off or mistyped")]
    Damaged,
}

/// Parses a public key in OpenSSH's form (`ssh-ed25519 AAAA… comment`); the comment is dropped.
///
/// # Errors
/// What is wrong with it.
pub fn parse_public_key(text: &str) -> Result<DropAccountKey, PublicKeyError> {
    if text.contains("PRIVATE KEY") {
        return Err(PublicKeyError::PrivateKey);
    }
    let mut words = text.split_whitespace();
    let (Some(algorithm), Some(encoded)) = (words.next(), words.next()) else {
        return Err(PublicKeyError::NotAKey);
    };
    const ALGORITHMS: [&str; 5] =
        ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"];
    if !ALGORITHMS.contains(&algorithm) {
        return Err(PublicKeyError::UnsupportedAlgorithm(algorithm.to_owned()));
    }
    let bytes = STANDARD.decode(encoded).map_err(|_| PublicKeyError::Damaged)?;
    // The encoded key begins with its algorithm again (RFC 4253 section 6.6).
    let encoded_algorithm = bytes.get(..4).and_then(|length| {
        let length = u32::from_be_bytes(length.try_into().ok()?) as usize;
        bytes.get(4..4 + length)
    });
    if encoded_algorithm != Some(algorithm.as_bytes()) {
        return Err(PublicKeyError::Damaged);
    }
    let fingerprint = format!("SHA256:{}", STANDARD_NO_PAD.encode(sha256(&bytes)));
    Ok(DropAccountKey { fingerprint, public_key: format!("{algorithm} {encoded}") })
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).to_vec()
}

#[cfg(test)]
mod tests {
    use super::parse_public_key;

    #[test]
    fn a_public_key_has_the_fingerprint_that_ssh_keygen_shows() {
        let key = parse_public_key(
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl github.com\n",
        )
        .unwrap();
        assert_eq!(key.fingerprint, "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
    }

    #[test]
    fn an_invalid_public_key_is_refused_with_a_reason() {
        for (text, reason) in [
            ("-----BEGIN OPENSSH PRIVATE KEY-----", "private key"),
            ("hello", "not a public key"),
            ("ssh-dss AAAA", "not accepted"),
            ("ssh-ed25519 AAAA", "cut off"),
            ("ssh-ed25519 !!!", "cut off"),
        ] {
            assert!(parse_public_key(text).unwrap_err().to_string().contains(reason), "{text}");
        }
    }
}
