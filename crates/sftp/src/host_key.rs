//! The server's own keys: made once, never changed, because districts' clients remember them.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::{KeypairData, RsaKeypair};
use russh::keys::{Algorithm, HashAlg, PrivateKey};

/// Bits of the RSA key, for clients that know no other.
const RSA_BITS: usize = 3072;

/// Why host keys could not be had.
#[derive(Debug, thiserror::Error)]
pub enum HostKeyError {
    /// A file could not be read or written.
    #[error("the host key {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is no private key, or a key could not be made.
    #[error("the host key {path}: {source}; restore it from a backup, because clients remember the old one")]
    Key {
        /// Which.
        path: PathBuf,
        /// Why.
        source: russh::keys::ssh_key::Error,
    },
}

/// An ed25519 and an RSA key.
#[derive(Clone)]
pub struct HostKeys {
    pub(crate) keys: Vec<PrivateKey>,
}

impl HostKeys {
    /// Reads the keys of a data folder, making those that are missing.
    pub fn load_or_make(folder: &Path) -> Result<HostKeys, HostKeyError> {
        let ed25519 = load_or_make(&folder.join("ssh_host_ed25519_key"), || {
            PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519)
        })?;
        let rsa = load_or_make(&folder.join("ssh_host_rsa_key"), || {
            PrivateKey::new(KeypairData::from(RsaKeypair::random(&mut rand::rng(), RSA_BITS)?), "")
        })?;
        Ok(HostKeys { keys: vec![ed25519, rsa] })
    }

    /// `SHA256:…` of the ed25519 key, which clients of today see.
    pub fn fingerprint(&self) -> String {
        self.keys[0].public_key().fingerprint(HashAlg::Sha256).to_string()
    }
}

fn load_or_make(
    path: &Path,
    make: impl FnOnce() -> Result<PrivateKey, russh::keys::ssh_key::Error>,
) -> Result<PrivateKey, HostKeyError> {
    let file = |source| HostKeyError::File { path: path.to_owned(), source };
    let key = |source| HostKeyError::Key { path: path.to_owned(), source };
    match fs::read(path) {
        Ok(bytes) => PrivateKey::from_openssh(bytes).map_err(key),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = make().map_err(key)?;
            let text = made.to_openssh(LineEnding::LF).map_err(key)?;
            // Written whole under another name first: a crash leaves no half key behind. The link fails when another
            // process was quicker; then its key counts.
            let unfinished = path.with_extension(format!("unfinished-{}", std::process::id()));
            let write = || {
                let mut out = OpenOptions::new()
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .mode(0o600)
                    .open(&unfinished)?;
                out.write_all(text.as_bytes())?;
                out.sync_all()?;
                let linked = fs::hard_link(&unfinished, path);
                fs::remove_file(&unfinished)?;
                match linked {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                    other => other,
                }
            };
            write().map_err(file)?;
            PrivateKey::from_openssh(fs::read(path).map_err(file)?).map_err(key)
        }
        Err(error) => Err(file(error)),
    }
}
