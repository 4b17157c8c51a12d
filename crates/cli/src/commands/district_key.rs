//! `homeroom district key`: the OpenPGP key that a district encrypts its files to.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use homeroom_model::district::Slug;
use homeroom_read::OpenPgpKeys;
use homeroom_sync::{add_signing_keys, district_key};
use serde_json::json;

use crate::exit::Exit;
use crate::output::Output;
use crate::wiring::App;

#[derive(Args)]
pub(crate) struct Key {
    /// The district
    slug: Slug,
    /// Also check the district's signatures from now on: a file with its public keys
    #[arg(long, value_name = "FILE")]
    signed_by: Option<PathBuf>,
    /// Forget a key that the district signs with, by its fingerprint
    #[arg(long, value_name = "FINGERPRINT")]
    forget: Option<String>,
}

impl Key {
    pub(crate) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (settings, district) = app.district(&self.slug)?;
        if let Some(file) = &self.signed_by {
            let keys = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
            for fingerprint in add_signing_keys(&district, &keys)? {
                output
                    .note(&format!("Signatures of {} by {fingerprint} are checked from now on.", self.slug));
            }
        }
        if let Some(fingerprint) = &self.forget {
            ensure!(
                district.signing_keys_remove(fingerprint)?,
                "{} has no signing key {fingerprint}: see `homeroom district key {} --json`",
                self.slug,
                self.slug
            );
            output.note(&format!("The key {fingerprint} is forgotten."));
        }
        let key = district_key(&district, &settings.name)?;
        let fingerprint = OpenPgpKeys::from_armored(&key.secret)?.fingerprint();
        let signing = district.signing_keys_list()?;
        let signing = signing.iter().map(|key| key.fingerprint.as_str()).collect::<Vec<_>>();
        let document = json!({"slug": self.slug, "fingerprint": fingerprint, "public_key": key.public, "signing_keys": signing});
        output.note(&format!("Fingerprint: {}", fingerprint.unwrap_or_default()));
        output.result(&document, || key.public.clone())?;
        Ok(Exit::Done)
    }
}
