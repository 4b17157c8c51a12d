//! Which of several spellings wins: the most frequent, and among equals one that does not depend on the order of the rows.

use homeroom_model::string_arena::{StrId, StringArena};

use crate::row_parts::Occurrences;

/// A spelling with the number of rows that have it and the first line where it occurs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spelling<T> {
    pub(crate) text: T,
    pub(crate) rows: u32,
    pub(crate) first_line: u32,
}

impl<T> Spelling<T> {
    /// The spelling in a part that occurs in these rows.
    pub(crate) fn new(text: T, occurrences: Occurrences) -> Spelling<T> {
        Spelling { text, rows: occurrences.rows, first_line: occurrences.first_line }
    }
}

/// Adds up equal spellings.
pub(crate) fn tally<T: Copy>(
    spellings: impl Iterator<Item = Spelling<T>>,
    same: impl Fn(T, T) -> bool,
) -> Vec<Spelling<T>> {
    let mut tally = Vec::<Spelling<T>>::new();
    for spelling in spellings {
        match tally.iter_mut().find(|known| same(known.text, spelling.text)) {
            Some(known) => {
                known.rows += spelling.rows;
                known.first_line = known.first_line.min(spelling.first_line);
            }
            None => tally.push(spelling),
        }
    }
    tally
}

/// Puts the winner first: the most rows, then mixed case before a single case, then the last in alphabetical order.
pub(crate) fn winner_first<T: Copy>(tally: &mut [Spelling<T>], shown: impl Fn(T) -> String) {
    tally.sort_by_cached_key(|spelling| {
        let text = shown(spelling.text);
        let single_case = text.to_uppercase() == text || text.to_lowercase() == text;
        (std::cmp::Reverse(spelling.rows), single_case, std::cmp::Reverse(text))
    });
}

/// How the rows with the winning spelling compare with those of a losing one, in words.
pub(crate) fn more_or_as_many<T>(winner: &Spelling<T>, loser: &Spelling<T>) -> &'static str {
    if winner.rows > loser.rows { "more rows" } else { "as many rows" }
}

/// The most frequent text that is not empty.
pub(crate) fn most_frequent(texts: &StringArena, spellings: impl Iterator<Item = Spelling<StrId>>) -> StrId {
    let given = spellings.filter(|spelling| !spelling.text.is_empty());
    let mut tally = tally(given, |left, right| texts.get(left) == texts.get(right));
    if tally.len() > 1 {
        winner_first(&mut tally, |text| texts.get(text).to_owned());
    }
    tally.first().map_or(StrId::EMPTY, |winner| winner.text)
}
