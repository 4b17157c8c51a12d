//! Settings: defaults in code, a TOML file over them, the environment over both. Unknown keys are refused.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use homeroom_inbox::InboxSettings;
use homeroom_jobs::JobSettings;
use homeroom_sftp::SftpSettings;
use homeroom_store::{BlobSettings, DatabaseSettings};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

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

/// The HTTP server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebSettings {
    /// Address and port.
    pub(crate) listen: String,
}

/// Outgoing mail.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailSettings {
    /// `smtp://…` or `file://FOLDER`; empty for no mail.
    pub(crate) url: String,
}

/// The log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogSettings {
    /// A filter: `info`, `homeroom_sftp=debug,info` …
    pub(crate) filter: String,
    /// `text` or `json`.
    pub(crate) format: String,
}

impl Default for WebSettings {
    fn default() -> Self {
        WebSettings { listen: "127.0.0.1:8080".into() }
    }
}

impl Default for LogSettings {
    fn default() -> Self {
        LogSettings { filter: "info".into(), format: "text".into() }
    }
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
                .with_context(|| format!("the settings file {} cannot be read", file.display()))?;
            let given = text
                .parse::<Table>()
                .with_context(|| format!("the settings file {} is no TOML", file.display()))?;
            lay_over(&mut table, given).with_context(|| format!("in {}", file.display()))?;
        }
        let mut given = environment.filter(|(name, _)| name.starts_with(PREFIX)).collect::<BTreeMap<_, _>>();
        while let Some((name, value)) = given.pop_first() {
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
        self.jobs.validate().map_err(anyhow::Error::msg)?;
        self.blobs.validate().map_err(anyhow::Error::msg)?;
        ensure!(["text", "json"].contains(&self.log.format.as_str()), "log.format must be text or json");
        let mail = &self.mail.url;
        ensure!(
            mail.is_empty() || mail.starts_with("smtp://") || mail.starts_with("file://"),
            "mail.url must be smtp://… or file://FOLDER"
        );
        Ok(())
    }
}

/// Lays given sections over the defaults; every key must be known.
fn lay_over(table: &mut Table, given: Table) -> anyhow::Result<()> {
    for (section, values) in given {
        let Some(Value::Table(known)) = table.get_mut(&section) else {
            bail!("unknown section [{section}]{}", nearest(&section, table.keys()));
        };
        let Value::Table(values) = values else { bail!("[{section}] must be a section") };
        for (key, value) in values {
            let Some(place) = known.get_mut(&key) else {
                bail!("unknown key {section}.{key}{}", nearest(&key, known.keys()));
            };
            *place = value;
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
        bail!("{name}: unknown section {section}{}", nearest(section, table.keys()));
    };
    let Some(place) = known.get_mut(key) else {
        bail!("{name}: unknown key {key}{}", nearest(key, known.keys()));
    };
    let wrong = |what: &str| format!("{name} must be {what}, not '{text}'");
    *place = match place {
        Value::Integer(_) => Value::Integer(text.parse().with_context(|| wrong("a whole number"))?),
        Value::Boolean(_) => Value::Boolean(text.parse().with_context(|| wrong("true or false"))?),
        Value::Float(_) => Value::Float(text.parse().with_context(|| wrong("a number"))?),
        Value::Array(_) => Value::Array(text.split(',').map(|one| Value::from(one.trim())).collect()),
        _ => Value::from(text),
    };
    Ok(())
}

/// ": did you mean 'listen'?" when something known is near.
fn nearest<'k>(wrong: &str, known: impl Iterator<Item = &'k String>) -> String {
    let near = known.map(|key| (strsim::damerau_levenshtein(wrong, key), key)).min();
    match near {
        Some((distance, key)) if distance <= wrong.len().div_ceil(2) => format!(": did you mean '{key}'?"),
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
    fn the_environment_goes_over_the_file_and_the_file_over_the_defaults() {
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
    fn a_value_of_the_wrong_type_is_named() {
        let error =
            Settings::load(None, environment(&[("HOMEROOM__INBOX__SETTLE_SECONDS", "soon")])).unwrap_err();
        assert!(error.to_string().contains("must be a whole number, not 'soon'"), "{error}");
    }
}
