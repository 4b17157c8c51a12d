//! `homeroom run plan`

use std::io::{Write, stdout};

use clap::Args;
use homeroom_ask::planned_changes;
use homeroom_read::ReadLimits;

use super::selection::RunSelection;
use crate::app::App;
use crate::exit::Exit;

#[derive(Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    run: RunSelection,
}

impl Plan {
    pub(super) fn run(&self, app: &App) -> anyhow::Result<Exit> {
        let (district, number) = self.run.find(app)?;
        let csv = planned_changes(&district, &ReadLimits::default(), number)?;
        stdout().lock().write_all(&csv)?;
        Ok(Exit::Done)
    }
}
