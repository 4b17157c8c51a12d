//! `homeroom runs`: a district's runs.

use clap::Args;
use homeroom_model::district::Slug;
use homeroom_model::run::Run;

use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Runs {
    /// The district
    slug: Slug,
    /// How many runs to list
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    most: u32,
}

impl Runs {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let app = global.open()?;
        let (_, district) = app.district(&self.slug)?;
        let runs = district.runs_list(self.most)?;
        output.result(&runs, || list_text(&runs))?;
        Ok(Exit::Done)
    }
}

fn list_text(runs: &[Run]) -> String {
    if runs.is_empty() {
        return "No runs yet: upload a file, or see `homeroom sync --help`".into();
    }
    let line = |run: &Run| {
        let started = run.started_at.map_or_else(|| "waiting".into(), |time| time.to_string());
        format!("{}  {:<4}  {:<10}  {:<24}  {}\n", run.id, run.kind, run.state, started, run.upload.name)
    };
    runs.iter().map(line).collect()
}
