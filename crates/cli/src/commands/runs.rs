//! `homeroom runs`: a district's history.

use clap::Args;
use homeroom_model::district::Slug;
use homeroom_model::run::Run;

use crate::exit::Exit;
use crate::output::Output;
use crate::wiring::Place;

#[derive(Args)]
pub(crate) struct Runs {
    /// The district
    slug: Slug,
    /// The most runs to list
    #[arg(long, default_value_t = 100)]
    most: u32,
}

impl Runs {
    pub(crate) fn run(&self, place: &Place, output: &Output) -> anyhow::Result<Exit> {
        let app = place.open()?;
        let (_, district) = app.district(&self.slug)?;
        let runs = district.runs_list(self.most)?;
        output.result(&runs, || text(&runs))?;
        Ok(Exit::Done)
    }
}

fn text(runs: &[Run]) -> String {
    if runs.is_empty() {
        return "No runs yet: upload a file, or see `homeroom sync --help`".into();
    }
    let line = |run: &Run| {
        let began = run.started_at.map_or_else(|| "waiting".into(), |time| time.to_string());
        format!("{}  {:<4}  {:<10}  {:<24}  {}\n", run.id, run.kind, run.state, began, run.upload.name)
    };
    runs.iter().map(line).collect()
}
