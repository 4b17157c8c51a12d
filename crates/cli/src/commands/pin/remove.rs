//! `homeroom pin remove`

use anyhow::bail;
use clap::Args;
use homeroom_model::district::Slug;
use homeroom_model::ids::PinNumber;

use super::resync::resync;
use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Remove {
    /// The district
    slug: Slug,
    /// The pin's number in the list
    number: PinNumber,
}

impl Remove {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let Remove { slug, number } = self;
        let (_, district) = app.district(slug)?;
        if !district.pins_remove(*number)? {
            bail!("there is no active pin {number}: see `homeroom pin list {slug}`");
        }
        tracing::info!(district = %slug, pin = %number, "pin removed");
        resync(app, output, &district, &format!("Pin {number} is removed."))
    }
}
