//! `homeroom district profile`: how a district's files are read.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail, ensure};
use clap::{Args, Subcommand};
use homeroom_model::district::Slug;
use homeroom_model::ids::ProfileVersion;
use homeroom_model::profile::{Profile as FileProfile, ProfileChange};
use homeroom_store::DistrictStore;
use homeroom_store::profiles::StoredProfile;
use serde_json::json;

use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Profile {
    /// Print the profile (TOML)
    Show {
        /// The district
        slug: Slug,
        /// An earlier version
        #[arg(long)]
        version: Option<ProfileVersion>,
    },
    /// Replace the profile by a file (TOML; - for standard input); earlier versions are kept
    Set {
        /// The district
        slug: Slug,
        /// The file
        file: PathBuf,
        /// The reason
        #[arg(long, default_value = "set by hand")]
        reason: String,
    },
    /// List all versions, newest first
    History {
        /// The district
        slug: Slug,
    },
    /// Accept what the newest run proposes: column names, the file name …
    Accept(Accept),
}

#[derive(Args)]
pub(crate) struct Accept {
    /// The district
    slug: Slug,
    /// Only the proposals with these numbers, as printed by --list
    #[arg(long, value_delimiter = ',')]
    only: Vec<usize>,
    /// Print the proposals and change nothing
    #[arg(long)]
    list: bool,
}

impl Profile {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        match self {
            Profile::Show { slug, version } => {
                let profile = find(&app.district(slug)?.1, slug, *version)?;
                output.result(&profile, || profile_text(&profile))?;
            }
            Profile::Set { slug, file, reason } => {
                let (_, district) = app.district(slug)?;
                let profile = read_profile(file)?;
                let version = district.profiles_change(reason, |old| old.clone_from(&profile))?;
                print_new_version(output, slug, version, &profile)?;
            }
            Profile::History { slug } => print_history(&app.district(slug)?.1, output)?,
            Profile::Accept(accept) => accept.run(app, output)?,
        }
        Ok(Exit::Done)
    }
}

impl Accept {
    fn run(&self, app: &App, output: &Output) -> anyhow::Result<()> {
        let slug = &self.slug;
        let (_, district) = app.district(slug)?;
        let proposals = newest_proposals(&district, slug)?;
        if self.list {
            return Ok(output.result(&proposals, || proposals_text(&proposals))?);
        }
        ensure!(!proposals.is_empty(), "the newest run of {slug} proposes nothing");
        if let Some(unknown) = self.only.iter().find(|number| !(1..=proposals.len()).contains(number)) {
            bail!("there is no proposal {unknown}: see `homeroom district profile accept {slug} --list`");
        }
        let numbered = (1..).zip(&proposals);
        let accepted = numbered.filter(|(number, _)| self.only.is_empty() || self.only.contains(number));
        let accepted = accepted.map(|(_, change)| change).collect::<Vec<_>>();
        let reason = accepted.iter().map(|change| change.in_words()).collect::<Vec<_>>().join("; ");
        let version = district
            .profiles_change(&reason, |profile| accepted.iter().for_each(|change| profile.accept(change)))?;
        print_new_version(output, slug, version, &district.profile()?)
    }
}

/// Reads a profile from a file, or standard input.
pub(crate) fn read_profile(file: &Path) -> anyhow::Result<FileProfile> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.with_context(|| format!("cannot read the profile {}", file.display()))?;
    FileProfile::parse(&text).map_err(|error| anyhow!("the profile {}: {error}", file.display()))
}

fn find(
    district: &DistrictStore,
    slug: &Slug,
    version: Option<ProfileVersion>,
) -> anyhow::Result<FileProfile> {
    let Some(version) = version else { return Ok(district.profile()?) };
    let stored = district.profiles_list()?.into_iter().find(|stored| stored.version == version);
    let stored = stored.with_context(|| {
        format!(
            "the profile of {slug} has no version {version}: see `homeroom district profile history {slug}`"
        )
    })?;
    Ok(stored.profile)
}

fn profile_text(profile: &FileProfile) -> String {
    match profile.to_toml() {
        text if text.is_empty() => "# Empty: this district's files are read by the standard rules.".into(),
        text => text,
    }
}

fn print_history(district: &DistrictStore, output: &Output) -> anyhow::Result<()> {
    let versions = district.profiles_list()?;
    let document = |stored: &StoredProfile| {
        let StoredProfile { version, created_at, reason, profile, .. } = stored;
        json!({"version": version, "created_at": created_at, "reason": reason, "profile": profile})
    };
    output.result(&versions.iter().map(document).collect::<Vec<_>>(), || {
        if versions.is_empty() {
            return "No profile yet: this district's files are read by the standard rules.".into();
        }
        let line = |stored: &StoredProfile| {
            format!("{:>4}  {}  {}\n", stored.version, stored.created_at, stored.reason)
        };
        versions.iter().map(line).collect()
    })?;
    Ok(())
}

/// What the newest run that read a file proposes.
fn newest_proposals(district: &DistrictStore, slug: &Slug) -> anyhow::Result<Vec<ProfileChange>> {
    let runs = district.runs_list(1)?;
    let Some(run) = runs.into_iter().next() else { bail!("{slug} has no run yet, so nothing is proposed") };
    let check = run
        .report
        .check
        .with_context(|| format!("run {} is {}, so nothing is proposed yet", run.id, run.state))?;
    Ok(check.proposals)
}

fn proposals_text(proposals: &[ProfileChange]) -> String {
    if proposals.is_empty() {
        return "The newest run proposes nothing.".into();
    }
    (1..).zip(proposals).map(|(number, change)| format!("{number}. {}\n", change.in_words())).collect()
}

fn print_new_version(
    output: &Output,
    slug: &Slug,
    version: ProfileVersion,
    profile: &FileProfile,
) -> anyhow::Result<()> {
    let document = json!({"slug": slug, "version": version, "profile": profile});
    output.result(&document, || {
        format!(
            "Version {version} of the profile of {slug}; it takes effect with the next run:\n\n{}",
            profile.to_toml()
        )
    })?;
    Ok(())
}
