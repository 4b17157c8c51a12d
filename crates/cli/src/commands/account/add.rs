//! `homeroom account add`

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use homeroom_model::district::Slug;

use super::key::read_public_key;
use super::login::print_login;
use crate::app::App;
use crate::arguments::user_name;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Add {
    /// The district
    slug: Slug,
    /// User name; without it, the district's slug
    #[arg(long, value_parser = user_name)]
    user: Option<String>,
    /// File with a public key (ssh-ed25519 or ssh-rsa) that can log in as well
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl Add {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<()> {
        let (_, district) = app.district(&self.slug)?;
        let key = self.key.as_deref().map(read_public_key).transpose()?;
        match app.inbox.account_add(&district, self.user.as_deref(), key.as_ref()) {
            Ok(login) => print_login(app, output, login),
            Err(error) if error.is_conflict("drop_account_user_name") => {
                bail!("there is already an account with this name: choose another with --user")
            }
            Err(error) => Err(error.into()),
        }
    }
}
