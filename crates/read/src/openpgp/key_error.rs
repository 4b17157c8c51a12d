//! What is wrong with a key that somebody gave us, and what to do about it.

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyError {
    /// The bytes are not an OpenPGP key.
    #[error(
        "this is not an OpenPGP key: export it with `gpg --armor --export ADDRESS` and give us that file"
    )]
    NotAKey,
    /// A private key was given instead of a public one.
    #[error(
        "this is a private key, which only its owner may have: export the public one with `gpg --armor --export ADDRESS`"
    )]
    PrivateKeyGiven,
    /// The bytes are not an OpenPGP private key.
    #[error("this is not an OpenPGP private key: it must begin with -----BEGIN PGP PRIVATE KEY BLOCK-----")]
    NotAPrivateKey,
    /// The private key has a passphrase.
    #[error("the private key has a passphrase: export it without one, or let us generate a key pair")]
    HasPassphrase,
    /// The owner has revoked the key; its fingerprint.
    #[error("the key {0} has been revoked by its owner: ask for the one that replaces it")]
    Revoked(String),
    /// The name for a new key is empty or too long.
    #[error("the name of a key must have between 1 and 200 characters")]
    InvalidName,
    /// A key pair could not be generated; the library's message.
    #[error("the key pair could not be generated: {0}")]
    NotGenerated(String),
}
