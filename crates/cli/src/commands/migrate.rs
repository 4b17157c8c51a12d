//! `homeroom migrate`: brings the database to this version's schema.

use clap::Args;
use serde_json::json;

use crate::exit::Exit;
use crate::output::Output;
use crate::wiring::Place;

#[derive(Args)]
pub(crate) struct Migrate {}

impl Migrate {
    pub(crate) fn run(&self, place: &Place, output: &Output) -> anyhow::Result<Exit> {
        // Opening migrates; this command is for those who want it done before anything else runs.
        let app = place.open()?;
        let (schema, _) = app.store.schema_versions()?;
        output.result(&json!({"schema": schema}), || format!("The database has schema {schema}."))?;
        Ok(Exit::Done)
    }
}
