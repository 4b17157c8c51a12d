//! `homeroom district key`: the OpenPGP key to which a district encrypts its files.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;
use homeroom_model::district::Slug;
use homeroom_read::OpenPgpKeys;
use homeroom_store::DistrictStore;
use homeroom_sync::{add_signing_keys, district_key};
use serde_json::json;

use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Key {
    /// The district
    slug: Slug,
    /// Also verify the district's signatures from now on: a file with its public keys
    #[arg(long, value_name = "FILE")]
    signed_by: Option<PathBuf>,
    /// Remove a key with which the district signs, by its fingerprint
    #[arg(long, value_name = "FINGERPRINT")]
    forget: Option<String>,
}

impl Key {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (settings, district) = app.district(&self.slug)?;
        if let Some(file) = &self.signed_by {
            self.add_signing_keys(&district, file, output)?;
        }
        if let Some(fingerprint) = &self.forget {
            self.remove_signing_key(&district, fingerprint, output)?;
        }
        let key = district_key(&district, &settings.name)?;
        let fingerprint = OpenPgpKeys::from_armored(&key.secret)?.fingerprint();
        let signing_keys = district.openpgp_signers_list()?;
        let signing_keys = signing_keys.iter().map(|key| key.fingerprint.as_str()).collect::<Vec<_>>();
        let document = json!({
            "slug": self.slug,
            "fingerprint": fingerprint,
            "public_key": key.public,
            "signing_keys": signing_keys,
        });
        output.note(&format!("Fingerprint: {}", fingerprint.unwrap_or_default()));
        output.result(&document, || key.public.clone())?;
        Ok(Exit::Done)
    }

    fn add_signing_keys(&self, district: &DistrictStore, file: &Path, output: &Output) -> anyhow::Result<()> {
        let keys = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        for fingerprint in add_signing_keys(district, &keys)? {
            output.note(&format!("Signatures of {} by {fingerprint} are verified from now on.", self.slug));
        }
        Ok(())
    }

    fn remove_signing_key(
        &self,
        district: &DistrictStore,
        fingerprint: &str,
        output: &Output,
    ) -> anyhow::Result<()> {
        ensure!(
            district.openpgp_signers_remove(fingerprint)?,
            "{} has no signing key {fingerprint}: see `homeroom district key {} --json`",
            self.slug,
            self.slug
        );
        output.note(&format!("Removed the signing key {fingerprint}."));
        Ok(())
    }
}
