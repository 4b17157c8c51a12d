//! A run as text.

use homeroom_model::Zone;
use homeroom_model::run::{Run, RunState, Undone};
use homeroom_model::thousands;
use homeroom_report::render_run;

/// A run with the commands that decide about its hold, and with its undo and redo.
pub(crate) fn run_text(run: &Run, time_zone: &Zone) -> String {
    let mut text = format!("run {}\n\n{}", run.id, render_run(run, time_zone));
    if run.state == RunState::Held {
        let id = run.id;
        text.truncate(text.trim_end().len());
        text += &format!("\n\nDecide with `homeroom run approve {id}` or `homeroom run discard {id}`.\n");
    }
    if let Some(undone) = &run.report.undo {
        text += &undo_text("Undone", undone);
        if let Some(redone) = &undone.taken_back {
            text += &undo_text("Redone", redone);
        }
    }
    text
}

/// What an undo or redo changed, and what it had to leave.
fn undo_text(action: &str, undone: &Undone) -> String {
    let changed = match undone.restored.total() {
        1 => "1 record".into(),
        records => format!("{} records", thousands(records)),
    };
    let kept = undone.kept.iter().map(|kept| format!("  {kept}\n"));
    let exceptions = if undone.kept.is_empty() { "." } else { ", except:" };
    format!("\n{action} at {}: {changed} changed{exceptions}\n{}", undone.at, kept.collect::<String>())
}
