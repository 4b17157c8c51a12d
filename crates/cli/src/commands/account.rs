//! `homeroom account`: the SFTP logins of districts.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use homeroom_inbox::{NewLogin, parse_public_key};
use homeroom_model::district::Slug;
use homeroom_sftp::{HostKeys, SftpLogin};
use homeroom_store::DistrictStore;
use homeroom_store::accounts::{Account as Stored, AccountKey};
use serde::Serialize;
use serde_json::json;

use crate::exit::Exit;
use crate::lifecycle::sftp_address;
use crate::output::Output;
use crate::wiring::{App, Place};

#[derive(Subcommand)]
pub(crate) enum Account {
    /// Add an account; its password is shown once
    Add(Add),
    /// List a district's accounts
    List {
        /// The district
        slug: Slug,
    },
    /// Let an account log in no longer
    Disable(Which),
    /// Give an account another password, shown once
    Rotate(Which),
    /// Public keys of an account
    #[command(subcommand)]
    Key(Key),
}

#[derive(Args)]
pub(crate) struct Add {
    /// The district
    slug: Slug,
    /// The name to log in with; without it, the district's slug
    #[arg(long)]
    user: Option<String>,
    /// A file with a public key (ssh-ed25519 or ssh-rsa) that may log in as well
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Which {
    /// The district
    slug: Slug,
    /// Which account, when the district has several
    #[arg(long)]
    user: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum Key {
    /// Add a public key
    Add {
        #[command(flatten)]
        which: Which,
        /// The file with the public key
        key: PathBuf,
    },
    /// Remove a public key
    Remove {
        #[command(flatten)]
        which: Which,
        /// Its fingerprint, SHA256:…, or the file with the public key
        key: String,
    },
}

#[derive(Serialize)]
struct Listed {
    user: String,
    disabled: bool,
    keys: Vec<String>,
    created_at: jiff::Timestamp,
}

impl Account {
    pub(crate) fn run(&self, place: &Place, output: &Output) -> anyhow::Result<Exit> {
        let app = place.open()?;
        match self {
            Account::Add(add) => add.run(&app, output)?,
            Account::List { slug } => list(&app, output, slug)?,
            Account::Disable(which) => {
                let (district, account) = which.find(&app)?;
                district.accounts_disable(account.id)?;
                let document = json!({"user": account.user, "disabled": true});
                output.result(&document, || format!("{} can no longer log in", account.user))?;
            }
            Account::Rotate(which) => {
                let (district, account) = which.find(&app)?;
                show(&app, output, app.inbox.account_rotate(&district, &account)?)?;
            }
            Account::Key(key) => key.run(&app, output)?,
        }
        Ok(Exit::Done)
    }
}

impl Add {
    fn run(&self, app: &App, output: &Output) -> anyhow::Result<()> {
        let (_, district) = app.district(&self.slug)?;
        let key = self.key.as_deref().map(read_key).transpose()?;
        if let Some(user) = &self.user {
            let fits = (1..=64).contains(&user.len())
                && user.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
            ensure!(fits, "'{user}' is no user name: use up to 64 of a-z, 0-9, '-', '_' and '.'");
        }
        match app.inbox.account_add(&district, self.user.as_deref(), key.as_ref()) {
            Ok(login) => show(app, output, login),
            Err(error) if error.is_conflict("drop_account_user_name") => {
                bail!("there is an account with this name already: choose another with --user")
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn show(app: &App, output: &Output, new: NewLogin) -> anyhow::Result<()> {
    let (host, port) = sftp_address(app)?;
    let host_key_fingerprint = HostKeys::load_or_make(&app.data)?.fingerprint();
    let login = SftpLogin { user: new.user, password: new.password, host, port, host_key_fingerprint };
    output.result(&login, || {
        format!(
            "user      {}\npassword  {}   (shown this once)\nhost      {}\nport      {}\nhost key  {}\n\n\
             sftp -P {} {}@{}",
            login.user,
            login.password,
            login.host,
            login.port,
            login.host_key_fingerprint,
            login.port,
            login.user,
            login.host
        )
    })?;
    Ok(())
}

fn list(app: &App, output: &Output, slug: &Slug) -> anyhow::Result<()> {
    let (_, district) = app.district(slug)?;
    let mut listed = Vec::new();
    for account in district.accounts_list()? {
        let keys = district.account_keys_list(account.id)?;
        listed.push(Listed {
            user: account.user,
            disabled: account.disabled,
            keys: keys.into_iter().map(|key| key.fingerprint).collect(),
            created_at: account.created_at,
        });
    }
    output.result(&listed, || {
        let line = |one: &Listed| {
            let state = if one.disabled { "disabled" } else { "active" };
            format!("{:<24} {state:<9} {}\n", one.user, one.keys.join(" "))
        };
        match listed.is_empty() {
            true => format!("No accounts yet: homeroom account add {slug}"),
            false => listed.iter().map(line).collect(),
        }
    })?;
    Ok(())
}

impl Which {
    fn find(&self, app: &App) -> anyhow::Result<(DistrictStore, Stored)> {
        let (_, district) = app.district(&self.slug)?;
        let accounts = district.accounts_list()?;
        let names = accounts.iter().map(|account| account.user.clone()).collect::<Vec<_>>().join(", ");
        let found = match (&self.user, accounts.as_slice()) {
            (_, []) => bail!("{} has no account yet: homeroom account add {}", self.slug, self.slug),
            (None, [only]) => only.clone(),
            (None, _) => bail!("{} has several accounts, name one with --user: {names}", self.slug),
            (Some(user), all) => all
                .iter()
                .find(|account| account.user == *user)
                .cloned()
                .with_context(|| format!("{} has no account {user}; it has: {names}", self.slug))?,
        };
        Ok((district, found))
    }
}

impl Key {
    fn run(&self, app: &App, output: &Output) -> anyhow::Result<()> {
        match self {
            Key::Add { which, key } => {
                let (district, account) = which.find(app)?;
                let key = read_key(key)?;
                district.account_keys_add(account.id, &key)?;
                let document = json!({"user": account.user, "added": key.fingerprint});
                output
                    .result(&document, || format!("{} may log in with {}", account.user, key.fingerprint))?;
            }
            Key::Remove { which, key } => {
                let (district, account) = which.find(app)?;
                let fingerprint = match key.starts_with("SHA256:") {
                    true => key.clone(),
                    false => read_key(Path::new(key))?.fingerprint,
                };
                let removed = district.account_keys_remove(account.id, &fingerprint)?;
                ensure!(removed, "{} has no key {fingerprint}", account.user);
                let document = json!({"user": account.user, "removed": fingerprint});
                output.result(&document, || format!("{fingerprint} is removed from {}", account.user))?;
            }
        }
        Ok(())
    }
}

fn read_key(path: &Path) -> anyhow::Result<AccountKey> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    parse_public_key(&text).map_err(anyhow::Error::msg).with_context(|| format!("in {}", path.display()))
}
