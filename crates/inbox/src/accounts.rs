//! Adds drop accounts and verifies their logins.

use homeroom_model::ids::{AccountId, DistrictId};
use homeroom_store::drop_accounts::{DropAccount, DropAccountKey};
use homeroom_store::{DistrictStore, StoreError};

use crate::Inbox;
use crate::password::{DUMMY_HASH, generate, verify};

/// A new login, the only time at which its password is known.
#[derive(Clone, Debug)]
pub struct NewLogin {
    /// User name.
    pub user: String,
    /// Password.
    pub password: String,
}

/// An account that has logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountLogin {
    /// The district.
    pub district: DistrictId,
    /// The account.
    pub account: AccountId,
}

/// Why a login is refused: for the log and the district's page, never for the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginRefused {
    /// There is no account with this name.
    #[error("no account has this name")]
    UnknownUser,
    /// The password is wrong.
    #[error("the password is wrong")]
    WrongPassword,
    /// The account has no such key.
    #[error("the account does not have this key")]
    UnknownKey,
    /// The account is disabled.
    #[error("the account is disabled")]
    Disabled,
}

impl Inbox {
    /// Adds an account. Without a name it gets that of the district, with a number if the name is taken.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] on `drop_account_user_name` when the given name is taken.
    pub fn account_add(
        &self,
        district: &DistrictStore,
        user: Option<&str>,
        key: Option<&DropAccountKey>,
    ) -> Result<NewLogin, StoreError> {
        let (password, hash) = generate(self.store.random());
        let account = match user {
            Some(user) => district.drop_accounts_add(user, &hash)?,
            None => self.add_with_slug(district, &hash)?,
        };
        if let Some(key) = key {
            district.drop_account_keys_add(account.id, key)?;
        }
        Ok(NewLogin { user: account.user, password })
    }

    fn add_with_slug(&self, district: &DistrictStore, hash: &str) -> Result<DropAccount, StoreError> {
        let slug = district.settings()?.slug;
        let mut number = 1;
        loop {
            let user = if number == 1 { slug.to_string() } else { format!("{slug}-{number}") };
            match district.drop_accounts_add(&user, hash) {
                Err(error) if error.is_conflict("drop_account_user_name") && number < 1_000 => number += 1,
                result => return result,
            }
        }
    }

    /// Gives an account a new password; the old one no longer works.
    ///
    /// # Errors
    /// When the database fails.
    pub fn account_rotate(
        &self,
        district: &DistrictStore,
        account: &DropAccount,
    ) -> Result<NewLogin, StoreError> {
        let (password, hash) = generate(self.store.random());
        district.drop_accounts_set_password(account.id, &hash)?;
        Ok(NewLogin { user: account.user.clone(), password })
    }

    /// Verifies a password. Takes as long for an unknown user as for a known one.
    ///
    /// # Errors
    /// The outer error is the database's.
    pub fn login_with_password(
        &self,
        user: &str,
        password: &str,
    ) -> Result<Result<AccountLogin, LoginRefused>, StoreError> {
        let account = self.store.drop_accounts_find(user)?;
        let hash = account.as_ref().map_or(DUMMY_HASH, |account| account.password_hash.as_str());
        let matches = verify(password, hash);
        Ok(match account {
            None => Err(LoginRefused::UnknownUser),
            Some(_) if !matches => Err(LoginRefused::WrongPassword),
            Some(account) if account.disabled => Err(LoginRefused::Disabled),
            Some(account) => Ok(login(&account)),
        })
    }

    /// Verifies a public key by its fingerprint (`SHA256:…`). The caller has verified that the client has the private key.
    ///
    /// # Errors
    /// The outer error is the database's.
    pub fn login_with_key(
        &self,
        user: &str,
        fingerprint: &str,
    ) -> Result<Result<AccountLogin, LoginRefused>, StoreError> {
        let Some(account) = self.store.drop_accounts_find(user)? else {
            return Ok(Err(LoginRefused::UnknownUser));
        };
        let keys = self.store.district(account.district).drop_account_keys_list(account.id)?;
        Ok(if !keys.iter().any(|key| key.fingerprint == fingerprint) {
            Err(LoginRefused::UnknownKey)
        } else if account.disabled {
            Err(LoginRefused::Disabled)
        } else {
            Ok(login(&account))
        })
    }
}

fn login(account: &DropAccount) -> AccountLogin {
    AccountLogin { district: account.district, account: account.id }
}
