//! `[mail]`: the settings are accepted, so that files written for later versions work; this version sends no mail.

use anyhow::ensure;
use serde::{Deserialize, Serialize};

/// Outgoing mail.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailSettings {
    /// `smtp://…` or `file://FOLDER`; empty for no mail.
    pub(crate) url: String,
}

impl MailSettings {
    pub(crate) fn validate(&self) -> anyhow::Result<()> {
        let url = &self.url;
        ensure!(
            url.is_empty() || url.starts_with("smtp://") || url.starts_with("file://"),
            "mail.url must be smtp://… or file://FOLDER"
        );
        Ok(())
    }

    /// A warning for operators who set `mail.url`: nobody is notified of holds by mail.
    pub(crate) fn warning(&self) -> Option<&'static str> {
        let warning =
            "mail.url is set, but this version does not send mail: check for holds with `homeroom runs`";
        (!self.url.is_empty()).then_some(warning)
    }
}
