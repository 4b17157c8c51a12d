//! Every kind of damage of every column, in files small and large: it is never applied, and never unsaid.

#![allow(clippy::unwrap_used, reason = "a test may fail where it is")]

mod district;
mod kinds;

use std::fmt::Write;

use homeroom_assess::{Assessment, assess};
use homeroom_check::check;
use homeroom_model::Column;
use homeroom_model::finding_code::Severity;
use homeroom_model::stored::StoredRoster;
use homeroom_plan::{Approval, Limits, PlanInputs, plan, split};
use homeroom_read::ReadRules;

use crate::district::{Row, STYLES, Style, csv};
use crate::kinds::{EXTENTS, KINDS, Kind, columns, is_correction};

/// What a night has said, and what it has done without a decision.
struct Night {
    said: Vec<String>,
    done: Vec<String>,
}

impl Night {
    /// Whether nothing was done but what could be corrections: another value for one or two, or other optional values for a few.
    fn is_correction(&self, column: Column) -> bool {
        let max = if is_optional(column) { 4 } else { 2 };
        let few = |count: usize| match self.done.as_slice() {
            [] => true,
            [only] => only.split(' ').collect::<Vec<_>>()[..2] == ["update", &count.to_string()],
            _ => false,
        };
        (0..=max).any(few)
    }
}

fn stored(style: Style, rows: &[Row]) -> StoredRoster {
    let file = csv(rows, style.without).into_bytes();
    let checked = check(&file, "", &ReadRules::default(), &|| None, &mut |_| {}).unwrap();
    assert!(!checked.is_rejected(), "{:?}", checked.report.findings);
    StoredRoster::from_roster(checked.roster, rows.len() as u64)
}

fn night(style: Style, stored: &StoredRoster, rows: &[Row]) -> Night {
    let file = csv(rows, style.without).into_bytes();
    let mut checked = check(&file, "", &ReadRules::default(), &|| Some(stored), &mut |_| {}).unwrap();
    let Assessment { findings, verdicts, other_people } = assess(stored, &mut checked.roster);
    checked.add(findings);
    let mut said = checked
        .findings
        .kept()
        .iter()
        .filter(|finding| finding.code.severity() != Severity::Notice)
        .map(|finding| format!("{}: {}", finding.code.as_str(), finding.message))
        .collect::<Vec<_>>();
    if checked.is_rejected() {
        return Night { said, done: vec![] };
    }
    let planned = plan(stored, checked.roster.clone(), &checked.protected, &PlanInputs::default());
    let limits = Limits { rows: rows.len() as u64, verdicts, other_people, ..Limits::default() };
    let parts = split(planned.plan, stored, &limits, &Approval::None);
    said.extend(
        parts.held.fuses.iter().map(|blown| format!("fuse {}: {}", blown.fuse.as_str(), blown.message)),
    );
    let counts = parts.safe.counts();
    let mut done = Vec::new();
    for (what, of) in [
        ("create", &counts.create),
        ("update", &counts.update),
        ("deactivate", &counts.deactivate),
        ("rekey", &counts.rekey),
    ] {
        let mut text = String::new();
        for (kind, count) in [
            ("schools", of.schools),
            ("classes", of.classes),
            ("teachers", of.teachers),
            ("students", of.students),
            ("teachings", of.teachings),
            ("enrollments", of.enrollments),
        ] {
            if count > 0 && text.is_empty() {
                write!(text, "{what} {count} {kind}").unwrap();
            } else if count > 0 {
                write!(text, ", {count} {kind}").unwrap();
            }
        }
        done.extend(Some(text).filter(|text| !text.is_empty()));
    }
    Night { said, done }
}

/// One of so many cases is tried: all of them take a minute.
const EVERY: usize = 5;

/// Columns whose damage is judged row by row, by the check and by the fuses of classes and schools.
const OTHERWISE: [Column; 2] = [Column::SchoolId, Column::ClassId];

/// Whether a case is left to others: an address that nobody had before, or that is the only key and stands with two people in one
/// file, is a question of who is who.
fn is_left_out(kind: Kind, column: Column, style: Style) -> bool {
    let is_address = matches!(column, Column::StudentEmail | Column::TeacherEmail);
    let has_no_id = style.without.contains(&Column::StudentId);
    let is_passed_on = has_no_id && matches!(kind, Kind::Slipped(_));
    OTHERWISE.contains(&column) || is_address && (kind == Kind::Series || is_passed_on)
}

/// Whether a value of this column may go for a few people without a question.
fn is_optional(column: Column) -> bool {
    use Column::{StudentCleverId, StudentGradeLevel, StudentUsername, TeacherCleverId};
    [StudentGradeLevel, StudentCleverId, TeacherCleverId, StudentUsername].contains(&column)
}

#[test]
fn no_damage_of_a_column_is_applied() {
    let (mut wrong, mut all) = (Vec::new(), 0);
    for style in STYLES {
        let rows = style.rows();
        let stored = stored(style, &rows);
        for column in columns(&rows) {
            for (kind, extent) in
                KINDS.iter().flat_map(|kind| EXTENTS.iter().map(move |extent| (*kind, *extent)))
            {
                let Some(damaged) = kind.apply(&rows, column, &extent.positions(&rows)) else { continue };
                if is_correction(kind, column, &rows, &damaged) {
                    continue;
                }
                all += 1;
                if is_left_out(kind, column, style) || all % EVERY != 0 {
                    continue;
                }
                let night = night(style, &stored, &damaged);
                if !night.is_correction(column) {
                    wrong.push(format!(
                        "{} {kind:?} {extent:?} of {style:?}: {:?}, where was said: {:?}",
                        column.name(),
                        night.done,
                        night.said
                    ));
                }
            }
        }
    }
    println!("{} wrong of {all}", wrong.len());
    assert!(wrong.is_empty(), "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
}
