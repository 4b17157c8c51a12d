//! Says what an undo leaves as it is because later runs or undos changed it.

use std::collections::BTreeMap;
use std::fmt::Display;

use homeroom_model::entity_log::{CauseKind, Undos};
use homeroom_model::history::Field;
use homeroom_model::ids::RunNumber;

use super::reversal::LaterChange;

/// A sentence for each later run or undo that changed something of an entity or link, like "class" and its number.
pub(super) fn later_changes(
    undos: &Undos,
    noun: &str,
    of: impl Display,
    later: &[LaterChange],
) -> Vec<String> {
    let mut fields_by_number = BTreeMap::<_, Vec<_>>::new();
    for (number, field) in later {
        fields_by_number.entry(*number).or_default().push(field.map_or("state", Field::in_words));
    }
    let sentence = |(number, fields): (RunNumber, Vec<&str>)| {
        let by = in_words(undos, number);
        match fields.as_slice() {
            [] => None,
            ["state"] => Some(format!("{noun} {of} was changed later by {by} and stays as it is")),
            [field] => {
                Some(format!("the {field} of {noun} {of} was changed later by {by} and stays as it is"))
            }
            [fields @ .., last] => Some(format!(
                "the {} and {last} of {noun} {of} were changed later by {by} and stay as they are",
                fields.join(", ")
            )),
        }
    };
    fields_by_number.into_iter().filter_map(sentence).collect()
}

fn in_words(undos: &Undos, number: RunNumber) -> String {
    match undos.cause(number) {
        (CauseKind::Run, run) => format!("run {}", run.0),
        (CauseKind::Undo, run) => format!("the undo of run {}", run.0),
        (CauseKind::Redo, run) => format!("the redo of run {}", run.0),
    }
}
