//! `homeroom check`: the server's checks, offline.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use homeroom_ask::{preview, roster_of_file};
use homeroom_check::{Checked, check, write_findings};
use homeroom_model::check_report::CheckReport;
use homeroom_model::clock::Clock;
use homeroom_model::profile::Profile;
use homeroom_model::proposal_name::ProposalName;
use homeroom_model::rekey::ProposalReviews;
use homeroom_model::run::RunReport;
use homeroom_model::source::Source;
use homeroom_model::stored::StoredRoster;
use homeroom_read::ReadRules;
use homeroom_report::{render_check, render_plan, render_refusal};
use homeroom_sync::Progress;
use jiff::tz::TimeZone;

use super::document::CheckDocument;
use super::terminal_view::view;
use crate::commands::district::read_profile;
use crate::exit::Exit;
use crate::input_file::InputFile;
use crate::output::{self, Output};
use crate::progress_bar::Bar;

#[derive(Args)]
pub(crate) struct Check {
    /// File to check, or a folder with the files of a Clever or OneRoster set
    file: PathBuf,
    /// The district's profile (TOML), as `homeroom district profile show` prints it
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// An earlier file to compare with: also print the plan between the two
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Accept a proposal of the plan: both are the same record. By its id, like student-417, or by the keys of both, like
    /// ann@x.org=ann@y.org; can be repeated
    #[arg(long, value_name = "ID|FROM=TO", requires = "against")]
    accept: Vec<ProposalName>,
    /// Reject a proposal of the plan: these are two records; can be repeated
    #[arg(long, value_name = "ID|FROM=TO", requires = "against")]
    reject: Vec<ProposalName>,
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

impl Check {
    pub(crate) fn run(&self, output: &Output) -> anyhow::Result<Exit> {
        if output.is_json() && self.format.is_some_and(|format| format != Format::Json) {
            output.note("homeroom: --json prints only JSON: leave out either --json or --format");
            return Ok(Exit::Usage);
        }
        let file = InputFile::open(&self.file)?;
        let mut rules = ReadRules { profile: self.profile()?, ..ReadRules::default() };
        let stored = self.against.as_deref().map(|earlier| read_earlier(earlier, &rules)).transpose()?;
        rules.today = Some(Clock::System.now().to_zoned_datetime(TimeZone::UTC).date());
        let bar = Bar::new(output, file.source.length());
        let mut checked = check(&file.source, &file.name, &rules, &|| stored.as_ref(), &mut |done| {
            bar.show(Progress::Reading { done, total: file.source.length() });
        })
        .with_context(|| format!("cannot read {}", self.file.display()))?;
        let preview = stored.as_ref().map(|stored| self.preview(stored, &mut checked)).transpose()?.flatten();
        bar.finish();
        match self.format {
            None if output.is_terminal() => {
                let plan = preview.as_ref().map(render_plan).unwrap_or_default();
                let view = view(&checked.report, &file.source, &rules)?;
                output.print(format!("{view}\n{plan}").trim_end())?;
            }
            format => print(output, format, &checked, preview.as_ref())?,
        }
        let outcome = checked.report.outcome;
        // The process ends here: freeing the memory of every finding first would only take time.
        std::mem::forget(checked);
        let is_held = preview.and_then(|preview| preview.held).is_some_and(|held| !held.fuses.is_empty());
        Ok(match Exit::for_outcome(outcome) {
            Exit::FileRejected => Exit::FileRejected,
            _ if is_held => Exit::Held,
            exit => exit,
        })
    }

    /// The plan from the earlier file to this one, once proposals are accepted and rejected; `None` when the file is rejected.
    fn preview(&self, stored: &StoredRoster, checked: &mut Checked) -> anyhow::Result<Option<RunReport>> {
        let reviews = ProposalReviews { rejected: self.reject.clone(), accepted: self.accept.clone() };
        preview(stored, checked, &reviews).map_err(|refusal| anyhow!(render_refusal(&refusal)))
    }

    fn profile(&self) -> anyhow::Result<Profile> {
        self.profile.as_deref().map_or_else(|| Ok(Profile::default()), read_profile)
    }
}

fn read_earlier(file: &Path, rules: &ReadRules) -> anyhow::Result<StoredRoster> {
    roster_of_file(&InputFile::open(file)?.source, rules)
        .with_context(|| format!("cannot read {}", file.display()))
}

fn print(
    output: &Output,
    format: Option<Format>,
    checked: &Checked,
    preview: Option<&RunReport>,
) -> anyhow::Result<()> {
    let document = CheckDocument::new(&checked.report, preview);
    match format {
        Some(Format::Csv) => {
            let mut csv = Vec::new();
            write_findings(&checked.findings, &mut csv)?;
            std::io::stdout().lock().write_all(&csv)?;
        }
        Some(Format::Json) => Output::new(output::Format::Json).result(&document, String::new)?,
        Some(Format::Text) => output.print(text(&checked.report, preview).trim_end())?,
        None => output.result(&document, || text(&checked.report, preview))?,
    }
    Ok(())
}

fn text(check: &CheckReport, preview: Option<&RunReport>) -> String {
    let mut text = render_check(check);
    if let Some(preview) = preview {
        text.push_str(&render_plan(preview));
    }
    text
}
