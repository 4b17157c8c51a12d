//! A hold in words, and the decisions about it.

use std::fmt::{self, Write};

use homeroom_model::Zone;
use homeroom_model::counts::PlanCounts;
use homeroom_model::hold::{Held, HeldState};
use homeroom_model::run::{Decision, DecisionKind, Run, RunState};
use homeroom_model::thousands;

use crate::day::day;
use crate::terminal_safe::terminal_safe;

/// Says of a run that its file is that of a held run, which keeps waiting.
pub fn same_hold_message(held: &Run, zone: &Zone) -> String {
    let expires = held.report.held.as_ref().and_then(|held| held.expires_at);
    let until = expires.map(|expires| format!(" until {}", day(expires, zone))).unwrap_or_default();
    let id = held.id;
    format!(
        "It is the same file as that of run {id}, whose changes still wait{until}: decide about run {id}."
    )
}

pub(crate) fn write_hold(out: &mut String, held: &Held, state: RunState, zone: &Zone) -> fmt::Result {
    let title = match state {
        RunState::Held => "Waiting for a decision, and why",
        RunState::Tested => "Would wait for a decision, and why",
        _ => "Waited for a decision, and why",
    };
    writeln!(out, "{title}")?;
    for fuse in &held.fuses {
        writeln!(out, "  {}", fuse.message)?;
        for example in &fuse.examples {
            writeln!(out, "       {}", terminal_safe(example))?;
        }
    }
    writeln!(out, "  In total: {}.", change_counts(&held.counts))?;
    if matches!(state, RunState::Held | RunState::Tested) {
        for sentence in [&held.if_approved, &held.if_discarded].into_iter().filter(|text| !text.is_empty()) {
            writeln!(out, "  {}", terminal_safe(sentence))?;
        }
    }
    if held.schools.len() > 1 || held.schools.iter().any(|school| school.state != HeldState::Waiting) {
        write_schools(out, held)?;
    }
    if let Some(expires) = held.expires_at.filter(|_| state == RunState::Held) {
        let day = day(expires, zone);
        writeln!(out, "  If nobody decides by {day}, these changes are discarded.")?;
    }
    writeln!(out)
}

fn write_schools(out: &mut String, held: &Held) -> fmt::Result {
    for school in &held.schools {
        let name = if school.school.is_empty() { "no school" } else { &school.name };
        let state = match school.state {
            HeldState::Waiting => "",
            HeldState::Released => " (approved)",
            HeldState::Discarded => " (discarded)",
        };
        let (key, name) = (terminal_safe(&school.school), terminal_safe(name));
        writeln!(out, "    {key} {name}: {}{state}", change_counts(&school.counts))?;
    }
    Ok(())
}

/// "12 new, 3 removed"
fn change_counts(counts: &PlanCounts) -> String {
    let counts = [
        ("new", counts.create.total()),
        ("changed", counts.update.total()),
        ("removed", counts.deactivate.total()),
        ("returned", counts.reactivate.total()),
        ("with a new e-mail or ID", counts.rekey.total()),
    ];
    let counts = counts.iter().filter(|(_, count)| *count > 0);
    counts.map(|(word, count)| format!("{} {word}", thousands(*count))).collect::<Vec<_>>().join(", ")
}

pub(crate) fn write_decisions(out: &mut String, run: &Run, zone: &Zone) -> fmt::Result {
    for Decision { kind, schools, at, .. } in &run.report.decisions {
        let day = day(*at, zone);
        match (kind, schools.as_slice()) {
            (DecisionKind::Expired, _) => writeln!(out, "The hold expired on {day}.")?,
            (DecisionKind::Answered, _) => {
                writeln!(out, "Every proposal was decided on {day}, and the held changes were applied.")?
            }
            (kind, []) => writeln!(out, "The held changes were {kind} on {day}.")?,
            (kind, schools) => {
                writeln!(out, "The held changes of {} were {kind} on {day}.", schools.join(", "))?
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use homeroom_model::Zone;
    use homeroom_model::counts::{Counts, PlanCounts};
    use homeroom_model::hold::{Held, HeldSchool, HeldState};
    use homeroom_model::run::RunState;
    use jiff::Timestamp;

    use super::write_hold;

    fn school(school: &str, state: HeldState) -> HeldSchool {
        HeldSchool { school: school.into(), name: format!("School {school}"), counts: counts(1_200), state }
    }

    fn counts(students: u64) -> PlanCounts {
        let deactivate = Counts { students, ..Counts::default() };
        PlanCounts { deactivate, ..PlanCounts::default() }
    }

    #[test]
    fn a_hold_says_what_each_school_loses_and_when_the_changes_are_discarded() {
        let held = Held {
            counts: counts(2_400),
            if_approved: "If you approve, 1,200 students of School S1 lose access.".into(),
            schools: vec![school("S1", HeldState::Waiting), school("S2", HeldState::Discarded)],
            expires_at: Some(Timestamp::constant(1_796_817_600, 0)),
            ..Held::default()
        };
        let zone = "America/Los_Angeles".parse::<Zone>().unwrap();
        let mut text = String::new();
        write_hold(&mut text, &held, RunState::Held, &zone).unwrap();
        assert_eq!(
            text,
            "Waiting for a decision, and why\n\
             \x20 In total: 2,400 removed.\n\
             \x20 If you approve, 1,200 students of School S1 lose access.\n\
             \x20   S1 School S1: 1,200 removed\n\
             \x20   S2 School S2: 1,200 removed (discarded)\n\
             \x20 If nobody decides by 9 Dec 2026, these changes are discarded.\n\n"
        );
    }
}
