//! `homeroom district profile`: how a district's files are read.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail, ensure};
use clap::Subcommand;
use homeroom_model::district::Slug;
use homeroom_model::ids::ProfileVersion;
use homeroom_model::profile::{Profile as Settings, ProfileChange};
use homeroom_store::DistrictStore;
use serde_json::json;

use crate::exit::Exit;
use crate::output::Output;
use crate::wiring::App;

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
    /// Take a file (TOML; - for standard input) as the new profile; earlier versions are kept
    Set {
        /// The district
        slug: Slug,
        /// The file
        file: PathBuf,
        /// Why
        #[arg(long, default_value = "set by hand")]
        reason: String,
    },
    /// List every version, newest first
    History {
        /// The district
        slug: Slug,
    },
    /// Take over what the newest run proposes: names of columns, the name of the file …
    Accept {
        /// The district
        slug: Slug,
        /// Only the proposals with these numbers, as printed by --list
        #[arg(long, value_delimiter = ',')]
        only: Vec<usize>,
        /// Print the proposals and change nothing
        #[arg(long)]
        list: bool,
    },
}

impl Profile {
    pub(crate) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        match self {
            Profile::Show { slug, version } => show(&app.district(slug)?.1, slug, *version, output),
            Profile::Set { slug, file, reason } => {
                let (_, district) = app.district(slug)?;
                let profile = read_profile(file)?;
                let version = district.profiles_change(reason, |old| old.clone_from(&profile))?;
                changed(output, slug, version, &profile)
            }
            Profile::History { slug } => history(&app.district(slug)?.1, output),
            Profile::Accept { slug, only, list } => {
                let (_, district) = app.district(slug)?;
                let proposals = proposals(&district, slug)?;
                if *list {
                    output.result(&proposals, || proposals_text(&proposals))?;
                    return Ok(Exit::Done);
                }
                accept(&district, slug, &proposals, only, output)
            }
        }
    }
}

/// Reads a profile from a file, or standard input.
pub(crate) fn read_profile(file: &Path) -> anyhow::Result<Settings> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.with_context(|| format!("the profile {} cannot be read", file.display()))?;
    Settings::parse(&text).map_err(|error| anyhow!("the profile {}: {error}", file.display()))
}

fn show(
    district: &DistrictStore,
    slug: &Slug,
    version: Option<ProfileVersion>,
    output: &Output,
) -> anyhow::Result<Exit> {
    let profile = match version {
        None => district.profile()?,
        Some(wanted) => {
            let versions = district.profiles_list()?;
            let known = versions.into_iter().find(|known| known.version == wanted);
            known
                .with_context(|| {
                    format!("{slug} has no version {wanted} of its profile: see `profile history`")
                })?
                .profile
        }
    };
    output.result(&profile, || match profile.to_toml() {
        text if text.is_empty() => "# Nothing is said: this district's files are read as everybody's.".into(),
        text => text,
    })?;
    Ok(Exit::Done)
}

fn history(district: &DistrictStore, output: &Output) -> anyhow::Result<Exit> {
    let versions = district.profiles_list()?;
    let documents = versions.iter().map(|one| {
        json!({"version": one.version, "created_at": one.created_at, "reason": one.reason, "profile": one.profile})
    });
    let documents = documents.collect::<Vec<_>>();
    output.result(&documents, || {
        if versions.is_empty() {
            return "No profile was made yet: this district's files are read as everybody's.".into();
        }
        let line = |one: &homeroom_store::profiles::StoredProfile| {
            format!("{:>4}  {}  {}\n", one.version, one.created_at, one.reason)
        };
        versions.iter().map(line).collect()
    })?;
    Ok(Exit::Done)
}

/// What the newest run that read a file proposes.
fn proposals(district: &DistrictStore, slug: &Slug) -> anyhow::Result<Vec<ProfileChange>> {
    let runs = district.runs_list(1)?;
    let Some(run) = runs.into_iter().next() else { bail!("{slug} has no run yet: nothing is proposed") };
    let check = run
        .report
        .check
        .with_context(|| format!("run {} is {}: nothing is proposed yet", run.id, run.state))?;
    Ok(check.proposals)
}

fn proposals_text(proposals: &[ProfileChange]) -> String {
    if proposals.is_empty() {
        return "The newest run proposes nothing.".into();
    }
    (1..).zip(proposals).map(|(number, change)| format!("{number}. {}\n", change.words())).collect()
}

fn accept(
    district: &DistrictStore,
    slug: &Slug,
    proposals: &[ProfileChange],
    only: &[usize],
    output: &Output,
) -> anyhow::Result<Exit> {
    ensure!(!proposals.is_empty(), "the newest run of {slug} proposes nothing");
    if let Some(wrong) = only.iter().find(|number| !(1..=proposals.len()).contains(number)) {
        bail!("there is no proposal {wrong}: see `homeroom district profile accept {slug} --list`");
    }
    let wanted = (1..).zip(proposals).filter(|(number, _)| only.is_empty() || only.contains(number));
    let wanted = wanted.map(|(_, change)| change).collect::<Vec<_>>();
    let reason = wanted.iter().map(|change| change.words()).collect::<Vec<_>>().join("; ");
    let version = district
        .profiles_change(&reason, |profile| wanted.iter().for_each(|change| profile.accept(change)))?;
    changed(output, slug, version, &district.profile()?)
}

fn changed(
    output: &Output,
    slug: &Slug,
    version: ProfileVersion,
    profile: &Settings,
) -> anyhow::Result<Exit> {
    let document = json!({"slug": slug, "version": version, "profile": profile});
    output.result(&document, || {
        format!(
            "Version {version} of the profile of {slug}; it counts from the next run on:\n\n{}",
            profile.to_toml()
        )
    })?;
    Ok(Exit::Done)
}
