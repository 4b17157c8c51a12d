//! `homeroom district list`

use clap::Args;
use homeroom_model::district::District;

use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct List {}

impl List {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let districts = app.store.districts_list()?;
        output.result(&districts, || list_text(&districts))?;
        Ok(Exit::Done)
    }
}

fn list_text(districts: &[District]) -> String {
    if districts.is_empty() {
        return "No districts yet: see `homeroom district add --help`".into();
    }
    let line = |district: &District| {
        let District { slug, stage, mode, name, .. } = district;
        format!("{slug:<24} {stage:<10} {mode:<9} {name}\n")
    };
    districts.iter().map(line).collect()
}
