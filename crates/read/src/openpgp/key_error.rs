//! What is wrong with a key that somebody gave us, and what to do.

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyError {
    /// The bytes are no OpenPGP key.
    #[error("this is no OpenPGP key: export it with `gpg --armor --export ADDRESS` and give us that file")]
    NotAKey,
    /// A secret key where a public one belongs.
    #[error(
        "this is a private key, which nobody but its owner may have: export the public one with `gpg --armor --export ADDRESS`"
    )]
    SecretGiven,
    /// The secret key is no OpenPGP secret key.
    #[error("this is no OpenPGP private key: it begins with -----BEGIN PGP PRIVATE KEY BLOCK-----")]
    NotASecretKey,
    /// The secret key has a passphrase.
    #[error("the private key has a passphrase: export it without one, or let us make a key pair")]
    Locked,
    /// The owner has declared the key void.
    #[error("the key {0} has been revoked by its owner: ask for the one that replaces it")]
    Revoked(String),
    /// The name of a new key is empty or longer than a name can be.
    #[error("the name of a key must have between 1 and 200 characters")]
    Name,
    /// A key could not be made.
    #[error("the key pair could not be made: {0}")]
    NotMade(String),
}
