//! The server's own keys: generated once and never changed, since districts' clients remember them.

use std::convert::Infallible;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use homeroom_model::Random;
use rand::{TryCryptoRng, TryRng};
use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::{KeypairData, RsaKeypair};
use russh::keys::{Algorithm, HashAlg, PrivateKey};

/// Bits of the RSA key, which is for clients that support nothing newer.
const RSA_BITS: usize = 3072;

/// Why the host keys are not available.
#[derive(Debug, thiserror::Error)]
pub enum HostKeyError {
    /// A file could not be read or written.
    #[error("the host key {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// The disk's error.
        source: io::Error,
    },
    /// A file is not a private key, or a key could not be generated.
    #[error("the host key {path}: {source}; restore it from a backup, since clients remember the old key")]
    Key {
        /// The file.
        path: PathBuf,
        /// The library's error.
        source: russh::keys::ssh_key::Error,
    },
}

/// An ed25519 and an RSA key.
#[derive(Clone)]
pub struct HostKeys {
    pub(crate) keys: Vec<PrivateKey>,
}

impl HostKeys {
    /// Loads the keys from a data folder, and generates those that are missing.
    ///
    /// # Errors
    /// When a file cannot be read or written, or is not a private key. An existing file is never replaced.
    pub fn load_or_generate(folder: &Path, random: &Random) -> Result<HostKeys, HostKeyError> {
        let mut random = LibraryRandom(random);
        let ed25519 = load_or_generate(&folder.join("ssh_host_ed25519_key"), || {
            PrivateKey::random(&mut random, Algorithm::Ed25519)
        })?;
        let rsa = load_or_generate(&folder.join("ssh_host_rsa_key"), || {
            PrivateKey::new(KeypairData::from(RsaKeypair::random(&mut random, RSA_BITS)?), "")
        })?;
        Ok(HostKeys { keys: vec![ed25519, rsa] })
    }

    /// The fingerprints (`SHA256:…`) of both keys, ed25519 first.
    pub fn fingerprints(&self) -> Vec<String> {
        self.keys.iter().map(|key| key.public_key().fingerprint(HashAlg::Sha256).to_string()).collect()
    }

    /// The fingerprint (`SHA256:…`) of the ed25519 key, which current clients use.
    pub fn fingerprint(&self) -> String {
        self.keys[0].public_key().fingerprint(HashAlg::Sha256).to_string()
    }
}

/// [`Random`] as the generator that the library expects.
struct LibraryRandom<'r>(&'r Random);

impl TryRng for LibraryRandom<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

// `Random` uses ChaCha, seeded by the operating system.
impl TryCryptoRng for LibraryRandom<'_> {}

/// Loads a key, or generates and stores it.
fn load_or_generate(
    path: &Path,
    generate: impl FnOnce() -> Result<PrivateKey, russh::keys::ssh_key::Error>,
) -> Result<PrivateKey, HostKeyError> {
    let file = |source| HostKeyError::File { path: path.to_owned(), source };
    let key = |source| HostKeyError::Key { path: path.to_owned(), source };
    match fs::read(path) {
        Ok(bytes) => PrivateKey::from_openssh(bytes).map_err(key),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let text = generate().map_err(key)?.to_openssh(LineEnding::LF).map_err(key)?;
            // Written under another name first, so that a crash leaves no partial key. The link fails if another process was
            // faster; then that process's key is used.
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
                    result => result,
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

    use homeroom_model::Random;

    use super::HostKeys;

    #[test]
    fn keys_are_generated_once_and_are_private() {
        let folder = tempfile::tempdir().unwrap();
        let generated = HostKeys::load_or_generate(folder.path(), &Random::from_system()).unwrap();
        let loaded = HostKeys::load_or_generate(folder.path(), &Random::from_system()).unwrap();
        assert_eq!(generated.fingerprints(), loaded.fingerprints());
        assert_eq!(generated.fingerprint(), generated.fingerprints()[0]);
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
        let refused =
            HostKeys::load_or_generate(folder.path(), &Random::from_system()).err().unwrap().to_string();
        assert!(refused.contains("backup"), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), b"no key");
    }
}
