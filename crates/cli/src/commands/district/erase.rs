//! `homeroom district erase`

use anyhow::ensure;
use clap::Args;
use homeroom_model::district::Slug;
use serde_json::json;

use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Erase {
    /// The district
    slug: Slug,
    /// The slug again, to confirm without being asked
    #[arg(long, value_name = "SLUG")]
    confirm: Option<String>,
}

impl Erase {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let slug = &self.slug;
        let (district, store) = app.district(slug)?;
        let typed = match &self.confirm {
            Some(typed) => typed.clone(),
            None => ask_for_slug(output, &district.name)?,
        };
        ensure!(typed.trim() == slug.as_str(), "that is not {slug}: nothing was erased");
        store.erase()?;
        output.result(&json!({"erased": slug}), || format!("{slug} is erased"))?;
        Ok(Exit::Done)
    }
}

fn ask_for_slug(output: &Output, name: &str) -> anyhow::Result<String> {
    output.ask(&format!(
        "This erases {name} with its accounts, uploads, runs and roster. It cannot be undone.\nType the slug to continue: "
    ))
}
