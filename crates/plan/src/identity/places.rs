//! Matches schools and classes by their ids.

use hashbrown::HashSet;
use homeroom_model::entity::Entity;
use homeroom_model::rekey::MatchedBy;
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::StrId;

use super::finder::Finder;
use super::key_index::KeyIndex;
use super::matches::Matches;

/// Matches schools or classes with these ids: by the id they have, then by one that they had before. No wanted one is a `past` one.
pub(super) fn match_places<V: Entity>(
    stored: &StoredRoster,
    list: &[Stored<V>],
    key: impl Fn(&V) -> StrId,
    wanted: &[&str],
    past: &HashSet<V::Number>,
) -> Matches {
    let mut finder = Finder::new(list.len(), wanted.len());
    let wanted_key = |at: usize| wanted[at];
    let is_current = |_: usize, position: usize| !past.contains(&list[position].number);
    finder.match_by(MatchedBy::Id, &KeyIndex::present(&stored.texts, list, key), wanted_key, is_current);
    finder.match_by(MatchedBy::FormerKey, &KeyIndex::former(stored, list), wanted_key, is_current);
    finder.into_matches()
}
