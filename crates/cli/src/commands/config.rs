//! `homeroom config`: the settings in effect.

use clap::Subcommand;
use serde_json::json;

use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Config {
    /// Check whether the settings are valid
    Check,
    /// Print all settings with their values; passwords in URLs are hidden
    Show,
}

impl Config {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let mut settings = global.settings()?;
        match self {
            Config::Check => {
                if let Some(warning) = settings.mail.warning() {
                    output.note(&format!("homeroom: {warning}"));
                }
                output.result(&json!({"settings": "fine"}), || "The settings are valid.".into())?;
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
    let Some((login, host)) = rest.rsplit_once('@') else { return url.to_owned() };
    match login.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***@{host}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_in_a_url_is_hidden() {
        assert_eq!(without_password("postgres://u:se:c@ret@h/d"), "postgres://u:***@h/d");
        assert_eq!(without_password("postgres://u@h/d"), "postgres://u@h/d");
        assert_eq!(without_password("sqlite://x"), "sqlite://x");
    }
}
