//! `homeroom district`: the tenants.

use std::io::{BufRead, stdin};

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use homeroom_model::district::{District as Settings, Mode, Slug, Stage};
use homeroom_model::fuse::Fuse;
use homeroom_model::policy::{Limit, Policy};
use homeroom_model::run::RunState;
use homeroom_model::word::UnknownWord;
use homeroom_store::district::NewDistrict;
use homeroom_sync::{RejectedRows, queue_verifying};
use serde_json::json;

use super::calendar::{Calendar, note_unknown_schools};
use super::district_key::Key;
use super::profile::Profile;
use super::run::{finish_run, run_text};
use crate::exit::Exit;
use crate::output::Output;
use crate::wiring::{App, Place};

#[derive(Subcommand)]
pub(crate) enum District {
    /// Create a district, in stage setup
    Add(Add),
    /// List all districts
    List,
    /// Show one district
    Show {
        /// The district
        slug: Slug,
    },
    /// Change a district
    Set(Set),
    /// Move a district on its way: testing, verifying, live, paused
    Stage(SetStage),
    /// Print the public OpenPGP key that a district encrypts its files to; made on first use
    Key(Key),
    /// How a district's files are read: columns, file names, grades …
    #[command(subcommand)]
    Profile(Profile),
    /// Date ranges with other rules: pauses, additions only, windows that pre-approve
    #[command(subcommand)]
    Calendar(Calendar),
    /// Erase a district with everything of it; asks for the slug again
    Erase {
        /// The district
        slug: Slug,
        /// The slug again, instead of being asked for it
        #[arg(long, value_name = "SLUG")]
        confirm: Option<String>,
    },
}

#[derive(Args)]
pub(crate) struct Add {
    /// Its short name: a-z, 0-9 and '-'
    slug: Slug,
    /// Its full name
    #[arg(long)]
    name: String,
    /// Its time zone, as America/Los_Angeles
    #[arg(long)]
    time_zone: String,
    /// Seats of the licence: the most active students
    #[arg(long)]
    seats: u32,
    /// Apps of the licence, separated by commas
    #[arg(long, value_delimiter = ',')]
    apps: Vec<String>,
    /// What starts a live run: nightly, on_upload or manual
    #[arg(long, default_value_t = Mode::OnUpload)]
    mode: Mode,
    /// When a nightly run starts, HH:MM in the district's time zone
    #[arg(long, default_value = "02:00")]
    at: String,
    /// The name of the file that is synced
    #[arg(long, default_value = "roster.csv")]
    file: String,
}

#[derive(Args)]
pub(crate) struct Set {
    /// The district
    slug: Slug,
    /// Its full name
    #[arg(long)]
    name: Option<String>,
    /// Its time zone
    #[arg(long)]
    time_zone: Option<String>,
    /// Seats of the licence
    #[arg(long)]
    seats: Option<u32>,
    /// Apps of the licence
    #[arg(long, value_delimiter = ',')]
    apps: Option<Vec<String>>,
    /// What starts a live run
    #[arg(long)]
    mode: Option<Mode>,
    /// When a nightly run starts
    #[arg(long)]
    at: Option<String>,
    /// The name of the file that is synced
    #[arg(long)]
    file: Option<String>,
    /// Set a fuse: NAME=PERCENT, NAME=PERCENT/FLOOR or NAME=off, where NAME is district, school, class, identity, update or
    /// shrink; may be given several times
    #[arg(long = "fuse", value_name = "NAME=LIMIT", value_parser = fuse_setting)]
    fuses: Vec<(Fuse, String)>,
    /// Seats of one school: SCHOOL_ID=NUMBER, or SCHOOL_ID=none; may be given several times
    #[arg(long = "school-seats", value_name = "SCHOOL_ID=SEATS", value_parser = school_seats)]
    school_seats: Vec<(String, Option<u32>)>,
    /// Days for which the licence may be exceeded before new students wait
    #[arg(long, value_name = "DAYS")]
    grace_days: Option<u32>,
    /// The day on which a school year begins, as 08-01: a class_id that is used again after it is another class; none when a class
    /// is the same for ever
    #[arg(long, value_name = "MM-DD")]
    school_year_starts: Option<String>,
    /// Days after which a hold that nobody decided about is dropped
    #[arg(long, value_name = "DAYS")]
    hold_days: Option<u32>,
    /// Hold the whole plan when a fuse blows, not only its risky part
    #[arg(long)]
    wait_all: Option<bool>,
}

#[derive(Args)]
pub(crate) struct SetStage {
    /// The district
    slug: Slug,
    /// testing, verifying, live or paused
    stage: Stage,
    /// Go on although something is missing, and why
    #[arg(long, value_name = "REASON")]
    force: Option<String>,
}

