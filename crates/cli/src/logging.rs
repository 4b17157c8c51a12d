//! The log, on standard error.

use std::io::IsTerminal;
use std::sync::OnceLock;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use tracing_subscriber::{EnvFilter, fmt};

/// Settings of the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogSettings {
    /// A filter: `info`, `homeroom_sftp=debug,info` …
    pub(crate) filter: String,
    /// `text` or `json`.
    pub(crate) format: String,
}

impl Default for LogSettings {
    fn default() -> Self {
        LogSettings { filter: "info".into(), format: "text".into() }
    }
}

impl LogSettings {
    pub(crate) fn validate(&self) -> anyhow::Result<()> {
        ensure!(["text", "json"].contains(&self.format.as_str()), "log.format must be text or json");
        Ok(())
    }
}

/// Starts the log of this process; later calls change nothing.
pub(crate) fn start_logging(settings: &LogSettings) -> anyhow::Result<()> {
    static STARTED: OnceLock<()> = OnceLock::new();
    let filter = EnvFilter::try_new(&settings.filter).with_context(|| {
        format!("log.filter: '{}' is not a valid filter; use one such as info", settings.filter)
    })?;
    STARTED.get_or_init(|| {
        let log = fmt()
            .with_env_filter(filter)
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(std::io::stderr);
        if settings.format == "json" {
            log.json().init();
        } else {
            log.with_target(false).init();
        }
    });
    Ok(())
}
