//! `homeroom district set`

use clap::Args;
use homeroom_model::audit::AuditAction;
use homeroom_model::district::{District, Mode, Slug};
use homeroom_model::fuse_setting::FuseSetting;
use homeroom_model::policy::Policy;
use homeroom_model::{LocalTime, Zone};
use homeroom_sync::{SettingsChange, change_settings};

use super::next_run::note_runs;
use super::show::district_text;
use super::unknown_schools::note_unknown_schools;
use crate::app::App;
use crate::arguments::{file_name, not_blank};
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Set {
    /// The district
    slug: Slug,
    /// Full name
    #[arg(long, value_parser = not_blank)]
    name: Option<String>,
    /// Time zone, such as America/Los_Angeles
    #[arg(long)]
    time_zone: Option<Zone>,
    /// Seats of the licence: the maximum number of active students
    #[arg(long)]
    seats: Option<u32>,
    /// Apps of the licence, separated by commas
    #[arg(long, value_delimiter = ',')]
    apps: Option<Vec<String>>,
    /// What starts a live run: nightly, on_upload or manual
    #[arg(long)]
    mode: Option<Mode>,
    /// When a nightly run starts, in the district's time zone
    #[arg(long, value_name = "HH:MM")]
    at: Option<LocalTime>,
    /// Name of the file that the district uploads
    #[arg(long, value_parser = file_name)]
    file: Option<String>,
    /// Set a fuse: NAME=PERCENT, NAME=PERCENT/FLOOR or NAME=off, where NAME is district, school, class, identity, reach,
    /// keys, blank, file, column, update or shrink; can be repeated
    #[arg(long = "fuse", value_name = "NAME=LIMIT")]
    fuses: Vec<FuseSetting>,
    /// Set the seats of one school: SCHOOL_ID=NUMBER, or SCHOOL_ID=none; can be repeated
    #[arg(long = "school-seats", value_name = "SCHOOL_ID=SEATS", value_parser = school_seats)]
    school_seats: Vec<(String, Option<u32>)>,
    /// Days for which the licence may be exceeded before new students wait for a seat
    #[arg(long, value_name = "DAYS")]
    grace_days: Option<u32>,
    /// First day of the school year, such as 08-01: from then on, a class_id that is used again is a new class. With none, a
    /// class_id always stays the same class
    #[arg(long, value_name = "MM-DD", value_parser = school_year)]
    school_year_starts: Option<String>,
    /// Days after which a hold is discarded if nobody decides
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    hold_days: Option<u32>,
    /// Hold the whole plan when a fuse blows, not only its risky part
    #[arg(long)]
    wait_all: Option<bool>,
}

impl Set {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (_, store) = app.district(&self.slug)?;
        let SettingsChange { settings: district, runs } =
            change_settings(&store, AuditAction::SettingsChanged, |district| self.change(district))?;
        note_unknown_schools(output, &store, self.school_seats.iter().map(|(school, _)| school))?;
        note_runs(output, &runs, &district);
        output.result(&district, || district_text(&district))?;
        Ok(Exit::Done)
    }

    fn change(&self, district: &mut District) -> anyhow::Result<()> {
        replace(&mut district.name, self.name.as_ref());
        replace(&mut district.time_zone, self.time_zone.as_ref());
        replace(&mut district.seats, self.seats.as_ref());
        replace(&mut district.apps, self.apps.as_ref());
        replace(&mut district.mode, self.mode.as_ref());
        replace(&mut district.at, self.at.as_ref());
        replace(&mut district.file, self.file.as_ref());
        let policy = &mut district.policy;
        for fuse in &self.fuses {
            fuse.change(policy)?;
        }
        for (school, seats) in &self.school_seats {
            match seats {
                Some(seats) => policy.school_seats.insert(school.clone(), *seats),
                None => policy.school_seats.remove(school),
            };
        }
        if let Some(day) = &self.school_year_starts {
            policy.set_school_year(day)?;
        }
        replace(&mut policy.grace_days, self.grace_days.as_ref());
        replace(&mut policy.hold_days, self.hold_days.as_ref());
        replace(&mut policy.wait_all, self.wait_all.as_ref());
        Ok(())
    }
}

fn replace<T: Clone>(current: &mut T, new: Option<&T>) {
    if let Some(new) = new {
        current.clone_from(new);
    }
}

/// `S1=300`
fn school_seats(text: &str) -> Result<(String, Option<u32>), String> {
    let invalid = || "write SCHOOL_ID=SEATS, such as 101=300, or SCHOOL_ID=none".to_owned();
    let (school, seats) =
        text.rsplit_once('=').filter(|(school, _)| !school.is_empty()).ok_or_else(invalid)?;
    let seats = if seats == "none" { None } else { Some(seats.parse().map_err(|_| invalid())?) };
    Ok((school.to_owned(), seats))
}

/// `08-01`, or `none`
fn school_year(text: &str) -> Result<String, String> {
    Policy::default().set_school_year(text).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}
