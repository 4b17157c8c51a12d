//! `homeroom check`: the checks of the server, offline.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use homeroom_ask::{preview, roster_of_file};
use homeroom_check::{check, write_findings};
use homeroom_model::check_report::CheckReport;
use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::hold::Held;
use homeroom_model::profile::Profile;
use homeroom_model::rekey::{MatchedBy, Proposal};
use homeroom_model::run::RunReport;
use homeroom_model::source::Source;
use homeroom_read::ReadRules;
use homeroom_report::{render_check, render_plan};
use homeroom_sync::Progress;
use serde::Serialize;

use crate::commands::check_view::view;
use crate::commands::profile::read_profile;
use crate::exit::Exit;
use crate::given::Given;
use crate::output::Output;
use crate::progress::Bar;

#[derive(Args)]
pub(crate) struct Check {
    /// The file to check, or a folder with the files of a Clever or OneRoster set
    file: PathBuf,
    /// The district's profile (TOML), as `homeroom district profile show` prints it
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// An earlier file, taken as the stored roster: also print the plan between the two
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// How to print the result; --json is the same as json
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

#[derive(Serialize)]
struct Document<'d> {
    #[serde(flatten)]
    check: &'d CheckReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<PlanCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<&'d Held>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matched: Option<&'d BTreeMap<MatchedBy, Counts>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rekeys: Option<&'d [Proposal]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<&'d [String]>,
}

impl Check {
    pub(crate) fn run(&self, output: &Output) -> anyhow::Result<Exit> {
        if output.is_json() && self.format.is_some_and(|format| format != Format::Json) {
            output.note("homeroom: --json prints JSON and nothing else: leave out either --json or --format");
            return Ok(Exit::Usage);
        }
        let Given { source, name, .. } = &Given::open(&self.file)?;
        let bar = Bar::new(output, source.length());
        let rules = ReadRules { profile: self.profile()?, ..ReadRules::default() };
        let stored = match &self.against {
            Some(earlier) => Some(
                roster_of_file(&Given::open(earlier)?.source, &rules)
                    .with_context(|| format!("{} cannot be read", earlier.display()))?,
            ),
            None => None,
        };
        let mut checked = check(source, name, &rules, &|| stored.as_ref(), &mut |done| {
            bar.show(Progress::Reading { done, of: source.length() });
        })
        .with_context(|| format!("{} cannot be read", self.file.display()))?;
        let preview = stored.as_ref().map(|stored| preview(stored, &mut checked));
        bar.finish();
        let report = &checked.report;
        match self.format {
            Some(Format::Csv) => {
                let mut csv = Vec::new();
                write_findings(&checked.findings, &mut csv)?;
                std::io::stdout().lock().write_all(&csv)?;
            }
            Some(Format::Json) => {
                Output::new(true).result(&document(report, preview.as_ref()), String::new)?
            }
            Some(Format::Text) => output.print(text(report, preview.as_ref()).trim_end())?,
            None if output.is_terminal() => {
                let plan = preview.as_ref().map(render_plan).unwrap_or_default();
                output.print(format!("{}\n{plan}", view(report, source, &rules)?).trim_end())?;
            }
            None => output.result(&document(report, preview.as_ref()), || text(report, preview.as_ref()))?,
        }
        let outcome = report.outcome;
        // The process ends here: giving every finding's memory back first would only take time.
        std::mem::forget(checked);
        let held = preview.and_then(|preview| preview.held).is_some_and(|held| !held.fuses.is_empty());
        Ok(match Exit::of_outcome(outcome) {
            Exit::FileRejected => Exit::FileRejected,
            _ if held => Exit::Held,
            exit => exit,
        })
    }
}

impl Check {
    fn profile(&self) -> anyhow::Result<Profile> {
        match &self.profile {
            Some(file) => read_profile(file),
            None => Ok(Profile::default()),
        }
    }
}

fn document<'d>(check: &'d CheckReport, preview: Option<&'d RunReport>) -> Document<'d> {
    Document {
        check,
        plan: preview.and_then(|preview| preview.plan),
        held: preview.and_then(|preview| preview.held.as_ref()),
        matched: preview.map(|preview| &preview.matched),
        rekeys: preview.map(|preview| preview.rekeys.as_slice()),
        messages: preview.map(|preview| preview.messages.as_slice()),
    }
}

fn text(check: &CheckReport, preview: Option<&RunReport>) -> String {
    let mut text = render_check(check);
    if let Some(preview) = preview {
        text.push_str(&render_plan(preview));
    }
    text
}
