//! `homeroom trace`: why a student is, or is not, in the roster or in a class.

use anstyle::{AnsiColor, Style};
use clap::Args;
use homeroom_ask::trace;
use homeroom_model::district::Slug;
use homeroom_model::trace::{NextStep, Trace as Traced, TracePart};
use homeroom_read::ReadLimits;
use homeroom_report::terminal_safe;

use crate::command_line::GlobalArgs;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Args)]
pub(crate) struct Trace {
    /// The district
    slug: Slug,
    /// E-mail address or SIS id of the student
    #[arg(long, value_name = "KEY")]
    student: String,
    /// The class_id, to ask about one class
    #[arg(long, value_name = "ID")]
    class: Option<String>,
}

impl Trace {
    pub(crate) fn run(&self, global: &GlobalArgs, output: &Output) -> anyhow::Result<Exit> {
        let app = global.open()?;
        let (_, district) = app.district(&self.slug)?;
        let traced = trace(&district, &ReadLimits::default(), &self.student, self.class.as_deref())?;
        output.result(&traced, || text(&traced))?;
        Ok(Exit::Done)
    }
}

const FAINT: Style = Style::new().dimmed();

/// The answer first, then how we know.
fn text(trace: &Traced) -> String {
    let color = if trace.is_there { AnsiColor::Green } else { AnsiColor::Yellow };
    let style = color.on_default().bold();
    let mut text = format!("{style}{}{style:#}\n", terminal_safe(&trace.answer));
    if let Some(next_step) = trace.next_step {
        text.push_str(&match next_step {
            NextStep::Decide(run) => {
                format!("Decide with `homeroom run approve {run}` or `homeroom run discard {run}`.\n")
            }
            NextStep::Redo(run) => format!("`homeroom run undo {run}` redoes the run.\n"),
        });
    }
    text.push('\n');
    for step in trace.steps.iter().filter(|step| step.part != TracePart::Result) {
        text.push_str(&format!(
            "  {FAINT}{:<7}{FAINT:#} {}\n",
            step.part.as_str(),
            terminal_safe(&step.text)
        ));
    }
    text
}
