//! Exit codes; scripts rely on them.

use std::process::ExitCode;

use homeroom_model::check_report::Outcome;
use homeroom_model::run::{Run, RunState};

/// How a command ended. Arguments that the parser refuses also end with 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, also with warnings.
    Done,
    /// Failed.
    Failed,
    /// Options that contradict each other.
    Usage,
    /// The file was rejected.
    FileRejected,
    /// Done; some rows were rejected.
    RowsRejected,
    /// Something is held.
    Held,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::FileRejected => 3,
            Exit::RowsRejected => 4,
            Exit::Held => 5,
        })
    }
}

impl Exit {
    pub(crate) fn for_outcome(outcome: Outcome) -> Exit {
        match outcome {
            Outcome::Clean | Outcome::Warnings => Exit::Done,
            Outcome::RowsRejected => Exit::RowsRejected,
            Outcome::FileRejected => Exit::FileRejected,
        }
    }

    pub(crate) fn for_run(run: &Run) -> Exit {
        match run.state {
            RunState::Failed => Exit::Failed,
            RunState::Rejected => Exit::FileRejected,
            RunState::Held => Exit::Held,
            RunState::Unchanged if run.report.same_as.is_some() => Exit::Held,
            RunState::Tested if run.report.held.as_ref().is_some_and(|held| !held.fuses.is_empty()) => {
                Exit::Held
            }
            _ => run.report.check.as_ref().map_or(Exit::Done, |check| Exit::for_outcome(check.outcome)),
        }
    }
}
