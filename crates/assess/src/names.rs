//! First and last names in each other's column.

use homeroom_model::assessment::{ColumnFault, ColumnVerdict};
use homeroom_model::name::folded;

use crate::align::Alignment;
use crate::many::is_many;
use crate::member::{Attribute, Member};
use crate::pair::Pair;
use crate::side::Side;

/// So many names must be exchanged: a few are put right one by one.
const MIN_EXCHANGED: usize = 3;

/// Whether first and last names of many people have changed places, or one of them stands in both columns.
pub(crate) fn exchanged_names<V: Member>(
    side: &Side<'_, V>,
    alignment: &Alignment<'_>,
) -> Option<ColumnVerdict> {
    let exchanged = alignment.pairs.iter().filter(|pair| is_exchanged(side, pair)).collect::<Vec<_>>();
    let is_enough = exchanged.len() >= MIN_EXCHANGED
        || is_many(exchanged.len(), side.active())
        || exchanged.iter().any(|pair| is_twice(side, pair));
    if !is_enough {
        return None;
    }
    let message = format!(
        "{} {}s have their last name as first name today, or the first as last{}: most likely first and last names stand in each \
         other's column, or one of them in both. For example {}.",
        exchanged.len(),
        V::WORD,
        side.lines_of(exchanged.iter().copied()),
        side.examples(exchanged.iter().map(|pair| pair.stored)),
    );
    let (column, entities) = (V::column(Attribute::FirstName)?, side.entities(exchanged));
    Some(ColumnVerdict { fault: ColumnFault::Exchanged, column, entities, message })
}

/// Whether one name stands in both columns.
fn is_twice<V: Member>(side: &Side<'_, V>, pair: &Pair) -> bool {
    let new = |attribute| folded(side.new_text(pair.wanted, attribute));
    new(Attribute::FirstName) == new(Attribute::LastName)
}

fn is_exchanged<V: Member>(side: &Side<'_, V>, pair: &Pair) -> bool {
    let [first, last] = [Attribute::FirstName, Attribute::LastName];
    let new = |attribute| folded(side.new_text(pair.wanted, attribute));
    let old = |attribute| folded(side.old_text(pair.stored, attribute));
    let took = |attribute, other| {
        let new = new(attribute);
        !pair.agreement.has(attribute) && !new.is_empty() && new == old(other)
    };
    took(first, last) || took(last, first)
}
