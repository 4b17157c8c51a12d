//! `homeroom migrate`: brings the database to this version's schema.

use clap::Args;
use serde_json::json;

use crate::app::Opening;
use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Migrate {}

impl Migrate {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let app = global.open_as(Opening::MayBeOlder)?;
        let schema = app.store.schema_versions()?.actual;
        output.result(&json!({"schema": schema}), || format!("The database has schema {schema}."))?;
        Ok(Exit::Done)
    }
}
