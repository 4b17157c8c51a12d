//! Schools and classes: their names, and classes that appear in two schools.

use hashbrown::HashMap;
use homeroom_model::column::Column;
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::string_arena::{StrId, StringArena};

use crate::row_parts::{ClassPart, PartFinding, RowParts};
use crate::spelling::{Spelling, more_or_as_many, tally, winner_first};

/// Rejects the parts of classes that appear in two schools.
pub(crate) fn reject_classes_in_two_schools(parts: &mut RowParts<ClassPart>) {
    let RowParts { texts, values, notes } = parts;
    // For each class its first part, and its first part in another school.
    let mut classes = HashMap::<&str, (usize, Option<usize>)>::with_capacity(values.len());
    for (at, part) in values.iter().enumerate().filter(|(at, _)| !notes[*at].rejected) {
        let (first, elsewhere) = classes.entry(texts.get(part.class)).or_insert((at, None));
        if texts.get(values[*first].school) != texts.get(part.school) {
            elsewhere.get_or_insert(at);
        }
    }
    for (at, part) in values.iter().enumerate() {
        let class = texts.get(part.class);
        let Some((first, Some(elsewhere))) = classes.get(class) else { continue };
        if notes[at].rejected {
            continue;
        }
        let school = |part: usize| {
            let line = notes[part].occurrences.first_line;
            format!("school {} (line {line})", texts.get(values[part].school))
        };
        let message = format!("Class {class} appears in {} and in {}.", school(*first), school(*elsewhere));
        let code = FindingCode::ClassInTwoSchools;
        notes[at].add(PartFinding::new(code, Column::ClassId, class, message));
    }
}

/// The column and finding code for the names of schools, or of classes.
pub(crate) struct PlaceKind {
    name: Column,
    name_differs: FindingCode,
}

pub(crate) const SCHOOL: PlaceKind =
    PlaceKind { name: Column::SchoolName, name_differs: FindingCode::SchoolNameDiffers };
pub(crate) const CLASS: PlaceKind =
    PlaceKind { name: Column::ClassName, name_differs: FindingCode::ClassNameDiffers };

impl PlaceKind {
    /// The most frequent of the names that the parts of one school or class have. Reports when there are several.
    pub(crate) fn merge_names(
        &self,
        texts: &StringArena,
        names: impl Iterator<Item = Spelling<StrId>> + Clone,
        findings: &mut Findings,
    ) -> StrId {
        let first = names.clone().next().map_or(StrId::EMPTY, |name| name.text);
        if names.clone().all(|name| texts.get(name.text) == texts.get(first)) {
            return first;
        }
        let mut names = tally(names, |left, right| texts.get(left) == texts.get(right));
        winner_first(&mut names, |name| texts.get(name).to_owned());
        if let Some(loser) = names[1..].iter().min_by_key(|loser| loser.first_line) {
            let winner = &names[0];
            findings.add(self.name_differs, || {
                let (name, used) = (texts.get(loser.text), texts.get(winner.text));
                let message = format!(
                    "The name is '{name}' here and '{used}' in {} (first in line {}); '{used}' is used.",
                    more_or_as_many(winner, loser),
                    winner.first_line
                );
                Finding::of_line(self.name_differs, loser.first_line, name, message)
                    .in_column(self.name.name())
                    .proposing(used)
            });
        }
        names[0].text
    }
}
