//! The OpenPGP keys of a district: the one it encrypts its files to, and those it signs them with.

use homeroom_model::audit::AuditAction;
use jiff::Timestamp;

use crate::district::DistrictStore;
use crate::error::StoreError;

/// The key pair that a district encrypts its files to, both keys in ASCII armor.
#[derive(Clone)]
pub struct OpenPgpKeyPair {
    /// The secret key, which never leaves this program.
    pub secret: String,
    /// The public key, which the district gets.
    pub public: String,
    /// When it was generated.
    pub created_at: Timestamp,
}

/// A key that a district signs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPgpSigner {
    /// Its fingerprint.
    pub fingerprint: String,
    /// In ASCII armor.
    pub public: String,
}

impl DistrictStore {
    /// The district's key pair; `None` until one is generated.
    pub fn openpgp_key(&self) -> Result<Option<OpenPgpKeyPair>, StoreError> {
        self.store().read(|tx| {
            tx.row(
                "SELECT secret_key, public_key, created_at FROM openpgp_key WHERE district = $1",
                &[self.id().0.into()],
                |row| {
                    Ok(OpenPgpKeyPair {
                        secret: row.text(0)?,
                        public: row.text(1)?,
                        created_at: row.time(2)?,
                    })
                },
            )
        })
    }

    /// Saves a key pair unless the district has one. Returns the one that is in force, which is the first of two saved at once.
    pub fn openpgp_key_save(&self, key: &OpenPgpKeyPair) -> Result<OpenPgpKeyPair, StoreError> {
        self.store().write(|tx| {
            let saved = tx.execute(
                "INSERT INTO openpgp_key (district, secret_key, public_key, created_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (district) DO NOTHING",
                &[self.id().0.into(), (&key.secret).into(), (&key.public).into(), key.created_at.into()],
            )?;
            match saved {
                0 => Ok(()),
                _ => self.audit_in_tx(tx, AuditAction::OpenPgpKeyMade, "OpenPGP key", ""),
            }
        })?;
        self.openpgp_key()?.ok_or_else(|| StoreError::NotFound("the district's key".into()))
    }

    /// The keys that the district signs with.
    pub fn openpgp_signers_list(&self) -> Result<Vec<OpenPgpSigner>, StoreError> {
        self.store().read(|tx| {
            tx.rows(
                "SELECT fingerprint, public_key FROM openpgp_signer WHERE district = $1 ORDER BY fingerprint",
                &[self.id().0.into()],
                |row| Ok(OpenPgpSigner { fingerprint: row.text(0)?, public: row.text(1)? }),
            )
        })
    }

    /// Adds a key that the district signs with.
    pub fn openpgp_signers_add(&self, key: &OpenPgpSigner) -> Result<(), StoreError> {
        let now = self.store().now();
        self.store().write(|tx| {
            tx.execute(
                "INSERT INTO openpgp_signer (district, fingerprint, public_key, added_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (district, fingerprint) DO UPDATE SET public_key = excluded.public_key",
                &[self.id().0.into(), (&key.fingerprint).into(), (&key.public).into(), now.into()],
            )?;
            self.audit_in_tx(tx, AuditAction::SignerAdded, &key.fingerprint, "")
        })
    }

    /// Removes a key that the district signs with. Returns whether there was one.
    pub fn openpgp_signers_remove(&self, fingerprint: &str) -> Result<bool, StoreError> {
        let values = [self.id().0.into(), fingerprint.into()];
        let sql = "DELETE FROM openpgp_signer WHERE district = $1 AND fingerprint = $2";
        self.store().write(|tx| {
            let removed = tx.execute(sql, &values)? > 0;
            if removed {
                self.audit_in_tx(tx, AuditAction::SignerRemoved, fingerprint, "")?;
            }
            Ok(removed)
        })
    }
}
