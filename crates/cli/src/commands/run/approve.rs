//! `homeroom run approve`

use anyhow::ensure;
use clap::Args;
use homeroom_model::hold::HeldState;
use homeroom_model::run::{Run, RunState};
use homeroom_sync::Task;

use super::decision::decide;
use super::selection::RunSelection;
use crate::app::App;
use crate::exit::Exit;
use crate::output::Output;

/// An approval that removes more people than this asks for their number.
const REMOVED_WITHOUT_ASKING: u64 = 50;

#[derive(Args)]
pub(crate) struct Approve {
    #[command(flatten)]
    run: RunSelection,
    /// Only what waits in this school, by its school_id; can be repeated
    #[arg(long = "school", value_name = "SCHOOL_ID")]
    schools: Vec<String>,
    /// The number of people that the approval removes, to confirm more than 50 without being asked
    #[arg(long, value_name = "NUMBER")]
    confirm: Option<u64>,
}

impl Approve {
    pub(super) fn run(&self, app: &App, output: &Output) -> anyhow::Result<Exit> {
        let (district, number) = self.run.find(app)?;
        self.confirm_removals(output, &district.runs_get(number)?)?;
        decide(app, output, &district, number, Task::Approve(number, self.schools.clone()))
    }

    /// Approving becomes a habit, so an approval that removes many people asks for their number.
    fn confirm_removals(&self, output: &Output, run: &Run) -> anyhow::Result<()> {
        if run.state != RunState::Held {
            return Ok(());
        }
        let removed = self.removed_people(run);
        // What was confirmed before single proposals were decided may be more than is removed now.
        let is_confirmed = self.confirm.is_none_or(|number| number >= removed);
        if removed <= REMOVED_WITHOUT_ASKING && is_confirmed {
            return Ok(());
        }
        let typed = match self.confirm {
            Some(number) => number.to_string(),
            None => ask_for_number(output, run, removed)?,
        };
        ensure!(
            typed.trim() == removed.to_string(),
            "that is not {removed}: nothing was approved. Type the number of people who are removed, or give it with --confirm"
        );
        Ok(())
    }

    /// Students and teachers that the chosen schools' part of the hold removes.
    fn removed_people(&self, run: &Run) -> u64 {
        let schools = run.report.held.iter().flat_map(|held| &held.schools);
        schools
            .filter(|school| school.state == HeldState::Waiting)
            .filter(|school| self.schools.is_empty() || self.schools.contains(&school.school))
            .map(|school| school.counts.deactivate.students + school.counts.deactivate.teachers)
            .sum()
    }
}

fn ask_for_number(output: &Output, run: &Run, removed: u64) -> anyhow::Result<String> {
    output.ask(&format!(
        "This removes {removed} students and teachers. They are deactivated, and `homeroom run undo {}` brings them \
         back.\nType the number of people to continue: ",
        run.id
    ))
}