impl District {
    pub(crate) fn run(&self, place: &Place, output: &Output) -> anyhow::Result<Exit> {
        let app = place.open()?;
        match self {
            District::Add(add) => add.run(&app, output),
            District::List => {
                let districts = app.store.districts_list()?;
                output.result(&districts, || list_text(&districts))?;
                Ok(Exit::Done)
            }
            District::Show { slug } => {
                let (district, _) = app.district(slug)?;
                output.result(&district, || text(&district))?;
                Ok(Exit::Done)
            }
            District::Set(set) => set.run(&app, output),
            District::Stage(stage) => stage.run(&app, output),
            District::Key(key) => key.run(&app, output),
            District::Profile(profile) => profile.run(&app, output),
            District::Calendar(calendar) => calendar.run(&app, output),
            District::Erase { slug, confirm } => erase(&app, output, slug, confirm.as_deref()),
        }
    }
}

impl Add {
    fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let new = NewDistrict {
            slug: self.slug.clone(),
            name: self.name.clone(),
            time_zone: self.time_zone.parse().map_err(anyhow::Error::msg)?,
            seats: self.seats,
            apps: self.apps.clone(),
            mode: self.mode,
            at: self.at.parse().map_err(anyhow::Error::msg)?,
            file: self.file.clone(),
        };
        validate(&new.name, &new.file)?;
        let district = match app.store.districts_add(&new) {
            Err(error) if error.is_conflict("district_slug") => {
                bail!("there is a district {} already: choose another slug", self.slug)
            }
            other => other?,
        };
        output.result(&district, || {
            format!("{}Next: homeroom account add {}", text(&district), district.slug)
        })?;
        Ok(Exit::Done)
    }
}

impl Set {
    fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (mut district, store) = app.district(&self.slug)?;
        let copy = |to: &mut String, from: &Option<String>| {
            if let Some(from) = from {
                to.clone_from(from);
            }
        };
        copy(&mut district.name, &self.name);
        copy(&mut district.file, &self.file);
        if let Some(time_zone) = &self.time_zone {
            district.time_zone = time_zone.parse().map_err(anyhow::Error::msg)?;
        }
        if let Some(at) = &self.at {
            district.at = at.parse().map_err(anyhow::Error::msg)?;
        }
        district.seats = self.seats.unwrap_or(district.seats);
        district.apps = self.apps.clone().unwrap_or(district.apps);
        district.mode = self.mode.unwrap_or(district.mode);
        let policy = &mut district.policy;
        for (fuse, to) in &self.fuses {
            policy.set_fuse(*fuse, to).map_err(anyhow::Error::msg)?;
        }
        for (school, seats) in &self.school_seats {
            match seats {
                Some(seats) => policy.school_seats.insert(school.clone(), *seats),
                None => policy.school_seats.remove(school),
            };
        }
        if let Some(day) = &self.school_year_starts {
            policy.set_school_year(day).map_err(anyhow::Error::msg)?;
        }
        policy.grace_days = self.grace_days.unwrap_or(policy.grace_days);
        policy.hold_days = self.hold_days.unwrap_or(policy.hold_days);
        ensure!(policy.hold_days > 0, "a hold lasts at least a day: use --hold-days 1 or more");
        policy.wait_all = self.wait_all.unwrap_or(policy.wait_all);
        validate(&district.name, &district.file)?;
        store.settings_change(&district)?;
        note_unknown_schools(output, &store, self.school_seats.iter().map(|(school, _)| school))?;
        output.result(&district, || text(&district))?;
        Ok(Exit::Done)
    }
}

impl SetStage {
    fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (district, store) = app.district(&self.slug)?;
        if let Some(reason) = &self.force {
            ensure!(!reason.trim().is_empty(), "--force needs a reason, so that it is known later why");
        }
        if self.stage == Stage::Verifying {
            return self.verify(app, output);
        }
        match (district.stage, self.stage) {
            (_, Stage::Setup) => bail!("a district does not go back to setup"),
            (
                Stage::Live | Stage::Paused | Stage::Setup | Stage::Testing | Stage::Verifying,
                Stage::Testing,
            ) => {}
            (Stage::Live | Stage::Paused, Stage::Paused) | (Stage::Paused | Stage::Live, Stage::Live) => {}
            (_, Stage::Live) if self.force.is_some() => {}
            (Stage::Verifying, Stage::Live) => bail!(
                "the tick list of test logins is not complete: test the logins first, or go live without with --force \
                 \"reason\""
            ),
            (stage, Stage::Live) => bail!(
                "{} is in {stage}: load the roster first with `homeroom district stage {} verifying`, or go live without \
                 with --force \"reason\"",
                self.slug,
                self.slug
            ),
            (stage, to) => {
                bail!("{} is in {stage} and cannot go to {to}: only a live district is paused", self.slug)
            }
        }
        store.store().write(|tx| store.stage_set_in_tx(tx, self.stage))?;
        tracing::info!(district = %self.slug, from = %district.stage, to = %self.stage, reason = self.force, "stage set");
        let document = json!({"slug": self.slug, "stage": self.stage, "forced": self.force});
        output.result(&document, || format!("{} is now {}", self.slug, self.stage))?;
        Ok(Exit::Done)
    }

    /// Loads the roster of the newest clean test upload; the stage is reached when it is loaded.
    fn verify(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (_, store) = app.district(&self.slug)?;
        let rejected_rows = if self.force.is_some() { RejectedRows::Allowed } else { RejectedRows::Refused };
        let queued = queue_verifying(&store, &self.slug, rejected_rows)?;
        let run = finish_run(app, output, &store, queued.number, queued.job)?;
        if matches!(run.state, RunState::Applied | RunState::Unchanged | RunState::Held) {
            store.store().write(|tx| store.stage_set_in_tx(tx, Stage::Verifying))?;
        }
        let time_zone = store.settings()?.time_zone;
        output.result(&run, || run_text(&run, &time_zone))?;
        Ok(Exit::of_run(&run))
    }
}

