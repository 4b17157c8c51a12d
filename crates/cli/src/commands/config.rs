//! `homeroom config`: the settings that hold here.

use clap::Subcommand;
use serde_json::json;

use crate::exit::Exit;
use crate::output::Output;
use crate::wiring::Place;

#[derive(Subcommand)]
pub(crate) enum Config {
    /// Say whether the settings are understood
    Check,
    /// Print all settings with their values; passwords in addresses are left out
    Show,
}

impl Config {
    pub(crate) fn run(&self, place: &Place, output: &Output) -> anyhow::Result<Exit> {
        let mut settings = place.settings()?;
        match self {
            Config::Check => {
                output.result(&json!({"settings": "fine"}), || "The settings are fine.".into())?
            }
            Config::Show => {
                settings.database.url = without_password(&settings.database.url);
                settings.mail.url = without_password(&settings.mail.url);
                let text = toml::to_string(&settings)?;
                output.result(&settings, || text)?;
            }
        }
        Ok(Exit::Done)
    }
}

/// `postgres://user:***@host/database`
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let Some((login, place)) = rest.rsplit_once('@') else { return url.to_owned() };
    match login.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***@{place}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        assert_eq!(without_password("postgres://u:se:c@ret@h/d"), "postgres://u:***@h/d");
        assert_eq!(without_password("postgres://u@h/d"), "postgres://u@h/d");
        assert_eq!(without_password("sqlite://x"), "sqlite://x");
    }
}
