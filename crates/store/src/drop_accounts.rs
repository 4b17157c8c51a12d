//! Drop accounts: the SFTP logins of districts.

use homeroom_model::audit::AuditAction;
use homeroom_model::ids::{AccountId, DistrictId};
use jiff::Timestamp;

use crate::district::DistrictStore;
use crate::engine::Store;
use crate::error::StoreError;
use crate::numbering::Sequence;
use crate::tx::Row;

/// A drop account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropAccount {
    /// The district it belongs to.
    pub district: DistrictId,
    /// Its number in the district.
    pub id: AccountId,
    /// The name to log in with; unique across all districts.
    pub user: String,
    /// The hash of its password, in PHC form.
    pub password_hash: String,
    /// Whether it is kept from logging in.
    pub disabled: bool,
    /// When it was created.
    pub created_at: Timestamp,
}

/// A public key of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropAccountKey {
    /// `SHA256:…`
    pub fingerprint: String,
    /// In OpenSSH's format: `ssh-ed25519 AAAA…`.
    pub public_key: String,
}

fn account_of(row: &Row<'_>) -> Result<DropAccount, StoreError> {
    Ok(DropAccount {
        district: DistrictId(row.int(0)?),
        id: AccountId(row.int(1)?),
        user: row.text(2)?,
        password_hash: row.text(3)?,
        disabled: row.bool(4)?,
        created_at: row.time(5)?,
    })
}

const COLUMNS: &str = "district, number, user_name, password_hash, disabled, created_at";

impl Store {
    /// The account with this user name, in any district: this is how a login finds its district.
    pub fn drop_accounts_find(&self, user: &str) -> Result<Option<DropAccount>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM drop_account WHERE user_name = $1");
        self.read(|tx| tx.row(&sql, &[user.into()], account_of))
    }
}

impl DistrictStore {
    /// Adds an account.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] on `drop_account_user_name` when the name is taken.
    pub fn drop_accounts_add(&self, user: &str, password_hash: &str) -> Result<DropAccount, StoreError> {
        let now = self.store().now();
        self.store().write(|tx| {
            let id = AccountId(self.next_number_in_tx(tx, Sequence::DropAccount)?);
            tx.execute(
                &format!("INSERT INTO drop_account ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)"),
                &[
                    self.id().0.into(),
                    id.0.into(),
                    user.into(),
                    password_hash.into(),
                    false.into(),
                    now.into(),
                ],
            )?;
            self.audit_in_tx(tx, AuditAction::AccountAdded, &subject(id), "")?;
            Ok(DropAccount {
                district: self.id(),
                id,
                user: user.to_owned(),
                password_hash: password_hash.to_owned(),
                disabled: false,
                created_at: now,
            })
        })
    }

    /// The district's accounts.
    pub fn drop_accounts_list(&self) -> Result<Vec<DropAccount>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM drop_account WHERE district = $1 ORDER BY number");
        self.store().read(|tx| tx.rows(&sql, &[self.id().0.into()], account_of))
    }

    /// Whether the district has an account.
    pub fn drop_accounts_any(&self) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM drop_account WHERE district = $1 LIMIT 1";
        Ok(self.store().read(|tx| tx.row(sql, &[self.id().0.into()], |row| row.int(0)))?.is_some())
    }

    /// Stops an account from logging in.
    pub fn drop_accounts_disable(&self, account: AccountId) -> Result<(), StoreError> {
        let sql = "UPDATE drop_account SET disabled = TRUE WHERE district = $1 AND number = $2";
        self.store().write(|tx| {
            tx.execute(sql, &[self.id().0.into(), account.0.into()])?;
            self.audit_in_tx(tx, AuditAction::AccountDisabled, &subject(account), "")
        })
    }

    /// Lets a disabled account log in again.
    pub fn drop_accounts_enable(&self, account: AccountId) -> Result<(), StoreError> {
        let sql = "UPDATE drop_account SET disabled = FALSE WHERE district = $1 AND number = $2";
        self.store().write(|tx| {
            tx.execute(sql, &[self.id().0.into(), account.0.into()])?;
            self.audit_in_tx(tx, AuditAction::AccountEnabled, &subject(account), "")
        })
    }

    /// Replaces the password of an account.
    pub fn drop_accounts_set_password(
        &self,
        account: AccountId,
        password_hash: &str,
    ) -> Result<(), StoreError> {
        let values = [self.id().0.into(), account.0.into(), password_hash.into()];
        let sql = "UPDATE drop_account SET password_hash = $3 WHERE district = $1 AND number = $2";
        self.store().write(|tx| {
            tx.execute(sql, &values)?;
            self.audit_in_tx(tx, AuditAction::PasswordChanged, &subject(account), "")
        })
    }

    /// Adds a public key; adding it twice changes nothing.
    pub fn drop_account_keys_add(&self, account: AccountId, key: &DropAccountKey) -> Result<(), StoreError> {
        let now = self.store().now();
        self.store().write(|tx| {
            tx.execute(
                "INSERT INTO drop_account_key (district, account, fingerprint, public_key, added_at)
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                &[
                    self.id().0.into(),
                    account.0.into(),
                    (&key.fingerprint).into(),
                    (&key.public_key).into(),
                    now.into(),
                ],
            )?;
            self.audit_in_tx(tx, AuditAction::AccountKeyAdded, &subject(account), &key.fingerprint)
        })
    }

    /// Removes a public key. Returns whether there was one.
    pub fn drop_account_keys_remove(
        &self,
        account: AccountId,
        fingerprint: &str,
    ) -> Result<bool, StoreError> {
        let values = [self.id().0.into(), account.0.into(), fingerprint.into()];
        let sql = "DELETE FROM drop_account_key WHERE district = $1 AND account = $2 AND fingerprint = $3";
        self.store().write(|tx| {
            let removed = tx.execute(sql, &values)? > 0;
            if removed {
                self.audit_in_tx(tx, AuditAction::AccountKeyRemoved, &subject(account), fingerprint)?;
            }
            Ok(removed)
        })
    }

    /// The public keys of an account.
    pub fn drop_account_keys_list(&self, account: AccountId) -> Result<Vec<DropAccountKey>, StoreError> {
        let values = [self.id().0.into(), account.0.into()];
        let sql = "SELECT fingerprint, public_key FROM drop_account_key WHERE district = $1 AND account = $2
                   ORDER BY added_at, fingerprint";
        self.store().read(|tx| {
            tx.rows(sql, &values, |row| {
                Ok(DropAccountKey { fingerprint: row.text(0)?, public_key: row.text(1)? })
            })
        })
    }
}

/// An account in the audit log.
fn subject(account: AccountId) -> String {
    format!("account {account}")
}
