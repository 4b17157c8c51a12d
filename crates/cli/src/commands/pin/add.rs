//! `homeroom pin add`

use clap::{Args, Subcommand};
use homeroom_model::district::Slug;
use homeroom_model::email::Email;
use homeroom_model::grade::Grade;
use homeroom_model::pin::{PinChange, PinnedPerson};
use homeroom_sync::{PinRequest, add_pin};
use jiff::civil::Date;

use super::effect::show_effect;
use crate::app::App;
use crate::arguments::{day, grade, not_blank};
use crate::exit::Exit;
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Add {
    /// Put a student in a class, whatever the file says
    Student {
        #[command(flatten)]
        pin: PinArgs,
        /// E-mail address or SIS id of the student
        #[arg(long, value_parser = person_key)]
        student: String,
        /// The class_id
        #[arg(long)]
        class: String,
        #[command(flatten)]
        name: NameArgs,
        /// Grade of a student who is not in the file
        #[arg(long, value_parser = grade)]
        grade: Option<Grade>,
    },
    /// Add a co-teacher
    Teacher {
        #[command(flatten)]
        pin: PinArgs,
        /// E-mail address or SIS id of the teacher
        #[arg(long, value_parser = person_key)]
        teacher: String,
        /// The class_id
        #[arg(long)]
        class: String,
        #[command(flatten)]
        name: NameArgs,
    },
    /// Rename a class
    ClassName {
        #[command(flatten)]
        pin: PinArgs,
        /// The class_id
        #[arg(long)]
        class: String,
        /// The new name
        #[arg(long, value_parser = not_blank)]
        name: String,
    },
    /// Leave a person out of the roster
    Exclude {
        #[command(flatten)]
        pin: PinArgs,
        /// E-mail address or SIS id of the person
        #[arg(long, value_parser = person_key)]
        person: String,
    },
}

/// What every pin has.
#[derive(Args)]
pub(crate) struct PinArgs {
    /// The district
    slug: Slug,
    /// Who wants the pin
    #[arg(long, value_parser = not_blank)]
    owner: String,
    /// Last day on which the pin is active, such as 2027-06-30
    #[arg(long, value_parser = day, value_name = "DATE")]
    until: Date,
    /// The reason
    #[arg(long, default_value = "")]
    reason: String,
}

#[derive(Args)]
pub(crate) struct NameArgs {
    /// First name of a person who is not in the file
    #[arg(long, default_value = "")]
    first_name: String,
    /// Last name of a person who is not in the file
    #[arg(long, default_value = "")]
    last_name: String,
}

impl Add {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let PinArgs { slug, owner, until, reason } = self.pin();
        let (_, district) = app.district(slug)?;
        let pinned = self.pinned();
        let request = PinRequest { change: &pinned, owner: owner.trim(), reason, until: *until };
        let (number, queued) = add_pin(&district, &request)?;
        tracing::info!(district = %slug, pin = %number, "pin added");
        show_effect(app, output, &district, queued, &format!("Pin {number}: {}.", pinned.in_words()))
    }

    fn pin(&self) -> &PinArgs {
        let (Add::Student { pin, .. }
        | Add::Teacher { pin, .. }
        | Add::ClassName { pin, .. }
        | Add::Exclude { pin, .. }) = self;
        pin
    }

    fn pinned(&self) -> PinChange {
        match self {
            Add::Student { student, class, name, grade, .. } => {
                PinChange::ExtraStudent { class: class.clone(), student: name.person(student), grade: *grade }
            }
            Add::Teacher { teacher, class, name, .. } => {
                PinChange::CoTeacher { class: class.clone(), teacher: name.person(teacher) }
            }
            Add::ClassName { class, name, .. } => {
                PinChange::ClassName { class: class.clone(), name: on_one_line(name) }
            }
            Add::Exclude { person, .. } => PinChange::Excluded { person: person.clone() },
        }
    }
}

impl NameArgs {
    fn person(&self, key: &str) -> PinnedPerson {
        PinnedPerson {
            key: key.to_owned(),
            first_name: on_one_line(&self.first_name),
            last_name: on_one_line(&self.last_name),
        }
    }
}

/// An e-mail address or SIS id, as the roster stores it.
fn person_key(text: &str) -> Result<String, String> {
    let key = text.trim();
    if key.is_empty() {
        return Err("it must not be empty".into());
    }
    if !key.contains('@') {
        return Ok(key.to_owned());
    }
    let email = Email::parse_plain(&key.to_lowercase());
    Ok(email.ok_or_else(|| format!("'{key}' is not a complete e-mail address"))?.into_string())
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
