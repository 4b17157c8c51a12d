//! `homeroom district add`

use anyhow::bail;
use clap::Args;
use homeroom_model::audit::Cause;
use homeroom_model::district::{Mode, Slug};
use homeroom_model::{LocalTime, Zone};
use homeroom_store::district::NewDistrict;

use super::show::district_text;
use crate::actor::actor;
use crate::app::App;
use crate::arguments::{file_name, not_blank};
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Add {
    /// Short name: a-z, 0-9 and '-'
    slug: Slug,
    /// Full name
    #[arg(long, value_parser = not_blank)]
    name: String,
    /// Time zone, such as America/Los_Angeles
    #[arg(long)]
    time_zone: Zone,
    /// Seats of the licence: the maximum number of active students
    #[arg(long)]
    seats: u32,
    /// Apps of the licence, separated by commas
    #[arg(long, value_delimiter = ',')]
    apps: Vec<String>,
    /// What starts a live run: nightly, on_upload or manual
    #[arg(long, default_value_t = Mode::OnUpload)]
    mode: Mode,
    /// When a nightly run starts, in the district's time zone
    #[arg(long, default_value = "02:00", value_name = "HH:MM")]
    at: LocalTime,
    /// Name of the file that the district uploads
    #[arg(long, default_value = "roster.csv", value_parser = file_name)]
    file: String,
}

impl Add {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let new = NewDistrict {
            slug: self.slug.clone(),
            name: self.name.clone(),
            time_zone: self.time_zone.clone(),
            seats: self.seats,
            apps: self.apps.clone(),
            mode: self.mode,
            at: self.at,
            file: self.file.clone(),
        };
        let district = match app.store.districts_add(&new, &Cause::new(actor(), "")) {
            Err(error) if error.is_conflict("district_slug") => {
                bail!("there is already a district {}: choose another slug", self.slug)
            }
            added => added?,
        };
        output.result(&district, || {
            format!("{}Next: homeroom account add {}", district_text(&district), district.slug)
        })?;
        Ok(Exit::Done)
    }
}
