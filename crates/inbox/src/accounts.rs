//! Logins of drop accounts.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use homeroom_model::ids::{AccountId, DistrictId};
use homeroom_store::accounts::{Account, AccountKey};
use homeroom_store::{DistrictStore, StoreError};

use crate::Inbox;
use crate::password::{NOBODYS, generate, is_right};

/// A login that was just made: the only time its password is known.
#[derive(Clone, Debug)]
pub struct NewLogin {
    /// User name.
    pub user: String,
    /// Password.
    pub password: String,
}

/// Who has logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Login {
    /// The district.
    pub district: DistrictId,
    /// The account.
    pub account: AccountId,
}

/// Why someone may not log in. For the log and the district's page, never for the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginRefused {
    /// No account has the name.
    #[error("no account has this name")]
    UnknownUser,
    /// The password is another.
    #[error("the password is wrong")]
    WrongPassword,
    /// The account has no such key.
    #[error("the account does not know this key")]
    UnknownKey,
    /// The account is disabled.
    #[error("the account is disabled")]
    Disabled,
}

impl Inbox {
    /// Adds an account. Without a name it is called like the district, with a number when that is taken.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] on `drop_account_user_name` when the given name is taken.
    pub fn account_add(
        &self,
        district: &DistrictStore,
        user: Option<&str>,
        key: Option<&AccountKey>,
    ) -> Result<NewLogin, StoreError> {
        let (password, hash) = generate(self.store.random());
        let account = match user {
            Some(user) => district.accounts_add(user, &hash)?,
            None => self.add_under_slug(district, &hash)?,
        };
        if let Some(key) = key {
            district.account_keys_add(account.id, key)?;
        }
        Ok(NewLogin { user: account.user, password })
    }

    fn add_under_slug(&self, district: &DistrictStore, hash: &str) -> Result<Account, StoreError> {
        let slug = district.settings()?.slug;
        let mut number = 1;
        loop {
            let user = if number == 1 { slug.to_string() } else { format!("{slug}-{number}") };
            match district.accounts_add(&user, hash) {
                Err(error) if error.is_conflict("drop_account_user_name") && number < 1_000 => number += 1,
                other => return other,
            }
        }
    }

    /// Gives an account another password; the old one is worth nothing from now on.
    pub fn account_rotate(
        &self,
        district: &DistrictStore,
        account: &Account,
    ) -> Result<NewLogin, StoreError> {
        let (password, hash) = generate(self.store.random());
        district.accounts_set_password(account.id, &hash)?;
        Ok(NewLogin { user: account.user.clone(), password })
    }

    /// Who logs in with a password. Takes as long for an unknown user as for a known one.
    pub fn login_with_password(
        &self,
        user: &str,
        password: &str,
    ) -> Result<Result<Login, LoginRefused>, StoreError> {
        let account = self.store.accounts_find(user)?;
        let hash = account.as_ref().map_or(NOBODYS, |account| account.password_hash.as_str());
        let right = is_right(password, hash);
        Ok(match account {
            None => Err(LoginRefused::UnknownUser),
            Some(_) if !right => Err(LoginRefused::WrongPassword),
            Some(account) if account.disabled => Err(LoginRefused::Disabled),
            Some(account) => Ok(login(&account)),
        })
    }

    /// Who logs in with a public key, given by its fingerprint (`SHA256:…`).
    pub fn login_with_key(
        &self,
        user: &str,
        fingerprint: &str,
    ) -> Result<Result<Login, LoginRefused>, StoreError> {
        let Some(account) = self.store.accounts_find(user)? else {
            return Ok(Err(LoginRefused::UnknownUser));
        };
        let keys = self.store.district(account.district).account_keys_list(account.id)?;
        Ok(if !keys.iter().any(|key| key.fingerprint == fingerprint) {
            Err(LoginRefused::UnknownKey)
        } else if account.disabled {
            Err(LoginRefused::Disabled)
        } else {
            Ok(login(&account))
        })
    }
}

fn login(account: &Account) -> Login {
    Login { district: account.district, account: account.id }
}

/// Reads a public key in OpenSSH's form (`ssh-ed25519 AAAA… comment`); the comment is left out.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn parse_public_key(text: &str) -> Result<AccountKey, String> {
    if text.contains("PRIVATE KEY") {
        return Err("this is a private key: keep it to yourself, and give the file that ends in .pub".into());
    }
    let mut words = text.split_whitespace();
    let (Some(kind), Some(encoded)) = (words.next(), words.next()) else {
        return Err("this is no public key: it looks like «ssh-ed25519 AAAA… name»".into());
    };
    const KINDS: [&str; 5] =
        ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"];
    if !KINDS.contains(&kind) {
        return Err(format!("keys of the kind '{kind}' are not taken: use ssh-ed25519 or ssh-rsa"));
    }
    let bytes = STANDARD.decode(encoded).map_err(|_| "the public key is cut off or mistyped".to_owned())?;
    // The encoded key begins with its kind once more (RFC 4253 section 6.6).
    let inner = bytes.get(..4).and_then(|length| {
        let length = u32::from_be_bytes(length.try_into().ok()?) as usize;
        bytes.get(4..4 + length)
    });
    if inner != Some(kind.as_bytes()) {
        return Err("the public key is cut off or mistyped".into());
    }
    let fingerprint = format!("SHA256:{}", STANDARD_NO_PAD.encode(sha256(&bytes)));
    Ok(AccountKey { fingerprint, public_key: format!("{kind} {encoded}") })
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
    fn what_is_no_public_key_is_refused_with_a_reason() {
        for (text, reason) in [
            ("-----BEGIN OPENSSH PRIVATE KEY-----", "private key"),
            ("hello", "no public key"),
            ("ssh-dss AAAA", "not taken"),
            ("ssh-ed25519 AAAA", "cut off"),
            ("ssh-ed25519 !!!", "cut off"),
        ] {
            assert!(parse_public_key(text).unwrap_err().contains(reason), "{text}");
        }
    }
}
