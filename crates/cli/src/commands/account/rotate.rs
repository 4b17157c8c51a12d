//! `homeroom account rotate`

use clap::Args;

use super::login::print_login;
use super::selection::AccountSelection;
use crate::app::App;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Rotate {
    #[command(flatten)]
    account: AccountSelection,
}

impl Rotate {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<()> {
        let (district, account) = self.account.find(app)?;
        print_login(app, output, app.inbox.account_rotate(&district, &account)?)
    }
}
