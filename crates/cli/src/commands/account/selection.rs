//! Which account a command is about.

use anyhow::{Context, bail};
use clap::Args;
use homeroom_model::district::Slug;
use homeroom_store::DistrictStore;
use homeroom_store::drop_accounts::DropAccount;

use crate::app::App;

#[derive(Args)]
pub(crate) struct AccountSelection {
    /// The district
    slug: Slug,
    /// The account, if the district has several
    #[arg(long)]
    user: Option<String>,
}

impl AccountSelection {
    pub(super) fn find(&self, app: &App) -> anyhow::Result<(DistrictStore, DropAccount)> {
        let slug = &self.slug;
        let (_, district) = app.district(slug)?;
        let accounts = district.drop_accounts_list()?;
        let names = accounts.iter().map(|account| account.user.clone()).collect::<Vec<_>>().join(", ");
        let account = match (&self.user, accounts.as_slice()) {
            (_, []) => bail!("{slug} has no account yet: homeroom account add {slug}"),
            (None, [account]) => account.clone(),
            (None, _) => bail!("{slug} has several accounts; choose one with --user: {names}"),
            (Some(user), accounts) => accounts
                .iter()
                .find(|account| account.user == *user)
                .cloned()
                .with_context(|| format!("{slug} has no account {user}; it has: {names}"))?,
        };
        Ok((district, account))
    }
}
