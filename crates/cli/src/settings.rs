//! Settings: defaults in code, a TOML file over them, the environment over both. Unknown keys are refused. Each section is a
//! struct beside the code that uses it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use homeroom_inbox::InboxSettings;
use homeroom_jobs::JobSettings;
use homeroom_sftp::SftpSettings;
use homeroom_store::{BlobSettings, DatabaseSettings};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::logging::LogSettings;
use crate::mail::MailSettings;
use crate::web::WebSettings;

/// Everything that can be set.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) sftp: SftpSettings,
    pub(crate) web: WebSettings,
    pub(crate) inbox: InboxSettings,
    pub(crate) database: DatabaseSettings,
    pub(crate) blobs: BlobSettings,
    pub(crate) mail: MailSettings,
    pub(crate) jobs: JobSettings,
    pub(crate) log: LogSettings,
}

/// The prefix of settings in the environment: `HOMEROOM__SFTP__LISTEN`.
const PREFIX: &str = "HOMEROOM__";

impl Settings {
    /// Reads the settings. `file` must exist when it is given.
    pub(crate) fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> anyhow::Result<Settings> {
        let mut table =
            Table::try_from(Settings::default()).context("the default settings have no TOML form")?;
        if let Some(file) = file {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("cannot read the settings file {}", file.display()))?;
            let from_file = text
                .parse::<Table>()
                .with_context(|| format!("the settings file {} is not valid TOML", file.display()))?;
            overlay(&mut table, from_file).with_context(|| format!("in {}", file.display()))?;
        }
        // In the order of their names, so that of several errors it is always the same one that is reported.
        let variables = environment.filter(|(name, _)| name.starts_with(PREFIX)).collect::<BTreeMap<_, _>>();
        for (name, value) in variables {
            set_from_environment(&mut table, &name, &value)?;
        }
        let settings =
            Settings::deserialize(Value::Table(table)).context("a setting has a value of the wrong type")?;
        settings.validate()?;
        Ok(settings)
    }

    fn validate(&self) -> anyhow::Result<()> {
        self.sftp.validate().map_err(anyhow::Error::msg)?;
        self.inbox.validate().map_err(anyhow::Error::msg)?;
        self.blobs.validate().map_err(anyhow::Error::msg)?;
        self.jobs.validate().map_err(anyhow::Error::msg)?;
        self.mail.validate()?;
        self.log.validate()
    }
}

/// Puts the sections of a file over the defaults; every key must be known.
fn overlay(table: &mut Table, from_file: Table) -> anyhow::Result<()> {
    for (section, values) in from_file {
        let Some(Value::Table(known)) = table.get_mut(&section) else {
            bail!("unknown section [{section}]{}", suggestion(&section, table.keys()));
        };
        let Value::Table(values) = values else { bail!("[{section}] must be a section") };
        for (key, value) in values {
            let Some(setting) = known.get_mut(&key) else {
                bail!("unknown key {section}.{key}{}", suggestion(&key, known.keys()));
            };
            *setting = value;
        }
    }
    Ok(())
}

fn set_from_environment(table: &mut Table, name: &str, text: &str) -> anyhow::Result<()> {
    let path = name[PREFIX.len()..].to_lowercase();
    let Some((section, key)) = path.split_once("__") else {
        bail!("{name}: write HOMEROOM__SECTION__KEY");
    };
    let Some(Value::Table(known)) = table.get_mut(section) else {
        bail!("{name}: unknown section {section}{}", suggestion(section, table.keys()));
    };
    let Some(setting) = known.get_mut(key) else {
        bail!("{name}: unknown key {key}{}", suggestion(key, known.keys()));
    };
    let must_be = |expected: &str| anyhow!("{name} must be {expected}, not '{text}'");
    *setting = match setting {
        Value::Integer(_) => Value::Integer(text.parse().map_err(|_| must_be("a whole number"))?),
        Value::Boolean(_) => Value::Boolean(text.parse().map_err(|_| must_be("true or false"))?),
        Value::Float(_) => Value::Float(text.parse().map_err(|_| must_be("a number"))?),
        Value::Array(_) => Value::Array(text.split(',').map(|item| Value::from(item.trim())).collect()),
        _ => Value::from(text),
    };
    Ok(())
}

/// ": did you mean 'listen'?" when a known word is near.
fn suggestion<'k>(unknown: &str, known: impl Iterator<Item = &'k String>) -> String {
    let nearest = known.map(|key| (strsim::damerau_levenshtein(unknown, key), key)).min();
    match nearest {
        Some((distance, key)) if distance <= unknown.len().div_ceil(2) => {
            format!(": did you mean '{key}'?")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    fn environment(pairs: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<Vec<_>>()
            .into_iter()
    }

    #[test]
    fn the_environment_overrides_the_file_and_the_file_overrides_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("homeroom.toml");
        std::fs::write(&file, "[inbox]\nsettle_seconds = 5\n[web]\nlisten = \"127.0.0.1:1\"\n").unwrap();
        let settings = Settings::load(
            Some(&file),
            environment(&[("HOMEROOM__WEB__LISTEN", "127.0.0.1:2"), ("HOMEROOM_DATA", "x"), ("PATH", "y")]),
        )
        .unwrap();
        assert_eq!(settings.inbox.settle_seconds, 5);
        assert_eq!(settings.web.listen, "127.0.0.1:2");
        assert_eq!(settings.jobs.workers, 2);
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_known_one() {
        let error =
            Settings::load(None, environment(&[("HOMEROOM__INBOX__SETTLE_SECOND", "1")])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "HOMEROOM__INBOX__SETTLE_SECOND: unknown key settle_second: did you mean 'settle_seconds'?"
        );
        let error = Settings::load(None, environment(&[("HOMEROOM__SFPT__LISTEN", "1")])).unwrap_err();
        assert!(error.to_string().contains("did you mean 'sftp'?"), "{error}");
    }

    #[test]
    fn a_value_of_the_wrong_type_is_reported_with_its_key() {
        let error =
            Settings::load(None, environment(&[("HOMEROOM__INBOX__SETTLE_SECONDS", "soon")])).unwrap_err();
        assert!(error.to_string().contains("must be a whole number, not 'soon'"), "{error}");
    }

    #[test]
    fn a_mail_address_is_accepted_with_a_warning_that_no_mail_is_sent() {
        let settings =
            Settings::load(None, environment(&[("HOMEROOM__MAIL__URL", "smtp://mail.example.org")])).unwrap();
        assert!(settings.mail.warning().unwrap().contains("does not send mail"));
        assert_eq!(Settings::default().mail.warning(), None);
    }
}
