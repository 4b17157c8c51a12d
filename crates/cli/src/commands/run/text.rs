//! A run as text.

use homeroom_model::Zone;
use homeroom_model::audit::Cause;
use homeroom_model::run::{Decision, Run, RunState, Undone};
use homeroom_model::thousands;
use homeroom_report::{render_run, terminal_safe};

/// A run with the commands that decide about its hold, and with its undo and redo.
pub(crate) fn run_text(run: &Run, time_zone: &Zone) -> String {
    let mut text = format!(
        "run {}{}\n\n{}",
        run.id,
        by("requested", run.requested_by.as_ref()),
        render_run(run, time_zone)
    );
    if !run.report.decisions.is_empty() {
        text.truncate(text.trim_end().len());
        text += "\n\n";
    }
    for decision in &run.report.decisions {
        text += &format!("{}{}\n", decision_text(decision, time_zone), by("", decision.by.as_ref()));
    }
    if run.state == RunState::Held {
        let id = run.id;
        text.truncate(text.trim_end().len());
        text += &format!("\n\nDecide with `homeroom run approve {id}` or `homeroom run discard {id}`.\n");
    }
    if let Some(undone) = &run.report.undo {
        text += &undo_text("Undone", undone, time_zone);
        if let Some(redone) = &undone.taken_back {
            text += &undo_text("Redone", redone, time_zone);
        }
    }
    text
}

/// `, requested by kim at the command line: because`; nothing for what a version did that did not record it.
fn by(verb: &str, cause: Option<&Cause>) -> String {
    let verb = if verb.is_empty() { String::new() } else { format!("{verb} ") };
    cause.map_or_else(String::new, |cause| format!(", {verb}{}", terminal_safe(&cause.in_words())))
}

fn decision_text(decision: &Decision, time_zone: &Zone) -> String {
    let Decision { kind, schools, at, .. } = decision;
    let of = if schools.is_empty() {
        String::new()
    } else {
        format!(" for {}", terminal_safe(&schools.join(", ")))
    };
    let mut kind = kind.to_string();
    kind[..1].make_ascii_uppercase();
    format!("{kind}{of} on {}", time_zone.show(*at))
}

/// What an undo or redo changed, and what it had to leave.
fn undo_text(action: &str, undone: &Undone, time_zone: &Zone) -> String {
    let changed = match undone.restored.total() {
        1 => "1 record".into(),
        records => format!("{} records", thousands(records)),
    };
    let kept = undone.kept.iter().map(|kept| format!("  {kept}\n"));
    let exceptions = if undone.kept.is_empty() { "." } else { ", except:" };
    format!(
        "\n{action} on {}{}. {changed} changed{exceptions}\n{}",
        time_zone.show(undone.at),
        by("", undone.by.as_ref()),
        kept.collect::<String>()
    )
}
