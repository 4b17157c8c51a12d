//! Which of several spellings wins: the most frequent, and among equals one that does not depend on the order of rows.

use homeroom_model::string_arena::{StrId, StringArena};

/// A spelling with the rows that have it and the first line where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spelling<T> {
    pub(crate) text: T,
    pub(crate) rows: u32,
    pub(crate) first_line: u32,
}

/// Adds up equal spellings.
pub(crate) fn tally<T: Copy>(
    spellings: impl Iterator<Item = Spelling<T>>,
    same: impl Fn(T, T) -> bool,
) -> Vec<Spelling<T>> {
    let mut tally = Vec::<Spelling<T>>::new();
    for one in spellings {
        match tally.iter_mut().find(|known| same(known.text, one.text)) {
            Some(known) => {
                known.rows += one.rows;
                known.first_line = known.first_line.min(one.first_line);
            }
            None => tally.push(one),
        }
    }
    tally
}

/// Puts the winner first: the most rows, then mixed case before one case, then the order of the letters.
pub(crate) fn winner_first<T: Copy>(tally: &mut [Spelling<T>], shown: impl Fn(T) -> String) {
    tally.sort_by_cached_key(|one| {
        let text = shown(one.text);
        let one_case = text.to_uppercase() == text || text.to_lowercase() == text;
        (std::cmp::Reverse(one.rows), one_case, std::cmp::Reverse(text))
    });
}

/// The most frequent text that is not empty.
pub(crate) fn most_frequent(texts: &StringArena, spellings: impl Iterator<Item = Spelling<StrId>>) -> StrId {
    let mut tally =
        tally(spellings.filter(|one| !one.text.is_empty()), |one, other| texts.get(one) == texts.get(other));
    if tally.len() > 1 {
        winner_first(&mut tally, |text| texts.get(text).to_owned());
    }
    tally.first().map_or(StrId::EMPTY, |one| one.text)
}
