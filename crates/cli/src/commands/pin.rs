//! `homeroom pin`: changes made by hand that syncs must not undo.

use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand};
use homeroom_model::district::{Slug, Stage};
use homeroom_model::email::Email;
use homeroom_model::grade::Grade;
use homeroom_model::ids::PinNumber;
use homeroom_model::pin::{Pin as Pinned, PinWhat, PinnedPerson};
use homeroom_model::run::RunKind;
use homeroom_store::DistrictStore;
use homeroom_sync::queue_run;
use jiff::ToSpan;
use jiff::civil::Date;

use super::run::{finish_run, run_text};
use crate::exit::Exit;
use crate::output::Output;
use crate::wiring::{App, Place};

#[derive(Subcommand)]
pub(crate) enum Pin {
    /// Make a pin; the roster follows at once
    #[command(subcommand)]
    Add(Add),
    /// List the pins in force
    List {
        /// The district
        slug: Slug,
    },
    /// Take a pin away; the roster follows at once
    Remove {
        /// The district
        slug: Slug,
        /// Its number in the list
        number: PinNumber,
    },
}

#[derive(Subcommand)]
pub(crate) enum Add {
    /// A student is in a class, whatever the file says
    Student {
        #[command(flatten)]
        common: Common,
        /// E-mail address or SIS number of the student
        #[arg(long)]
        student: String,
        /// The class_id
        #[arg(long)]
        class: String,
        #[command(flatten)]
        name: Name,
        /// The grade of a student whom the file does not have
        #[arg(long, value_parser = grade)]
        grade: Option<Grade>,
    },
    /// A teacher teaches a class, too
    Teacher {
        #[command(flatten)]
        common: Common,
        /// E-mail address or SIS number of the teacher
        #[arg(long)]
        teacher: String,
        /// The class_id
        #[arg(long)]
        class: String,
        #[command(flatten)]
        name: Name,
    },
    /// A class is called otherwise
    ClassName {
        #[command(flatten)]
        common: Common,
        /// The class_id
        #[arg(long)]
        class: String,
        /// What it is called
        #[arg(long)]
        name: String,
    },
    /// A person is left out
    Exclude {
        #[command(flatten)]
        common: Common,
        /// E-mail address or SIS number
        #[arg(long)]
        person: String,
    },
}

#[derive(Args)]
pub(crate) struct Common {
    /// The district
    slug: Slug,
    /// Who wants it
    #[arg(long)]
    owner: String,
    /// The last day on which it counts, as 2027-06-30
    #[arg(long)]
    until: Date,
    /// Why
    #[arg(long, default_value = "")]
    reason: String,
}

/// The name of a person whom the file does not have.
#[derive(Args)]
pub(crate) struct Name {
    /// The first name of a person whom the file does not have
    #[arg(long, default_value = "")]
    first_name: String,
    /// The last name of a person whom the file does not have
    #[arg(long, default_value = "")]
    last_name: String,
}

impl Pin {
    pub(crate) fn run(&self, place: &Place, output: &Output) -> anyhow::Result<Exit> {
        let app = place.open()?;
        match self {
            Pin::Add(add) => add.run(&app, output),
            Pin::List { slug } => {
                let (_, district) = app.district(slug)?;
                let pins = district.pins_list()?;
                output.result(&pins, || list_text(&pins))?;
                Ok(Exit::Done)
            }
            Pin::Remove { slug, number } => {
                let (_, district) = app.district(slug)?;
                if !district.pins_remove(*number)? {
                    bail!("there is no pin {number} in force: `homeroom pin list {slug}` has them");
                }
                tracing::info!(district = %slug, pin = %number, "a pin was taken away");
                follow(&app, output, slug, &district, &format!("Pin {number} is taken away."))
            }
        }
    }
}

impl Add {
    fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let person = |key: &str, name: &Name| -> anyhow::Result<PinnedPerson> {
            Ok(PinnedPerson {
                key: plain_key(key)?,
                first_name: in_one_line(&name.first_name),
                last_name: in_one_line(&name.last_name),
            })
        };
        let (common, what) = match self {
            Add::Student { common, student, class, name, grade } => {
                let student = person(student, name)?;
                (common, PinWhat::ExtraStudent { class: class.clone(), student, grade: *grade })
            }
            Add::Teacher { common, teacher, class, name } => {
                (common, PinWhat::CoTeacher { class: class.clone(), teacher: person(teacher, name)? })
            }
            Add::ClassName { common, class, name } => {
                ensure!(!name.trim().is_empty(), "--name must not be empty");
                (common, PinWhat::ClassName { class: class.clone(), name: in_one_line(name) })
            }
            Add::Exclude { common, person } => (common, PinWhat::Excluded { person: plain_key(person)? }),
        };
        let (settings, district) = app.district(&common.slug)?;
        ensure!(!common.owner.trim().is_empty(), "--owner must not be empty: a pin belongs to someone");
        let end = settings.time_zone.start_of(common.until.saturating_add(1.day()));
        let end = end.context("--until is too far away")?;
        ensure!(end > app.store.now(), "--until {} is over already", common.until);
        let number = district.pins_add(&what, common.owner.trim(), &common.reason, common.until, end)?;
        tracing::info!(district = %common.slug, pin = %number, "a pin was made");
        follow(app, output, &common.slug, &district, &format!("Pin {number}: {}.", what.words()))
    }
}

/// Reads the file that the roster came from once more, so that the roster is as the pins say. When the roster is not that of a file,
/// because something waits, was discarded or taken back, a pin counts from the next file on: an older one is not brought back.
fn follow(
    app: &App,
    output: &Output,
    slug: &Slug,
    district: &DistrictStore,
    done: &str,
) -> anyhow::Result<Exit> {
    let settings = district.settings()?;
    let applied = district.applied_file()?.filter(|applied| applied.version == Some(settings.roster_version));
    let upload = match applied.filter(|_| settings.stage != Stage::Paused) {
        Some(applied) => district.runs_get(applied.run)?.upload.id,
        None => None,
    };
    let Some(upload) = upload else {
        let pins = district.pins_list()?;
        output.result(&pins, || format!("{done} It counts from the next sync of {slug} on."))?;
        return Ok(Exit::Done);
    };
    let queued = queue_run(district, RunKind::Live, upload)?;
    let run = finish_run(app, output, district, queued.number, queued.job)?;
    output.result(&run, || format!("{done}\n\n{}", run_text(&run, &settings.time_zone)))?;
    Ok(Exit::of_run(&run))
}

/// A key as the roster has it.
fn plain_key(key: &str) -> anyhow::Result<String> {
    let key = key.trim();
    ensure!(!key.is_empty(), "an e-mail address or SIS number must not be empty");
    if !key.contains('@') {
        return Ok(key.to_owned());
    }
    let email = Email::parse_plain(&key.to_lowercase());
    Ok(email.with_context(|| format!("'{key}' is no complete e-mail address"))?.into_string())
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn grade(text: &str) -> Result<Grade, String> {
    Grade::parse(text).ok_or_else(|| format!("'{text}' is no grade: use KG, 01 … 12"))
}

fn list_text(pins: &[Pinned]) -> String {
    if pins.is_empty() {
        return "No pins: see `homeroom pin add --help`".into();
    }
    let line = |pin: &Pinned| {
        let reason = if pin.reason.is_empty() { String::new() } else { format!(" ({})", pin.reason) };
        format!("{:>3}  {}, by {} until {}{reason}\n", pin.number, pin.what.words(), pin.owner, pin.until)
    };
    pins.iter().map(line).collect()
}
