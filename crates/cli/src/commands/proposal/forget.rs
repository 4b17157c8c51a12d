//! `homeroom proposal forget`

use anyhow::bail;
use clap::Args;
use homeroom_model::decided_pair::DecidedPair;
use homeroom_model::district::Slug;
use homeroom_model::proposal_name::ProposalName;

use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Forget {
    /// The district
    slug: Slug,
    /// What was decided about: student-417 for all about this one, or ann@x.org=ann@y.org for one pair
    #[arg(required = true, value_name = "ID|FROM=TO")]
    proposals: Vec<ProposalName>,
}

impl Forget {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (settings, district) = app.district(&self.slug)?;
        let stored = district.roster_load()?;
        let decided = district.decided_pairs()?;
        let mut forgotten = Vec::<DecidedPair>::new();
        for name in &self.proposals {
            let before = forgotten.len();
            let is_named = |pair: &&DecidedPair| {
                let key = stored.key_and_name(pair.id).map_or("", |(key, _)| key);
                let had = stored.former_keys.iter().filter(|former| former.entity == pair.id);
                let keys = had.map(|former| stored.texts.get(former.key)).chain([key]);
                keys.into_iter().any(|key| name.names(pair.id, key, &pair.key))
            };
            forgotten.extend(decided.iter().filter(is_named).cloned());
            if forgotten.len() == before {
                bail!("nothing was decided about {name}: see `homeroom proposal list {}`", settings.slug);
            }
        }
        district.decided_pairs_forget(&forgotten)?;
        tracing::info!(district = %settings.slug, pairs = forgotten.len(), "decisions forgotten");
        output.result(&forgotten, || {
            let what = match forgotten.len() {
                1 => "1 decision is forgotten".to_owned(),
                count => format!("{count} decisions are forgotten"),
            };
            format!(
                "{what}. The next file is judged by evidence again; what was applied stays until its run is undone."
            )
        })?;
        Ok(Exit::Done)
    }
}
