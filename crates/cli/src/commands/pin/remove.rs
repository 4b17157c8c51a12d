//! `homeroom pin remove`

use clap::Args;
use homeroom_model::district::Slug;
use homeroom_model::ids::PinNumber;
use homeroom_sync::remove_pin;

use super::effect::show_effect;
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
        let queued = remove_pin(&district, *number)?;
        tracing::info!(district = %slug, pin = %number, "pin removed");
        show_effect(app, output, &district, queued, &format!("Pin {number} is removed."))
    }
}
