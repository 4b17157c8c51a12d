//! `homeroom account list`

use clap::Args;
use homeroom_model::district::Slug;
use jiff::Timestamp;
use serde::Serialize;

use crate::app::App;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct List {
    /// The district
    slug: Slug,
}

#[derive(Serialize)]
struct ListedAccount {
    user: String,
    disabled: bool,
    /// Fingerprints of its public keys.
    keys: Vec<String>,
    created_at: Timestamp,
}

impl List {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<()> {
        let slug = &self.slug;
        let (_, district) = app.district(slug)?;
        let mut listed = Vec::new();
        for account in district.drop_accounts_list()? {
            let keys = district.drop_account_keys_list(account.id)?;
            listed.push(ListedAccount {
                user: account.user,
                disabled: account.disabled,
                keys: keys.into_iter().map(|key| key.fingerprint).collect(),
                created_at: account.created_at,
            });
        }
        output.result(&listed, || match listed.is_empty() {
            true => format!("No accounts yet: homeroom account add {slug}"),
            false => listed.iter().map(account_line).collect(),
        })?;
        Ok(())
    }
}

fn account_line(account: &ListedAccount) -> String {
    let state = if account.disabled { "disabled" } else { "active" };
    format!("{:<24} {state:<9} {}\n", account.user, account.keys.join(" "))
}
