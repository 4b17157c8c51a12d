//! Schools and classes, put together from the halves that name them.

use hashbrown::HashMap;
use homeroom_model::column::Column;
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::string_arena::{StrId, StringArena};

use crate::halves::{ClassHalf, Halves, Seen, Uses};
use crate::spelling::{Spelling, tally, winner_first};

/// Rejects the halves of classes that stand in two schools.
pub(crate) fn reject_classes_in_two_schools(classes: &mut Halves<ClassHalf>) {
    let Halves { texts, list: halves, seen, .. } = classes;
    // For each class its first half, and the first half in another school.
    let mut classes = HashMap::<&str, (usize, Option<usize>)>::with_capacity(halves.len());
    for (at, half) in halves.iter().enumerate().filter(|(at, _)| !seen[*at].rejected) {
        let (first, other) = classes.entry(texts.get(half.class)).or_insert((at, None));
        if texts.get(halves[*first].school) != texts.get(half.school) {
            other.get_or_insert(at);
        }
    }
    for (at, half) in halves.iter().enumerate() {
        let class = texts.get(half.class);
        let Some((first, Some(other))) = classes.get(class) else { continue };
        if seen[at].rejected {
            continue;
        }
        let place = |half: usize, seen: &[Seen]| {
            format!("school {} (line {})", texts.get(halves[half].school), seen[half].uses.first_line)
        };
        let message =
            format!("Class {class} stands in {} and in {}.", place(*first, seen), place(*other, seen));
        seen[at].say(Column::ClassId, FindingCode::ClassInTwoSchools, class, message);
    }
}

/// Names of a kind of place.
pub(crate) struct Words {
    pub(crate) column: Column,
    pub(crate) differs: FindingCode,
}

/// The name of a place from its halves: the most frequent one. Says when there are several.
pub(crate) fn name(
    texts: &StringArena,
    halves: &[u32],
    value: impl Fn(usize) -> StrId,
    seen: &[Seen],
    words: &Words,
    findings: &mut Findings,
) -> StrId {
    let first = value(halves[0] as usize);
    if halves[1..].iter().all(|half| texts.get(value(*half as usize)) == texts.get(first)) {
        return first;
    }
    let spellings = halves.iter().map(|half| {
        let Uses { rows, first_line, .. } = seen[*half as usize].uses;
        Spelling { text: value(*half as usize), rows, first_line }
    });
    let mut names = tally(spellings, |one, other| texts.get(one) == texts.get(other));
    winner_first(&mut names, |name| texts.get(name).to_owned());
    if let Some(other) = names[1..].iter().min_by_key(|other| other.first_line) {
        findings.add(words.differs, || {
            let (one, most) = (texts.get(other.text), texts.get(names[0].text));
            let message = format!(
                "The name is '{one}' here and '{most}' in {} (first in line {}); that one is used.",
                if names[0].rows > other.rows { "more rows" } else { "as many rows" },
                names[0].first_line
            );
            Finding::of_line(words.differs, other.first_line, one, message)
                .in_column(words.column.name())
                .proposing(most)
        });
    }
    names[0].text
}
