//! Values of the file that cannot be relied on: the stored ones stay.

use hashbrown::{HashMap, HashSet};
use homeroom_model::{Column, Finding, FindingCode};

use crate::align::Alignment;
use crate::kept::{Kept, KeptValue, count};
use crate::member::{Attribute, Member};
use crate::pair::Pair;
use crate::side::Side;

/// People of one role whose value of a column is in doubt.
pub(crate) struct Doubted(HashSet<(u32, Column)>);

impl Doubted {
    /// What the check of the file doubts.
    pub(crate) fn of<V: Member>(side: &Side<'_, V>) -> Doubted {
        Doubted(side.doubts.iter().map(|doubt| (doubt.position, doubt.column)).collect())
    }

    /// Whether someone's value is in doubt.
    pub(crate) fn has(&self, wanted: u32, column: Column) -> bool {
        self.0.contains(&(wanted, column))
    }
}

/// What takes the place of the values in doubt, and the findings that say so.
pub(crate) fn keep_doubted<V: Member>(
    side: &Side<'_, V>,
    alignment: &Alignment<'_>,
) -> (Vec<Kept>, Vec<Finding>) {
    let mut kept = Vec::new();
    if side.doubts.is_empty() {
        return (kept, vec![]);
    }
    let pairs = alignment.pairs.iter().map(|pair| (pair.wanted, *pair)).collect::<HashMap<_, _>>();
    let mut by_column = Vec::<(Column, Vec<Pair>)>::new();
    for doubt in side.doubts {
        let Some(pair) = pairs.get(&doubt.position) else { continue };
        let Some(value) = value(side, pair, doubt.column) else { continue };
        kept.push(Kept { wanted: pair.wanted, value });
        match by_column.iter_mut().find(|(column, _)| *column == doubt.column) {
            Some((_, pairs)) => pairs.push(*pair),
            None => by_column.push((doubt.column, vec![*pair])),
        }
    }
    let finding = |(column, pairs): (Column, Vec<Pair>)| {
        let message = format!(
            "{} in doubt{}: the file contradicts itself, or has something that cannot be used, as the other findings say. Kept as in \
             the last good file: {}.",
            count(pairs.len(), column, "is", "are"),
            side.lines_of(&pairs),
            side.examples(pairs.iter().map(|pair| pair.stored)),
        );
        Finding::of_file(FindingCode::ValuesKept, pairs.len().to_string(), message).in_column(column.name())
    };
    (kept, by_column.into_iter().map(finding).collect())
}

/// The stored value, when there is one and it is another than that of the file.
fn value<V: Member>(side: &Side<'_, V>, pair: &Pair, column: Column) -> Option<KeptValue> {
    let values = &side.stored[pair.stored as usize].values;
    if column == Column::StudentGradeLevel {
        let grade = values.grade()?;
        return (side.wanted[pair.wanted as usize].grade() != Some(grade))
            .then_some(KeptValue::Grade(Some(grade)));
    }
    let attribute = Attribute::ALL.into_iter().find(|attribute| V::column(*attribute) == Some(column))?;
    let (new, old) = (side.new_text(pair.wanted, attribute), side.old_text(pair.stored, attribute));
    (!old.is_empty() && old != new).then_some(KeptValue::Text(attribute, pair.stored))
}
