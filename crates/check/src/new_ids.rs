//! Ids that nobody has yet, in the form that a spreadsheet gave them.

use hashbrown::HashMap;
use homeroom_model::column::Column;
use homeroom_model::damaged_id::{ThreeZeros, repaired};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::string_arena::StrId;

use crate::row_parts::{PartFinding, RowParts};

/// Reads new ids in the form of a spreadsheet as the numbers that they were, where all stored ids are plain numbers. Of two that are
/// the same number then, and of one that somebody else in the file has, none is read. `length` is the least number of digits.
pub(crate) fn repair_new_ids<P>(
    parts: &mut RowParts<P>,
    column: Column,
    length: usize,
    three_zeros: ThreeZeros,
    id: &impl Fn(&mut P) -> &mut StrId,
) {
    let RowParts { texts, values, notes } = parts;
    let number = |shown: &str| {
        let repaired = repaired(shown, three_zeros);
        let is_new =
            repaired != shown && !repaired.is_empty() && repaired.bytes().all(|byte| byte.is_ascii_digit());
        is_new.then(|| format!("{repaired:0>length$}"))
    };
    let shown = values.iter_mut().zip(0_usize..);
    let shown = shown.filter_map(|(part, at)| Some((at, number(texts.get(*id(part)))?)));
    let damaged = shown.collect::<Vec<_>>();
    if damaged.is_empty() {
        return;
    }
    let mut forms = HashMap::<String, String>::new();
    for part in values.iter_mut() {
        let shown = texts.get(*id(part));
        forms.entry(shown.to_owned()).or_insert_with(|| shown.to_owned());
    }
    for (at, number) in damaged {
        let id = id(&mut values[at]);
        let shown = texts.get(*id).to_owned();
        if *forms.entry(number.clone()).or_insert_with(|| shown.clone()) != shown {
            continue;
        }
        let name = column.name();
        let message = format!(
            "{name} '{shown}' is not in the last good file, where all are plain numbers: it is read as '{number}', without what a \
             spreadsheet did to it."
        );
        let finding = PartFinding::new(FindingCode::ValuesDamaged, column, &shown, message);
        notes[at].add(finding.proposing(&number));
        *id = texts.push(&number);
    }
}