fn erase(app: &App, output: &Output, slug: &Slug, confirm: Option<&str>) -> anyhow::Result<Exit> {
    let (district, store) = app.district(slug)?;
    let typed = match confirm {
        Some(typed) => typed.to_owned(),
        None => {
            output.note(&format!(
                "This erases {} with its accounts, uploads, runs and roster, for ever.\nType the slug to go on: ",
                district.name
            ));
            let mut line = String::new();
            stdin().lock().read_line(&mut line).context("nothing could be read from standard input")?;
            line
        }
    };
    ensure!(typed.trim() == slug.as_str(), "that is not {slug}: nothing was erased");
    store.erase()?;
    output.result(&json!({"erased": slug}), || format!("{slug} is erased"))?;
    Ok(Exit::Done)
}

/// `school=25/10`
fn fuse_setting(text: &str) -> Result<(Fuse, String), String> {
    let (name, limit) =
        text.split_once('=').ok_or_else(|| format!("'{text}' has no '=': write school=25/10"))?;
    let fuse = name.parse().map_err(|error: UnknownWord| error.to_string())?;
    Policy::default().set_fuse(fuse, limit).map_err(|error| error.to_string())?;
    Ok((fuse, limit.to_owned()))
}

/// `S1=300`
fn school_seats(text: &str) -> Result<(String, Option<u32>), String> {
    let wrong = || format!("'{text}' is no seats of a school: write SCHOOL_ID=300 or SCHOOL_ID=none");
    let (school, seats) = text.rsplit_once('=').filter(|(school, _)| !school.is_empty()).ok_or_else(wrong)?;
    let seats = if seats == "none" { None } else { Some(seats.parse().map_err(|_| wrong())?) };
    Ok((school.to_owned(), seats))
}

fn validate(name: &str, file: &str) -> anyhow::Result<()> {
    ensure!(!name.trim().is_empty(), "--name must not be empty");
    ensure!(
        !file.is_empty() && !file.contains(['/', '\0']) && !file.starts_with('.'),
        "'{file}' is no file name: use a name like roster.csv"
    );
    Ok(())
}

fn text(district: &Settings) -> String {
    let start = match district.mode {
        Mode::Nightly => format!("nightly at {} ({})", district.at, district.time_zone),
        Mode::OnUpload => "on upload".into(),
        Mode::Manual => "manual".into(),
    };
    let policy = &district.policy;
    let limit = |fuse: Fuse| match policy.limit(fuse) {
        Limit { percent: 100, .. } => "off".to_owned(),
        Limit { percent, floor } => format!("{percent} % (from {floor})"),
    };
    let fuses = format!(
        "district {}, school {}, class {}, identity {}, update {}, shrink {} %{}",
        limit(Fuse::District),
        limit(Fuse::School),
        limit(Fuse::Class),
        limit(Fuse::Identity),
        limit(Fuse::Update),
        policy.limit(Fuse::Shrink).percent,
        if policy.wait_all { "; a blown fuse holds everything" } else { "" }
    );
    let calendar =
        policy.calendar.iter().map(|entry| format!("  calendar {}\n", entry.words())).collect::<String>();
    let seats =
        policy.school_seats.iter().map(|(school, seats)| format!(", {school} {seats}")).collect::<String>();
    format!(
        "{} ({})\n  stage    {}\n  seats    {}{seats}\n  apps     {}\n  file     {}\n  runs     {start}\n  zone     {}\n  fuses    \
         {fuses}\n  holds    dropped after {} days\n{calendar}",
        district.name,
        district.slug,
        district.stage,
        district.seats,
        if district.apps.is_empty() { "none".into() } else { district.apps.join(", ") },
        district.file,
        district.time_zone,
        policy.hold_days,
    )
}

fn list_text(districts: &[Settings]) -> String {
    if districts.is_empty() {
        return "No districts yet: see `homeroom district add --help`".into();
    }
    let line = |one: &Settings| format!("{:<24} {:<10} {:<9} {}\n", one.slug, one.stage, one.mode, one.name);
    districts.iter().map(line).collect()
}
