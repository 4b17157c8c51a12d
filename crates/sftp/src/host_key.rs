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

    /// `SHA256:…` of both keys, ed25519 first.
    pub fn fingerprints(&self) -> Vec<String> {
        self.keys.iter().map(|key| key.public_key().fingerprint(HashAlg::Sha256).to_string()).collect()
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::HostKeys;

    #[test]
    fn keys_are_made_once_and_kept_private() {
        let folder = tempfile::tempdir().unwrap();
        let made = HostKeys::load_or_make(folder.path()).unwrap();
        let again = HostKeys::load_or_make(folder.path()).unwrap();
        assert_eq!(made.fingerprints(), again.fingerprints());
        assert_eq!(made.fingerprint(), made.fingerprints()[0]);
        let mut names = vec![];
        for file in fs::read_dir(folder.path()).unwrap() {
            let file = file.unwrap();
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            names.push(file.file_name().into_string().unwrap());
        }
        names.sort();
        assert_eq!(names, ["ssh_host_ed25519_key", "ssh_host_rsa_key"]);
    }

    #[test]
    fn a_damaged_key_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ssh_host_ed25519_key");
        fs::write(&path, "no key").unwrap();
        let refused = HostKeys::load_or_make(folder.path()).err().unwrap().to_string();
        assert!(refused.contains("backup"), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), b"no key");
    }
}
