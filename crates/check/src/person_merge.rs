//! Merges the accepted parts that name a person into one person.

use homeroom_model::finding::{Finding, Findings};
use homeroom_model::roster::Person;
use homeroom_model::string_arena::{StrId, StringArena};

use crate::people::{People, PersonKind};
use crate::position::Position;
use crate::row_parts::PartNotes;
use crate::spelling::{Spelling, more_or_as_many, most_frequent, tally, winner_first};

/// What a merge looks at: the people that parts name, and where the parts occur.
pub(crate) struct PersonMerge<'m, F> {
    pub(crate) kind: &'m PersonKind,
    pub(crate) texts: &'m StringArena,
    pub(crate) notes: &'m [PartNotes],
    /// The person that a part names.
    pub(crate) person: F,
}

impl<F: Fn(usize) -> Person> PersonMerge<'_, F> {
    /// The values of a person: of each the most frequent. Reports a name that is spelled in several ways.
    pub(crate) fn merge(&self, parts: &[u32], findings: &mut Findings) -> Person {
        let [only] = parts else { return self.merge_several(parts, findings) };
        (self.person)(*only as usize)
    }

    fn merge_several(&self, parts: &[u32], findings: &mut Findings) -> Person {
        let (first_name, last_name) = self.merge_names(parts, findings);
        let value = |value: fn(&Person) -> StrId| most_frequent(self.texts, self.spellings(parts, &value));
        Person {
            sis_id: value(|person| person.sis_id),
            email: value(|person| person.email),
            first_name,
            last_name,
            clever_id: value(|person| person.clever_id),
        }
    }

    fn merge_names(&self, parts: &[u32], findings: &mut Findings) -> (StrId, StrId) {
        let get = |(first, last): (StrId, StrId)| (self.texts.get(first), self.texts.get(last));
        let names = self.spellings(parts, |person| (person.first_name, person.last_name));
        let mut names = tally(names, |left, right| get(left) == get(right));
        let shown =
            |(first, last): (StrId, StrId)| format!("{} {}", self.texts.get(first), self.texts.get(last));
        winner_first(&mut names, shown);
        let (winner, losers) = names.split_first().expect("a person has at least one part");
        if let Some(loser) = losers.iter().min_by_key(|loser| loser.first_line) {
            findings.add(self.kind.name_differs, || {
                let (name, used) = (shown(loser.text), shown(winner.text));
                let message = format!(
                    "The name is spelled '{name}' here and '{used}' in {} (first in line {}); '{used}' is used.",
                    more_or_as_many(winner, loser),
                    winner.first_line
                );
                Finding::of_line(self.kind.name_differs, loser.first_line, name, message)
                    .in_column(self.kind.name.name())
            });
        }
        winner.text
    }

    fn spellings<T>(&self, parts: &[u32], value: impl Fn(&Person) -> T) -> impl Iterator<Item = Spelling<T>> {
        parts.iter().map(move |part| {
            let part = *part as usize;
            Spelling::new(value(&(self.person)(part)), self.notes[part].occurrences)
        })
    }
}

/// Merges the used parts of each person; `None` for a person without used parts.
pub(crate) fn merge_each<V>(
    people: &People,
    used: &[bool],
    mut merge: impl FnMut(&[u32]) -> V,
) -> Vec<Option<V>> {
    let mut used_parts = Vec::new();
    people
        .parts
        .iter()
        .map(|parts| {
            used_parts.clear();
            used_parts.extend(parts.iter().copied().filter(|part| used[*part as usize]));
            (!used_parts.is_empty()).then(|| merge(&used_parts))
        })
        .collect()
}

/// Sorts merged people by key; also returns for each part the position of its person in the sorted list.
pub(crate) fn sort_by_key<V: Copy>(
    texts: &StringArena,
    merged: &[Option<V>],
    people: &People,
    key: impl Fn(&V) -> StrId,
) -> (Vec<V>, Vec<Option<Position>>) {
    let present = (0_u32..).zip(merged).filter(|(_, values)| values.is_some());
    let present = present.map(|(person, _)| person).collect::<Vec<_>>();
    let order = texts.order(merged.iter().flatten().map(key));
    let mut position = vec![None; merged.len()];
    for (at, found) in (0_u32..).zip(&order) {
        position[present[*found as usize] as usize] = Some(Position::new(at));
    }
    let sorted = order.iter().filter_map(|found| merged[present[*found as usize] as usize]).collect();
    let of_part = people.of_part.iter().map(|person| position[(*person)?.index()]).collect();
    (sorted, of_part)
}
