//! `homeroom account disable`

use clap::Args;
use serde_json::json;

use super::selection::AccountSelection;
use crate::app::App;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Disable {
    #[command(flatten)]
    account: AccountSelection,
}

impl Disable {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<()> {
        let (district, account) = self.account.find(app)?;
        district.drop_accounts_disable(account.id)?;
        let document = json!({"user": account.user, "disabled": true});
        output.result(&document, || format!("{} can no longer log in", account.user))?;
        Ok(())
    }
}
