//! `homeroom account key`: public keys that can log in.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Subcommand;
use homeroom_inbox::parse_public_key;
use homeroom_store::drop_accounts::DropAccountKey;
use serde_json::json;

use super::selection::AccountSelection;
use crate::app::App;
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Key {
    /// Add a public key
    Add {
        #[command(flatten)]
        account: AccountSelection,
        /// File with the public key
        key: PathBuf,
    },
    /// Remove a public key
    Remove {
        #[command(flatten)]
        account: AccountSelection,
        /// Its fingerprint, SHA256:…, or the file with the public key
        key: String,
    },
}

impl Key {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Key::Add { account, key } => {
                let (district, account) = account.find(app)?;
                let key = read_public_key(key)?;
                district.drop_account_keys_add(account.id, &key)?;
                let document = json!({"user": account.user, "added": key.fingerprint});
                output
                    .result(&document, || format!("{} can log in with {}", account.user, key.fingerprint))?;
            }
            Key::Remove { account, key } => {
                let (district, account) = account.find(app)?;
                let fingerprint = match key.starts_with("SHA256:") {
                    true => key.clone(),
                    false => read_public_key(Path::new(key))?.fingerprint,
                };
                let removed = district.drop_account_keys_remove(account.id, &fingerprint)?;
                ensure!(removed, "{} has no key {fingerprint}", account.user);
                let document = json!({"user": account.user, "removed": fingerprint});
                output.result(&document, || format!("Removed {fingerprint} from {}", account.user))?;
            }
        }
        Ok(())
    }
}

pub(super) fn read_public_key(path: &Path) -> anyhow::Result<DropAccountKey> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse_public_key(&text).map_err(anyhow::Error::msg).with_context(|| format!("in {}", path.display()))
}
