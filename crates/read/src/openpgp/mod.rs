//! Files that are encrypted or signed with OpenPGP (RFC 9580, and the older RFC 4880 that most programs write).

mod detect;
mod generate;
mod key_error;
mod keys;
mod layer;
mod message;
mod plaintext;
mod session;
mod signature;

pub use detect::OpenPgpItem;
pub use key_error::KeyError;
pub use keys::OpenPgpKeys;
pub use signature::SignatureStatus;

pub(crate) use detect::{Detected, MessageForm, detect};
pub(crate) use message::{DecryptedFile, OpenPgpMessage};
pub(crate) use signature::SharedStatus;
