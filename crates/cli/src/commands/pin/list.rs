//! `homeroom pin list`

use clap::Args;
use homeroom_model::district::Slug;
use homeroom_model::pin::Pin;

use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct List {
    /// The district
    slug: Slug,
}

impl List {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (_, district) = app.district(&self.slug)?;
        let pins = district.pins_list()?;
        output.result(&pins, || list_text(&pins))?;
        Ok(Exit::Done)
    }
}

fn list_text(pins: &[Pin]) -> String {
    if pins.is_empty() {
        return "No pins: see `homeroom pin add --help`".into();
    }
    let line = |pin: &Pin| {
        let reason = if pin.reason.is_empty() { String::new() } else { format!(" ({})", pin.reason) };
        format!(
            "{:>3}  {}, by {} until {}{reason}\n",
            pin.number,
            pin.change.in_words(),
            pin.owner,
            pin.until
        )
    };
    pins.iter().map(line).collect()
}
