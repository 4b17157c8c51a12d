//! `homeroom proposal list`

use clap::Args;
use homeroom_model::decided_pair::DecidedPair;
use homeroom_model::district::Slug;
use homeroom_model::rekey::Proposal;
use homeroom_model::stored::StoredRoster;
use homeroom_report::terminal_safe;
use serde::Serialize;

use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct List {
    /// The district
    slug: Slug,
}

#[derive(Serialize)]
struct Listed {
    waiting: Vec<Proposal>,
    decided: Vec<DecidedPair>,
}

impl List {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (_, district) = app.district(&self.slug)?;
        let listed = Listed {
            waiting: district.pending_proposals_list()?,
            decided: district.decided_pairs()?.iter().cloned().collect(),
        };
        let stored = district.roster_load()?;
        output.result(&listed, || list_text(&listed, &stored))?;
        Ok(Exit::Done)
    }
}

fn list_text(listed: &Listed, stored: &StoredRoster) -> String {
    if listed.waiting.is_empty() && listed.decided.is_empty() {
        return "No proposal waits, and none was ever decided.".into();
    }
    let mut text = String::new();
    if !listed.waiting.is_empty() {
        text += "Waiting for a decision\n";
    }
    for proposal in &listed.waiting {
        let (name, what) = (terminal_safe(&proposal.name), proposal.in_words());
        text += &format!(
            "  {:<14} {name}: {} ({})\n",
            proposal.id.to_string(),
            terminal_safe(&what),
            proposal.confidence
        );
    }
    if !listed.decided.is_empty() {
        text += "Decided\n";
    }
    for DecidedPair { id, key, name, is_same } in &listed.decided {
        let (from, old_name) = stored.key_and_name(*id).unwrap_or_default();
        let [old_name, from] = [old_name.as_str(), from].map(terminal_safe);
        let [name, key] = [name, key].map(|text| terminal_safe(text));
        let id = id.to_string();
        text += &match is_same {
            true if from == key => format!("  {id:<14} {old_name} ({from}) is who they were before\n"),
            true => format!("  {id:<14} {old_name} ({from}) is the same as {name} ({key})\n"),
            false => format!("  {id:<14} {old_name} ({from}) is not {name} ({key})\n"),
        };
    }
    text
}
